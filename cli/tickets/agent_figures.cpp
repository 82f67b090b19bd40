#include "cli/tickets/agent_figures.hpp"

#include "cli/tickets/references.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
bool is_available(const tickets::agent& a) {
  return a.status == "active" && static_cast<std::int64_t>(a.active_tasks.size()) < a.max_concurrent_tasks;
}

bool can_handle(const tickets::agent& a, const std::string& type) {
  return a.preferred_task_types.empty() || has_word(a.preferred_task_types, type);
}

std::vector<tickets::recommendation> recommended(const std::vector<tickets::agent>& agents,
                                                 const std::vector<tickets::agent_task>& tasks,
                                                 const std::vector<tickets::learning_profile>& profiles,
                                                 const std::string& type) {
  auto out = std::vector<tickets::recommendation>{};
  for (auto& a : agents) {
    if (a.status != "active")
      continue;
    auto profile = std::find_if(profiles.begin(), profiles.end(), [&](auto& p) { return p.agent_id == a.id; });
    auto running = std::count_if(tasks.begin(), tasks.end(),
                                 [&](auto& t) { return t.agent_id == a.id && t.status == "in_progress"; });
    out.push_back(
      tickets::recommend(a, profile == profiles.end() ? nullptr : &*profile, type, static_cast<std::size_t>(running)));
  }
  std::stable_sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.score > b.score; });
  return out;
}

std::vector<tickets::learning_profile> learnt(const std::vector<tickets::agent>& agents,
                                              const std::vector<tickets::agent_task>& tasks, const std::string& now) {
  auto out = std::vector<tickets::learning_profile>{};
  for (auto& a : agents) {
    auto p = tickets::learning_profile{};
    p.agent_id = a.id;
    p.agent_name = a.name;
    p.last_updated = now;
    for (auto& t : tasks)
      if (t.agent_id == a.id && (t.status == "completed" || t.status == "failed"))
        tickets::learn(p, t);
    if (p.total_tasks != 0)
      out.push_back(std::move(p));
  }
  return out;
}

void count_end(tickets::agent& a, const tickets::agent_task& task, const std::string& now) {
  drop_word(a.active_tasks, task.id);
  if (task.status != "completed" && task.status != "failed")
    return;
  auto& m = a.metrics;
  ++(task.status == "completed" ? m.tasks_completed : m.tasks_failed);
  m.total_execution_time_minutes += task.actual_duration_minutes.value_or(0);
  m.success_rate = static_cast<double>(m.tasks_completed) / static_cast<double>(m.tasks_completed + m.tasks_failed);
  m.last_activity = now;
}

} // namespace hyakki::ticket_cli
