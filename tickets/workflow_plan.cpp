#include "tickets/workflow_plan.hpp"

#include "tickets/query.hpp"
#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::tickets {
namespace {

constexpr std::size_t id_size = 11; // "WF-0123ABCD"

bool over(const workflow_step& s) { return s.status == "completed" || s.status == "skipped"; }

bool turn_has_come(const workflow& w, const workflow_step& s) {
  return s.status == "pending" && std::all_of(s.depends_on.begin(), s.depends_on.end(), [&](auto& name) {
           return std::any_of(w.steps.begin(), w.steps.end(), [&](auto& o) { return o.name == name && over(o); });
         });
}

std::optional<std::int64_t> small_number(std::string_view text) {
  if (text.empty() || text.size() > 7 || text.front() == '0' ||
      text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  return whole_number(text);
}

} // namespace

std::vector<std::size_t> startable(const workflow& w) {
  std::vector<std::size_t> out;
  if (w.status == "failed" || w.status == "cancelled")
    return out;
  for (std::size_t n = 0; n < w.steps.size(); ++n)
    if (turn_has_come(w, w.steps[n]))
      out.push_back(n);
  return out;
}

bool skip_unmet(workflow& w, const ticket& about) {
  bool any = false;
  for (bool more = true; more;) {
    more = false;
    for (auto n : startable(w)) {
      auto& s = w.steps[n];
      auto condition = read_query(s.condition);
      if (s.condition.empty() || !condition || matches(*condition, about))
        continue;
      s.status = "skipped";
      any = more = true;
    }
  }
  return any;
}

void begin_step(workflow_step& s, const std::string& task_id) {
  s.status = "in_progress";
  s.task_id = task_id;
}

void step_failed(workflow_step& s, const std::string& why, bool final) {
  s.error = why;
  auto again = !final && s.retry_count < s.max_retries;
  s.status = again ? "pending" : "failed";
  s.retry_count += again;
  if (again)
    s.task_id.clear();
}

void step_completed(workflow_step& s) {
  s.status = "completed";
  s.error.clear();
}

void settle(workflow& w, const std::string& now) {
  auto any = [&](const char* status) {
    return std::any_of(w.steps.begin(), w.steps.end(), [&](auto& s) { return s.status == status; });
  };
  if (w.status == "cancelled" || w.status == "created")
    return;
  auto before = w.status;
  w.status = any("failed") ? "failed" : any("pending") || any("in_progress") ? "running" : "completed";
  if (w.status == "running")
    w.completed_at.clear();
  else if (before == "running")
    w.completed_at = now;
}

void settle(workflow& w, const std::vector<agent_task>& tasks, const std::string& now) {
  for (auto& s : w.steps) {
    if (s.status != "in_progress")
      continue;
    auto task = std::find_if(tasks.begin(), tasks.end(), [&](auto& t) { return t.id == s.task_id; });
    if (task != tasks.end() && task->status == "completed")
      step_completed(s);
    else if (task == tasks.end() || task->status == "failed" || task->status == "cancelled")
      step_failed(s, task == tasks.end()           ? "its task is gone"
                     : task->error_message.empty() ? "its task was " + task->status
                                                   : task->error_message);
  }
  settle(w, now);
}

std::int64_t current_try(const workflow_step& s) { return s.retry_count + 1; }

std::string story_key(const workflow& w, std::size_t step) {
  return w.id + "-" + std::to_string(step + 1) + "-" + std::to_string(current_try(w.steps[step]));
}

std::optional<step_try> read_story_key(std::string_view key) {
  if (key.size() <= id_size + 1 || key.substr(0, 3) != "WF-" || key[id_size] != '-' ||
      key.substr(3, id_size - 3).find_first_not_of("0123456789ABCDEF") != std::string_view::npos)
    return std::nullopt;
  auto rest = key.substr(id_size + 1);
  auto dash = rest.find('-');
  auto step = small_number(rest.substr(0, dash));
  auto number = dash == std::string_view::npos ? std::nullopt : small_number(rest.substr(dash + 1));
  if (!step || !number)
    return std::nullopt;
  return step_try{std::string{key.substr(0, id_size)}, static_cast<std::size_t>(*step - 1), *number};
}

} // namespace hyakki::tickets
