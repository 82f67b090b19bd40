#include "tickets/report/collect.hpp"

#include "tickets/measure.hpp"
#include "tickets/report/figures.hpp"
#include "tickets/report/shown_text.hpp"

#include <numeric>

namespace hyakki::tickets {
namespace {

constexpr std::size_t title_length = 160, name_length = 60, label_length = 32, id_length = 100;
constexpr std::size_t most_labels = 4, most_activity = 20, most_overruns = 5, most_top_labels = 10;

std::string shown_id(std::string_view id) { return shown_text(id, id_length); }

template <class T, class P>
std::uint32_t count(const std::vector<T>& list, P which) {
  return static_cast<std::uint32_t>(std::count_if(list.begin(), list.end(), which));
}

bool newer(const activity_row& a, const activity_row& b) { return a.at > b.at; }

} // namespace

report_collector::report_collector(wall_ms now) : now_(now) {
  out_.at = now;
  out_.statuses = shares_of(ticket_statuses);
  out_.priorities = shares_of(priorities);
  out_.people.push_back({"Unassigned"});
  out_.quality.requirement_statuses = shares_of(requirement_statuses);
  out_.quality.result_statuses = shares_of(result_statuses);
  out_.quality.scenario_statuses = shares_of(scenario_statuses);
  out_.quality.methods = shares_of(verification_methods);
  out_.backlog.statuses = shares_of(item_statuses);
  out_.agents.task_statuses = shares_of(task_statuses);
}

std::uint32_t report_collector::person(std::string_view name) {
  auto shown = shown_text(name, name_length);
  if (shown.empty())
    return 0;
  auto [at, fresh] = people_.try_emplace(shown, static_cast<std::uint32_t>(out_.people.size()));
  if (fresh)
    out_.people.push_back({std::move(shown)});
  return at->second;
}

void report_collector::add(const ticket& t) {
  auto row = ticket_row{};
  row.id = shown_id(t.id);
  row.title = shown_text(t.title, title_length);
  row.status = static_cast<std::uint8_t>(place_of(t.status, ticket_statuses));
  row.priority = static_cast<std::uint8_t>(place_of(t.priority, priorities));
  row.over = is_over(t.status);
  row.assignee = t.assignee ? person(*t.assignee) : 0;
  for (auto& label : t.labels) {
    auto shown = shown_text(label, label_length);
    if (shown.empty())
      continue;
    ++labels_[shown];
    if (row.labels.size() < most_labels)
      row.labels.push_back(std::move(shown));
    else
      ++row.more_labels;
  }
  row.epic = t.epic_id ? shown_id(*t.epic_id) : std::string{};
  row.points = t.story_points && *t.story_points >= 0 ? *t.story_points : -1;
  row.created = time_of(t.created_at);
  row.updated = time_of(t.updated_at);
  row.age_days = days_between(row.created, now_);
  row.stale = !row.over && row.age_days > 30;
  count_quality(t);
  row.requirements = static_cast<std::uint32_t>(t.requirements.size());
  row.covered = count(t.requirements, [](auto& r) { return r.status == "implemented" || r.status == "verified"; });
  row.stories = static_cast<std::uint32_t>(t.user_stories.size());
  row.results = static_cast<std::uint32_t>(t.expected_results.size());
  row.verified = count(t.expected_results, [](auto& r) { return r.status == "verified"; });
  row.scenarios = static_cast<std::uint32_t>(t.gherkin_scenarios.size());
  row.passing = count(t.gherkin_scenarios, [](auto& s) { return s.status == "passing"; });
  row.accepted = t.acceptance_criteria_met;
  ++out_.total;
  ++(row.over ? out_.over : out_.open);
  ++out_.statuses[row.status].count;
  ++out_.priorities[row.priority].count;
  ++out_.priority_by_status[row.priority][row.status];
  auto at = out_.tickets.size();
  out_.tickets.push_back(std::move(row));
  count_time(t, at);
  note_activity(t, at);
}

void report_collector::count_quality(const ticket& t) {
  auto& q = out_.quality;
  if (!has_requirements(t))
    return;
  ++q.specified;
  q.accepted += t.acceptance_criteria_met;
  for (auto& r : t.requirements)
    ++q.requirement_statuses[place_of(r.status, requirement_statuses)].count;
  for (auto& r : t.expected_results) {
    ++q.result_statuses[place_of(r.status, result_statuses)].count;
    ++q.methods[place_of(r.verification_method, verification_methods)].count;
  }
  for (auto& s : t.gherkin_scenarios)
    ++q.scenario_statuses[place_of(s.status, scenario_statuses)].count;
  q.stories += t.user_stories.size();
  for (auto& s : t.user_stories)
    q.story_points += std::clamp<std::int64_t>(s.story_points.value_or(0), 0, 1'000'000);
}

void report_collector::count_time(const ticket& t, std::size_t at) {
  double logged = 0;
  for (auto& log : t.time_logs) {
    auto start = time_of(log.start_time);
    auto hours = static_cast<double>(std::max<std::int64_t>(minutes_of(log, now_), 0)) / 60;
    logged += hours;
    out_.time.running += log.active();
    auto known = place_of(log.entry_type, time_types) < time_types.size();
    kinds_[known ? log.entry_type : "other"] += hours;
    if (auto who = person(log.author))
      out_.people[who].hours += hours;
    auto back = start == 0 || start > now_ ? 0 : (now_ - start) / (7 * one_day);
    if (back < static_cast<wall_ms>(week_hours_.size()))
      week_hours_[static_cast<std::size_t>(back)] += hours;
  }
  out_.time.total += logged;
  if (!t.estimated_hours || !(*t.estimated_hours > 0))
    return;
  out_.time.estimated += *t.estimated_hours;
  out_.time.logged_on_estimated += logged;
  if (!out_.tickets[at].over && logged > *t.estimated_hours)
    overruns_.push_back({at, logged, *t.estimated_hours});
}

void report_collector::keep(activity_row row) {
  auto& list = out_.activity; // a heap whose front is the oldest
  if (row.at == 0 || row.at > now_)
    return;
  if (list.size() == most_activity) {
    if (!newer(row, list.front()))
      return;
    std::pop_heap(list.begin(), list.end(), newer);
    list.pop_back();
  }
  row.who = shown_text(row.who, name_length);
  list.push_back(std::move(row));
  std::push_heap(list.begin(), list.end(), newer);
}

void report_collector::note_activity(const ticket& t, std::size_t at) {
  using kind = activity_row::kind;
  auto& row = out_.tickets[at];
  keep({kind::created, row.created, at, t.reporter});
  if (row.over)
    keep({t.status == "cancelled" ? kind::cancelled : kind::closed, row.updated, at, {}});
  for (auto& c : t.comments)
    keep({kind::commented, time_of(c.created_at), at, c.author});
  for (auto& j : t.journal_entries)
    keep({kind::noted, time_of(j.created_at), at, j.author});
}

/// Open tickets by urgency and age, then what is over, the latest first; whoever names a row by its place follows.
void report_collector::bring_in_order() {
  auto& rows = out_.tickets;
  auto order = std::vector<std::size_t>(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
    auto &a = rows[x], &b = rows[y];
    if (a.over != b.over)
      return b.over;
    if (!a.over && a.priority != b.priority)
      return a.priority < b.priority;
    if (a.over ? a.updated != b.updated : a.created != b.created)
      return a.over ? a.updated > b.updated : a.created < b.created;
    return a.id < b.id;
  });
  auto sorted = std::vector<ticket_row>{};
  sorted.reserve(rows.size());
  auto place = std::vector<std::size_t>(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    sorted.push_back(std::move(rows[order[i]]));
  }
  rows = std::move(sorted);
  for (auto& a : out_.activity)
    a.ticket = place[a.ticket];
  for (auto& o : overruns_)
    o.ticket = place[o.ticket];
}

