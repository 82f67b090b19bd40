#include "tickets/measure.hpp"
#include "tickets/model/words.hpp"

#include "tickets/ids.hpp"
#include "tickets/local_time.hpp"
#include "tickets/text.hpp"

#include <algorithm>
#include <unordered_map>

namespace hyakki::tickets {
namespace {

constexpr wall_ms minute_ms = 60'000;
constexpr wall_ms day_ms = 24 * 60 * minute_ms;

/// Rounds down, so that a time to come is a negative age.
std::int64_t floored(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

template <class C, class F>
std::size_t count_if(const C& all, F&& is) {
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), is));
}

double percent(std::size_t part, std::size_t all, double of_none) {
  return all == 0 ? of_none : 100.0 * static_cast<double>(part) / static_cast<double>(all);
}

} // namespace

std::int64_t days_since(std::string_view time, wall_ms now) {
  auto then = read_local_time(time);
  return then ? std::max<std::int64_t>(0, floored(now - *then, day_ms)) : 0; // a clock that went wrong makes no age
}

std::optional<std::int64_t> minutes_between(std::string_view from, std::string_view to) {
  auto a = read_local_time(from);
  auto b = read_local_time(to);
  if (!a || !b)
    return std::nullopt;
  return (*b - *a) / minute_ms;
}

std::int64_t minutes_of(const time_log& log, wall_ms now) {
  if (log.end_time)
    if (auto minutes = minutes_between(log.start_time, *log.end_time))
      return std::max<std::int64_t>(0, *minutes);
  if (log.duration_minutes)
    return std::max<std::int64_t>(0, *log.duration_minutes);
  auto start = read_local_time(log.start_time);
  return start && !log.end_time ? std::max<std::int64_t>(0, (now - *start) / minute_ms) : 0;
}

bool acceptance_met(const ticket& t) {
  auto verified = [](auto& r) { return r.status == "verified"; };
  return !(t.requirements.empty() && t.expected_results.empty() && t.gherkin_scenarios.empty()) &&
         std::all_of(t.requirements.begin(), t.requirements.end(), verified) &&
         std::all_of(t.expected_results.begin(), t.expected_results.end(), verified) &&
         std::all_of(t.gherkin_scenarios.begin(), t.gherkin_scenarios.end(),
                     [](auto& s) { return s.status == "passing"; });
}

bool has_requirements(const ticket& t) {
  return !(t.requirements.empty() && t.user_stories.empty() && t.expected_results.empty() &&
           t.gherkin_scenarios.empty());
}

ticket_measures measure(const ticket& t, wall_ms now) {
  auto out = ticket_measures{};
  out.age_days = days_since(t.created_at, now);
  out.is_open = !is_over(t.status);
  std::int64_t minutes = 0;
  for (auto& log : t.time_logs)
    minutes += minutes_of(log, now);
  out.hours_logged = static_cast<double>(minutes) / 60;
  if (t.estimated_hours)
    out.hours_remaining = *t.estimated_hours - out.hours_logged;
  out.requirements = t.requirements.size();
  auto covered = count_if(t.requirements, [](auto& r) { return r.status == "implemented" || r.status == "verified"; });
  out.requirements_coverage = percent(covered, out.requirements, 100);
  out.user_stories = t.user_stories.size();
  for (auto& story : t.user_stories)
    out.story_points += story.story_points.value_or(0);
  out.expected_results = t.expected_results.size();
  out.verified_results = count_if(t.expected_results, [](auto& r) { return r.status == "verified"; });
  out.verification_rate = percent(out.verified_results, out.expected_results, 100);
  out.scenarios = t.gherkin_scenarios.size();
  out.passing_scenarios = count_if(t.gherkin_scenarios, [](auto& s) { return s.status == "passing"; });
  out.test_pass_rate = percent(out.passing_scenarios, out.scenarios, 0);
  return out;
}

bool is_overdue(const epic& what, wall_ms now) {
  if (!what.target_date || what.status == "completed" || what.status == "cancelled")
    return false;
  auto target = read_local_time(*what.target_date);
  return target && now > *target;
}

std::vector<epic_member> members_of(const epic& what, const std::vector<ticket>& all) {
  auto places = std::unordered_map<std::string_view, std::size_t>{};
  auto out = std::vector<epic_member>{};
  auto add = [&](const std::string& id, const ticket* t) {
    auto fresh = places.emplace(id, out.size());
    if (fresh.second)
      out.push_back({id, t});
    else if (t)
      out[fresh.first->second].is = t;
  };
  for (auto& id : what.ticket_ids)
    add(id, nullptr);
  for (auto& t : all)
    if (t.epic_id == what.id || places.count(t.id) != 0)
      add(t.id, &t);
  return out;
}

epic_progress progress_of(const epic& what, const std::vector<ticket>& all) {
  auto out = epic_progress{};
  for (auto& [id, t] : members_of(what, all)) {
    if (!t) {
      ++out.missing;
      continue;
    }
    ++out.tickets;
    out.points += t->story_points.value_or(0);
    if (is_over(t->status)) {
      ++out.done;
      out.points_done += t->story_points.value_or(0);
    }
  }
  out.percent = percent(out.done, out.tickets, 0);
  return out;
}

std::int64_t priority_score(const backlog_item& what) {
  std::int64_t level = 2;
  for (std::size_t i = 0; i < priorities.size(); ++i)
    if (priorities[i] == what.priority)
      level = 4 - static_cast<std::int64_t>(i);
  // A file may hold any number; one beyond all sense must not overflow.
  auto or_else = [](const std::optional<std::int64_t>& n, std::int64_t other) {
    return n && *n != 0 ? std::clamp<std::int64_t>(*n, -1'000'000'000, 1'000'000'000) : other;
  };
  return level * 100 + or_else(what.business_value, 50) - 2 * or_else(what.story_points, 5);
}

bool ready_for_sprint(const backlog_item& what) {
  return (what.status == "groomed" || what.status == "ready") && what.story_points && !what.acceptance_criteria.empty();
}

ticket ticket_from(const backlog_item& what, const std::string& reporter, const std::string& time) {
  auto out = ticket{};
  out.title = what.title;
  out.description = what.description;
  out.priority = what.priority;
  if (!what.assigned_to.empty())
    out.assignee = what.assigned_to;
  out.reporter = reporter.empty() ? what.product_owner : reporter;
  out.labels = what.labels;
  out.story_points = what.story_points;
  out.epic_id = what.epic_id;
  for (auto& criterion : what.acceptance_criteria) {
    auto r = requirement{};
    r.id = random_record_id();
    r.title = "AC: " + clean_text(criterion, 50).text + "...";
    r.description = criterion;
    r.created_at = r.updated_at = time;
    r.author = out.reporter;
    out.requirements.push_back(std::move(r));
  }
  return out;
}

} // namespace hyakki::tickets
