// Which agent should do a task: by who is free now, and by what each did before.

#include "tickets/measure.hpp"

#include "tickets/text.hpp"

#include <algorithm>
#include <cmath>

namespace hyakki::tickets {
namespace {

bool has(const words& all, std::string_view one) { return std::find(all.begin(), all.end(), one) != all.end(); }

/// Sum of the confidence of enabled capabilities whose name has the type in it.
double confidence(const agent& who, std::string_view task_type) {
  double out = 0;
  auto type = folded(task_type);
  for (auto& c : who.capabilities)
    if (c.enabled && folded(c.name).find(type) != std::string::npos)
      out += c.confidence_level;
  return out;
}

std::string whole(double d) { return std::to_string(std::llround(d)); }

double load(std::size_t tasks, const agent& who) {
  return static_cast<double>(tasks) / static_cast<double>(std::max<std::int64_t>(1, who.max_concurrent_tasks));
}

} // namespace

std::optional<double> assignment_score(const agent& who, std::string_view task_type) {
  bool preferred = has(who.preferred_task_types, task_type);
  if (who.status != "active" || static_cast<std::int64_t>(who.active_tasks.size()) >= who.max_concurrent_tasks ||
      (!who.preferred_task_types.empty() && !preferred))
    return std::nullopt;
  return 10 * (1 - load(who.active_tasks.size(), who)) + 20 * who.metrics.success_rate + (preferred ? 15 : 0) +
         10 * confidence(who, task_type);
}

recommendation recommend(const agent& who, const learning_profile* profile, std::string_view task_type,
                         std::size_t tasks_in_progress) {
  auto out = recommendation{who.id, 0, {}};
  auto reason = [&](double points, const std::string& text) {
    out.score += points;
    if (!text.empty())
      out.why += (out.why.empty() ? "" : " | ") + text;
  };
  if (profile) {
    auto& types = profile->task_type_performance;
    auto seen = std::find_if(types.begin(), types.end(), [&](auto& p) { return p.task_type == task_type; });
    if (seen != types.end()) {
      reason(20 * seen->success_rate, whole(100 * seen->success_rate) + "% success rate on " + std::string{task_type});
      if (seen->avg_duration_minutes > 0)
        reason(10 / (1 + seen->avg_duration_minutes / 60),
               "avg " + whole(seen->avg_duration_minutes) + "min completion time");
      reason(10 * std::min(static_cast<double>(seen->total_tasks) / 10, 1.0), {});
    }
    reason(10 * profile->overall_success_rate, {});
    if (has(profile->preferred_task_types, task_type))
      reason(15, "preferred task type (>80% success)");
    if (has(profile->weak_task_types, task_type))
      reason(-10, "weak task type (<50% success)");
  }
  if (has(who.preferred_task_types, task_type))
    reason(10, "configured preference");
  if (auto sum = confidence(who, task_type); sum > 0)
    reason(5 * sum, "capability for " + std::string{task_type});
  reason(10 * (1 - load(tasks_in_progress, who)), std::to_string(tasks_in_progress) + " active tasks");
  return out;
}

void learn(learning_profile& profile, const agent_task& ended) {
  auto& types = profile.task_type_performance;
  auto it = std::find_if(types.begin(), types.end(), [&](auto& p) { return p.task_type == ended.task_type; });
  if (it == types.end()) {
    types.emplace_back();
    it = std::prev(types.end());
    it->task_type = ended.task_type;
  }
  bool good = ended.status == "completed";
  ++it->total_tasks;
  ++(good ? it->completed_tasks : it->failed_tasks);
  if (good && ended.actual_duration_minutes.value_or(0) >= 1) {
    // The average's own count is not stored: it is what the total and the average say.
    auto timed = it->avg_duration_minutes > 0 ? it->total_duration_minutes / it->avg_duration_minutes : 0;
    it->total_duration_minutes += static_cast<double>(*ended.actual_duration_minutes);
    it->avg_duration_minutes = it->total_duration_minutes / (timed + 1);
  }
  it->success_rate = static_cast<double>(it->completed_tasks) / static_cast<double>(it->total_tasks);
  std::int64_t completed = 0;
  profile.total_tasks = 0;
  profile.preferred_task_types.clear();
  profile.weak_task_types.clear();
  for (auto& p : types) {
    profile.total_tasks += p.total_tasks;
    completed += p.completed_tasks;
    if (p.total_tasks >= 3 && p.success_rate > 0.8)
      profile.preferred_task_types.push_back(p.task_type);
    if (p.total_tasks >= 3 && p.success_rate < 0.5)
      profile.weak_task_types.push_back(p.task_type);
  }
  profile.overall_success_rate = static_cast<double>(completed) / static_cast<double>(profile.total_tasks);
}

} // namespace hyakki::tickets