void report_collector::count_people() {
  for (auto& t : out_.tickets) {
    auto& p = out_.people[t.assignee];
    ++p.total;
    p.open += !t.over && t.status != 1 && t.status != 2;
    p.in_progress += t.status == 1;
    p.blocked += t.status == 2;
  }
  for (std::size_t i = 0; i < out_.people.size(); ++i) {
    out_.team += i != 0 && out_.people[i].total != 0;
    if (out_.people[i].load() != 0)
      out_.busiest.push_back(i);
  }
  std::sort(out_.busiest.begin(), out_.busiest.end(), [&](std::size_t a, std::size_t b) {
    auto &x = out_.people[a], &y = out_.people[b];
    return x.load() != y.load() ? x.load() > y.load() : a < b;
  });
}

void report_collector::count_labels() {
  out_.labels = labels_.size();
  for (auto& [name, count] : labels_)
    out_.top_labels.push_back({name, count});
  auto most = std::min(most_top_labels, out_.top_labels.size());
  std::partial_sort(out_.top_labels.begin(), out_.top_labels.begin() + static_cast<std::ptrdiff_t>(most),
                    out_.top_labels.end(),
                    [](auto& a, auto& b) { return a.count != b.count ? a.count > b.count : a.name < b.name; });
  out_.top_labels.resize(most);
}

