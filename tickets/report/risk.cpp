#include "tickets/report/figures.hpp"

namespace hyakki::tickets {
namespace {

constexpr std::size_t in_progress = 1, blocked = 2; // places in ticket_statuses
constexpr std::size_t most_examples = 5;

struct ground {
  const char* name;
  const char* meaning;
  std::int64_t weight;
  bool (*holds)(const ticket_row&, wall_ms now); ///< of an open ticket
};

constexpr ground grounds[] = {
  {"Blocked", "status blocked", 20, [](const ticket_row& t, wall_ms) { return t.status == blocked; }},
  {"Critical", "critical and not closed", 15, [](const ticket_row& t, wall_ms) { return t.priority == 0; }},
  {"Urgent but waiting", "critical or high, open for more than 7 days", 10,
   [](const ticket_row& t, wall_ms) { return t.priority <= 1 && t.age_days > 7; }},
  {"Stale", "open for more than 30 days", 5, [](const ticket_row& t, wall_ms) { return t.stale; }},
  {"Unassigned", "open and nobody's", 3, [](const ticket_row& t, wall_ms) { return t.assignee == 0; }},
  {"Forgotten", "in progress, untouched for more than 14 days", 0,
   [](const ticket_row& t, wall_ms now) { return t.status == in_progress && days_between(t.updated, now) > 14; }},
};

} // namespace

risk_view risk_of(const report& r, wall_ms now) {
  auto out = risk_view{};
  for (auto& g : grounds) {
    auto row = risk_row{g.name, g.meaning, 0, g.weight, {}};
    for (std::size_t i = 0; i < r.tickets.size(); ++i) {
      auto& t = r.tickets[i];
      if (t.over || !g.holds(t, now))
        continue;
      ++row.count;
      if (row.examples.size() < most_examples)
        row.examples.push_back(i);
    }
    out.score += g.weight * static_cast<std::int64_t>(row.count);
    out.rows.push_back(std::move(row));
  }
  out.score = std::min<std::int64_t>(out.score, 100);
  out.level = out.score < 20 ? "low" : out.score < 50 ? "medium" : "high";
  return out;
}

} // namespace hyakki::tickets
