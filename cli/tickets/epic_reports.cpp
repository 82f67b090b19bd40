// epic progress, burndown: how far epics are.

#include "cli/tickets/epic_figures.hpp"
#include "cli/tickets/epic_order.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
namespace {

using tickets::epic;

int progress(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = at->brief_tickets();
  if (!all)
    return fail(all.error());
  auto epics = std::vector<epic>{};
  if (auto id = asked.text("ID"); !id.empty()) {
    auto one = at->load<epic>(id);
    if (!one)
      return fail(one.error());
    epics.push_back(std::move(*one));
  } else {
    auto every = oldest_first(*at);
    if (!every)
      return fail(every.error());
    epics = std::move(*every);
  }
  if (asked.json()) {
    auto out = json::array();
    for (auto& e : epics) {
      auto row = json{{"id", e.id}, {"title", e.title}, {"status", e.status}};
      row.update(to_json(state_of(e, *all)));
      row["is_overdue"] = is_overdue(e, at->now_ms());
      out.push_back(std::move(row));
    }
    put_json(out);
    return exit_done;
  }
  if (epics.empty()) {
    put("No epics found.\n");
    return exit_done;
  }
  auto s = sheet{};
  s.columns = {{"Epic ID"},       {"Title"},        {"Tickets", true},     {"Done", true},    {"Open", true},
               {"Blocked", true}, {"Points", true}, {"Done points", true}, {"Progress", true}};
  for (auto& e : epics) {
    auto p = state_of(e, *all);
    s.rows.push_back({e.id, cut(e.title, 40), std::to_string(p.tickets), std::to_string(p.done), std::to_string(p.open),
                      std::to_string(p.blocked), std::to_string(p.points), std::to_string(p.points_done),
                      fixed(p.percent, 0) + "%"});
  }
  put(as_grid(s));
  return exit_done;
}

int burndown(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto e = at->load<epic>(asked.text("ID"));
  if (!e)
    return fail(e.error());
  auto all = at->brief_tickets();
  if (!all)
    return fail(all.error());
  auto days = burndown_of(*e, *all, at->now_ms());
  if (asked.json()) {
    auto out = json::array();
    for (auto& d : days)
      out.push_back(
        {{"date", d.date}, {"open_tickets", d.open}, {"open_points", d.open_points}, {"total_tickets", d.total}});
    put_json({{"id", e->id}, {"days", out}});
    return exit_done;
  }
  if (days.empty()) {
    put("Epic " + e->id + " has no tickets; there is nothing to burn down.\n");
    return exit_done;
  }
  auto s = sheet{};
  s.columns = {{"Date"}, {"Open", true}, {"Points", true}, {"Of", true}, {"Chart"}};
  std::size_t widest = 1;
  for (auto& d : days)
    widest = std::max(widest, d.total);
  for (auto& d : days)
    s.rows.push_back({d.date, std::to_string(d.open), std::to_string(d.open_points), std::to_string(d.total),
                      std::string((d.open * 40 + widest - 1) / widest, '#')});
  put(as_simple(s));
  return exit_done;
}

constexpr option id_only[] = {{"ID", takes::text, "the epic"}};
constexpr option maybe_id[] = {{"ID", takes::text, "the epic; all without it", nullptr, ""}};

constexpr command rows[] = {
  {"epic progress", "how far epics are", "table json", progress, maybe_id, "Done are closed and cancelled tickets."},
  {"epic burndown", "what was open, day by day", "table json", burndown, id_only,
   "A ticket counts from the day it was created to the day it was closed. repo-tickets does not keep the time of\n"
   "closing; the last change of a closed ticket is taken for it."},
};

} // namespace

commands epic_report_commands() { return rows; }

} // namespace hyakki::ticket_cli
