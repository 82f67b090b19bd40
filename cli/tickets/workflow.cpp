#include "cli/tickets/workflow.hpp"

#include "cli/tickets/parse.hpp"
#include "cli/tickets/references.hpp"
#include "tickets/text.hpp"

#include <algorithm>
#include <map>

namespace hyakki::ticket_cli {
namespace {

constexpr std::size_t most_steps = 100;

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

const workflow_step* named(const workflow& w, const std::string& name) {
  auto found = std::find_if(w.steps.begin(), w.steps.end(), [&](auto& s) { return s.name == name; });
  return found == w.steps.end() ? nullptr : &*found;
}

std::vector<workflow_step> chain(const std::vector<std::pair<const char*, const char*>>& parts) {
  std::vector<workflow_step> out;
  for (auto [name, type] : parts) {
    auto s = workflow_step{};
    s.name = name;
    s.task_type = type;
    if (!out.empty())
      s.depends_on = {out.back().name};
    out.push_back(std::move(s));
  }
  return out;
}

} // namespace

result<workflow_step> step_of(const std::string& text) {
  auto s = workflow_step{};
  auto first = text.find(':');
  auto second = first == std::string::npos ? first : text.find(':', first + 1);
  s.name = std::string{tickets::stripped(text.substr(0, first))};
  if (first != std::string::npos)
    s.task_type = std::string{tickets::stripped(text.substr(first + 1, second - first - 1))};
  if (second != std::string::npos)
    s.depends_on = words_of(text.substr(second + 1));
  if (s.name.empty() || s.task_type.empty())
    return {ec::rejected, "--step is \"" + text + "\"; write NAME:TYPE or NAME:TYPE:AFTER,AFTER"};
  return s;
}

std::vector<workflow_step> steps_of_template(const std::string& name) {
  if (name == "feature")
    return chain({{"requirements", "analyze"},
                  {"design", "analyze"},
                  {"implementation", "code"},
                  {"testing", "test"},
                  {"review", "review"}});
  if (name == "bug")
    return chain({{"reproduce", "test"}, {"diagnose", "analyze"}, {"fix", "code"}, {"verify", "test"}});
  return {};
}

result<void> check(const workflow& w) {
  if (w.steps.empty())
    return {ec::rejected, "a workflow needs steps: --template feature or bug, or --step NAME:TYPE"};
  if (w.steps.size() > most_steps)
    return {ec::rejected, "a workflow has at most " + std::to_string(most_steps) + " steps"};
  for (auto& s : w.steps) {
    if (std::count_if(w.steps.begin(), w.steps.end(), [&](auto& o) { return o.name == s.name; }) != 1)
      return {ec::rejected, "two steps are called \"" + s.name + "\""};
    for (auto& name : s.depends_on)
      if (named(w, name) == nullptr)
        return {ec::rejected, "step \"" + s.name + "\" comes after \"" + name + "\", which is no step"};
  }
  // What can be done is crossed out until nothing is left, or only a circle.
  auto left = w.steps;
  for (bool progress = true; progress && !left.empty();) {
    progress = false;
    for (auto step = left.begin(); step != left.end(); ++step) {
      auto waits = std::any_of(step->depends_on.begin(), step->depends_on.end(), [&](auto& name) {
        return std::any_of(left.begin(), left.end(), [&](auto& o) { return o.name == name; });
      });
      if (!waits) {
        left.erase(step);
        progress = true;
        break;
      }
    }
  }
  if (!left.empty())
    return {ec::rejected, "steps wait for each other in a circle, \"" + left.front().name + "\" among them"};
  return {};
}

std::vector<std::size_t> startable(const workflow& w) {
  std::vector<std::size_t> out;
  if (w.status == "failed" || w.status == "cancelled")
    return out;
  for (std::size_t n = 0; n < w.steps.size(); ++n) {
    auto& s = w.steps[n];
    if (s.status == "pending" && std::all_of(s.depends_on.begin(), s.depends_on.end(), [&](auto& name) {
          auto before = named(w, name);
          return before != nullptr && before->status == "completed";
        }))
      out.push_back(n);
  }
  return out;
}

void settle(workflow& w, const std::vector<tickets::agent_task>& tasks, const std::string& now) {
  for (auto& s : w.steps) {
    if (s.status != "in_progress")
      continue;
    auto task = std::find_if(tasks.begin(), tasks.end(), [&](auto& t) { return t.id == s.task_id; });
    if (task != tasks.end() && task->status == "completed") {
      s.status = "completed";
      s.error.clear();
    } else if (task == tasks.end() || task->status == "failed" || task->status == "cancelled") {
      s.error = task == tasks.end()           ? "its task is gone"
                : task->error_message.empty() ? "its task was " + task->status
                                              : task->error_message;
      auto again = s.retry_count < s.max_retries;
      s.status = again ? "pending" : "failed";
      s.retry_count += again;
      s.task_id.clear();
    }
  }
  auto any = [&](const char* status) {
    return std::any_of(w.steps.begin(), w.steps.end(), [&](auto& s) { return s.status == status; });
  };
  if (w.status == "cancelled" || w.status == "created")
    return;
  // A step that failed ends the whole; those that still run are let run.
  auto before = w.status;
  w.status = any("failed") ? "failed" : any("pending") || any("in_progress") ? "running" : "completed";
  if (w.status != "running" && before == "running")
    w.completed_at = now;
}

json to_json(const workflow& w) {
  auto steps = json::array();
  std::size_t done = 0;
  for (auto& s : w.steps) {
    done += s.status == "completed";
    steps.push_back({{"id", s.id},
                     {"name", s.name},
                     {"task_type", s.task_type},
                     {"description", s.description},
                     {"agent_id", or_null(s.agent_id)},
                     {"depends_on", s.depends_on},
                     {"status", s.status},
                     {"task_id", or_null(s.task_id)},
                     {"error", or_null(s.error)},
                     {"retry_count", s.retry_count},
                     {"max_retries", s.max_retries}});
  }
  return json{
    {"id", w.id},
    {"name", w.name},
    {"ticket_id", w.ticket_id},
    {"status", w.status},
    {"created_at", w.created_at},
    {"started_at", or_null(w.started_at)},
    {"completed_at", or_null(w.completed_at)},
    {"progress", w.steps.empty() ? 0.0 : static_cast<double>(done) * 100 / static_cast<double>(w.steps.size())},
    {"steps", steps}};
}

result<workflow> read_workflow(const tickets::value& from) {
  auto text = [](const tickets::value& map, const char* key) {
    auto found = map.find(key);
    return found != nullptr && found->is == tickets::value::kind::text ? found->text : std::string{};
  };
  auto number = [](const tickets::value& map, const char* key) {
    auto found = map.find(key);
    return found == nullptr ? std::int64_t{0} : tickets::whole_number(found->text).value_or(0);
  };
  auto w = workflow{};
  w.id = text(from, "id");
  w.name = text(from, "name");
  w.ticket_id = text(from, "ticket_id");
  w.status = text(from, "status");
  w.created_at = text(from, "created_at");
  w.started_at = text(from, "started_at");
  w.completed_at = text(from, "completed_at");
  if (auto steps = from.find("steps"))
    for (auto& item : steps->items) {
      auto s = workflow_step{};
      s.id = text(item, "id");
      s.name = text(item, "name");
      s.task_type = text(item, "task_type");
      s.description = text(item, "description");
      s.agent_id = text(item, "agent_id");
      s.status = text(item, "status");
      s.task_id = text(item, "task_id");
      s.error = text(item, "error");
      s.retry_count = number(item, "retry_count");
      s.max_retries = number(item, "max_retries");
      if (auto before = item.find("depends_on"))
        for (auto& name : before->items)
          s.depends_on.push_back(name.text);
      w.steps.push_back(std::move(s));
    }
  if (auto good = check(w); !good)
    return good.error();
  return w;
}

} // namespace hyakki::ticket_cli
