#include "tickets/analytics.hpp"

#include "tickets/local_time.hpp"
#include "tickets/measure.hpp"
#include "tickets/model/words.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>

namespace hyakki::tickets {
namespace {

constexpr wall_ms day_ms = 86'400'000;
constexpr std::size_t most_labels = 10;
constexpr std::size_t most_activities = 20;

struct age_bucket {
  const char* name;
  std::int64_t most_days;
};
constexpr age_bucket age_buckets[] = {{"New (0-2 days)", 2},
                                      {"Recent (3-7 days)", 7},
                                      {"Moderate (1-4 weeks)", 28},
                                      {"Old (1-3 months)", 90},
                                      {"Ancient (3+ months)", INT64_MAX}};

/// Counts words and remembers the order in which they came.
class counter {
public:
  std::size_t& operator[](const std::string& word) {
    auto [it, fresh] = places_.try_emplace(word, all_.size());
    if (fresh)
      all_.emplace_back(word, 0);
    return all_[it->second].second;
  }
  counts take() { return std::move(all_); }

private:
  std::unordered_map<std::string, std::size_t> places_;
  counts all_;
};

double share(std::size_t part, std::size_t all) {
  return all == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(all);
}

bool within(const std::string& time, wall_ms now, std::int64_t days) {
  auto then = read_local_time(time);
  return then && *then >= now - days * day_ms;
}

void newest_activities(std::vector<activity>& all) {
  std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.at > b.at; });
  if (all.size() > most_activities)
    all.resize(most_activities);
}

} // namespace

void risk_totals::add(std::string_view status, std::string_view priority, bool assigned, std::int64_t age) {
  blocked += status == "blocked";
  if (is_over(status))
    return;
  critical_open += priority == "critical";
  old_open += age > 30;
  unassigned += !assigned;
  high_priority_stalled += (priority == "critical" || priority == "high") && age > 7;
}

void risk_totals::weigh() {
  score = static_cast<std::int64_t>(std::min<std::size_t>(100, 20 * blocked + 15 * critical_open + 5 * old_open +
                                                                 3 * unassigned + 10 * high_priority_stalled));
}

double one_decimal(double d) {
  // Python rounds the exact binary value, as printf does.
  char text[64];
  std::snprintf(text, sizeof text, "%.1f", d);
  return std::strtod(text, nullptr);
}

void newest_first(std::vector<ticket>& all) {
  std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.id < b.id; });
  std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.created_at > b.created_at; });
}

counts by_status(const std::vector<ticket>& all) {
  auto out = counter{};
  for (auto word : ticket_statuses)
    out[std::string{word}] = 0;
  for (auto& t : all)
    ++out[t.status];
  return out.take();
}

requirement_totals total_requirements(const std::vector<ticket>& all) {
  auto out = requirement_totals{};
  std::size_t covered = 0;
  std::size_t passing = 0;
  auto requirements = counter{};
  auto scenarios = counter{};
  auto methods = counter{};
  for (auto& t : all) {
    if (!has_requirements(t))
      continue;
    ++out.tickets;
    out.accepted_tickets += t.acceptance_criteria_met;
    out.requirements += t.requirements.size();
    for (auto& r : t.requirements) {
      ++requirements[r.status];
      covered += r.status == "implemented" || r.status == "verified";
    }
    out.user_stories += t.user_stories.size();
    for (auto& s : t.user_stories)
      out.story_points += s.story_points.value_or(0);
    out.expected_results += t.expected_results.size();
    for (auto& r : t.expected_results)
      ++methods[r.verification_method];
    out.scenarios += t.gherkin_scenarios.size();
    for (auto& s : t.gherkin_scenarios) {
      ++scenarios[s.status];
      passing += s.status == "passing";
    }
  }
  out.coverage = share(covered, out.requirements);
  out.test_pass_rate = share(passing, out.scenarios);
  out.acceptance_rate = share(out.accepted_tickets, out.tickets);
  out.by_requirement_status = requirements.take();
  out.by_scenario_status = scenarios.take();
  out.by_verification_method = methods.take();
  return out;
}