report report_collector::finish() && {
  bring_in_order();
  count_people();
  count_labels();
  out_.flow = flow_of(out_, now_);
  for (std::size_t i = 0; i < out_.flow.weeks.size(); ++i)
    out_.flow.weeks[out_.flow.weeks.size() - 1 - i].hours = week_hours_[i];
  out_.risk = risk_of(out_, now_);
  plan();
  count_backlog();
  auto& q = out_.quality;
  for (std::size_t i = 0; i < out_.tickets.size(); ++i) {
    auto& t = out_.tickets[i];
    q.requirements += t.requirements;
    q.covered += t.covered;
    q.results += t.results;
    q.verified += t.verified;
    q.scenarios += t.scenarios;
    q.passing += t.passing;
    if (!t.over && t.covered < t.requirements)
      q.weakest.push_back(i);
  }
  std::stable_sort(q.weakest.begin(), q.weakest.end(), [&](std::size_t a, std::size_t b) {
    auto &x = out_.tickets[a], &y = out_.tickets[b];
    return std::uint64_t{x.covered} * y.requirements < std::uint64_t{y.covered} * x.requirements;
  });
  q.weakest.resize(std::min<std::size_t>(q.weakest.size(), 5));
  for (auto& [name, hours] : kinds_)
    out_.time.kinds.push_back({name, hours});
  std::sort(out_.time.kinds.begin(), out_.time.kinds.end(),
            [](auto& a, auto& b) { return a.hours != b.hours ? a.hours > b.hours : a.name < b.name; });
  std::sort(overruns_.begin(), overruns_.end(),
            [](auto& a, auto& b) { return a.logged - a.estimated > b.logged - b.estimated; });
  overruns_.resize(std::min(overruns_.size(), most_overruns));
  out_.time.overruns = std::move(overruns_);
  std::sort_heap(out_.activity.begin(), out_.activity.end(), newer);
  auto& agents = out_.agents;
  std::sort(agents.rows.begin(), agents.rows.end(), [](const agent_row& a, const agent_row& b) {
    if ((a.status == "active") != (b.status == "active"))
      return a.status == "active";
    if (a.active != b.active)
      return a.active > b.active;
    return a.completed != b.completed ? a.completed > b.completed : a.id < b.id;
  });
  agents.rows.resize(std::min<std::size_t>(agents.rows.size(), 25));
  return std::move(out_);
}

} // namespace hyakki::tickets