analytics analyse(const std::vector<ticket>& all, wall_ms now) {
  auto out = analytics{};
  auto statuses = counter{};
  auto priorities = counter{};
  auto labels = counter{};
  auto ages = counter{};
  auto assignees = std::unordered_map<std::string, std::size_t>{};
  for (auto& b : age_buckets)
    ages[b.name] = 0;
  std::int64_t resolution_days = 0;
  for (auto& t : all) {
    auto age = days_since(t.created_at, now);
    ++(is_over(t.status) ? out.over : out.open);
    ++statuses[t.status];
    ++priorities[t.priority];
    for (auto& label : t.labels)
      ++labels[label];
    auto who = t.assignee && !t.assignee->empty() ? *t.assignee : std::string{"Unassigned"};
    auto [place, fresh] = assignees.try_emplace(who, out.assignees.size());
    if (fresh)
      out.assignees.emplace_back(who, workload{});
    auto& load = out.assignees[place->second].second;
    ++load.total;
    load.open += t.status == "open";
    load.in_progress += t.status == "in-progress";
    ++ages[std::find_if(std::begin(age_buckets), std::end(age_buckets), [&](auto& b) {
             return age <= b.most_days;
           })->name];
    out.risk.add(t.status, t.priority, t.assignee && !t.assignee->empty(), age);
    if (is_over(t.status)) {
      out.velocity.week += within(t.updated_at, now, 7);
      out.velocity.month += within(t.updated_at, now, 30);
      if (auto end = read_local_time(t.updated_at))
        resolution_days += days_since(t.created_at, *end);
    }
    out.timeline.push_back({t.created_at, "created", t.id, t.title, t.priority, t.status});
    for (auto& c : t.comments)
      out.timeline.push_back({c.created_at, "comment", t.id, t.title, t.priority, t.status});
    if (out.timeline.size() > 10'000)
      newest_activities(out.timeline);
  }
  out.total = all.size();
  out.statuses = statuses.take();
  out.priorities = priorities.take();
  out.labels = labels.take();
  std::stable_sort(out.labels.begin(), out.labels.end(), [](auto& a, auto& b) { return a.second > b.second; });
  if (out.labels.size() > most_labels)
    out.labels.resize(most_labels);
  out.ages = ages.take();
  newest_activities(out.timeline);
  auto status_count = [&](std::string_view word) {
    for (auto& [status, n] : out.statuses)
      if (status == word)
        return n;
    return std::size_t{0};
  };
  out.in_progress = status_count("in-progress");
  out.backlog = status_count("open");
  out.completion = one_decimal(share(status_count("closed"), out.total));
  if (out.over > 0)
    out.velocity.average_days = one_decimal(static_cast<double>(resolution_days) / static_cast<double>(out.over));
  out.risk.weigh();
  out.requirements = total_requirements(all);
  return out;
}

status_numbers status_of(const std::vector<ticket>& all, wall_ms now, int days) {
  auto out = status_numbers{};
  out.total = all.size();
  for (auto& t : all) {
    out.open += t.status == "open";
    out.in_progress += t.status == "in-progress";
    out.closed += t.status == "closed";
    out.critical_open += t.priority == "critical" && t.status != "closed";
    out.high_open += t.priority == "high" && t.status != "closed";
    if (t.status == "closed" && within(t.updated_at, now, days))
      out.recently_closed.push_back(&t);
  }
  std::stable_sort(out.recently_closed.begin(), out.recently_closed.end(),
                   [](auto* a, auto* b) { return a->created_at > b->created_at; });
  return out;
}

agent_numbers count_agents(const std::vector<agent>& agents, const std::vector<agent_task>& tasks) {
  auto out = agent_numbers{};
  out.agents = agents.size();
  for (auto& a : agents)
    out.active_agents += a.status == "active";
  out.tasks = tasks.size();
  for (auto& t : tasks)
    out.active_tasks += t.status == "in_progress" || t.status == "assigned";
  return out;
}

} // namespace hyakki::tickets
