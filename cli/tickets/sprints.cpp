// sprint list, show: what backlog items were taken into.

#include "cli/text.hpp"
#include "cli/tickets/backlog_figures.hpp"
#include "cli/tickets/backlog_order.hpp"
#include "cli/tickets/epic_figures.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"

#include <map>

namespace hyakki::ticket_cli {
namespace {

using tickets::backlog_item;

int sprints(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto items = best_first(*at);
  if (!items)
    return fail(items.error());
  auto wanted = asked.text("ID");
  std::map<std::string, std::vector<const backlog_item*>> by_sprint;
  for (auto& b : *items)
    if (b.sprint_id && !b.sprint_id->empty() && (wanted.empty() || *b.sprint_id == wanted))
      by_sprint[*b.sprint_id].push_back(&b);
  if (!wanted.empty() && by_sprint.empty())
    return fail("no backlog item is in the sprint \"" + wanted + "\"; backlog update ITEM --sprint " + wanted +
                " puts one in");
  auto all = at->brief_tickets();
  if (!all)
    return fail(all.error());
  // An item whose ticket is closed counts as done, whatever it says of itself: both are shown.
  auto status_of = [&](const backlog_item& b) {
    auto t = ticket_in(*all, *b.ticket_id);
    return t ? t->status : std::string{"gone"};
  };
  auto out = json::array();
  auto s = sheet{};
  s.columns = {{"Sprint"},        {"Name"}, {"Items", true}, {"Done", true}, {"Points", true}, {"Done points", true},
               {"Progress", true}};
  for (auto& [id, members] : by_sprint) {
    auto p = sprint_progress(members, *all);
    auto rows = json::array();
    for (auto b : members)
      rows.push_back({{"id", b->id},
                      {"title", b->title},
                      {"status", b->status},
                      {"ticket_id", b->ticket_id ? json(*b->ticket_id) : json(nullptr)},
                      {"ticket_status", b->ticket_id ? json(status_of(*b)) : json(nullptr)},
                      {"story_points", b->story_points ? json(*b->story_points) : json(nullptr)}});
    out.push_back({{"id", id},
                   {"name", p.name.empty() ? json(nullptr) : json(p.name)},
                   {"items", p.items},
                   {"done", p.done},
                   {"points", p.points},
                   {"done_points", p.done_points},
                   {"percent", p.percent()},
                   {"backlog_items", rows}});
    s.rows.push_back({id, p.name, std::to_string(p.items), std::to_string(p.done), std::to_string(p.points),
                      std::to_string(p.done_points), fixed(p.percent(), 0) + "%"});
  }
  if (asked.json()) {
    put_json(out);
    return exit_done;
  }
  if (by_sprint.empty()) {
    put("No sprints: backlog update ITEM --sprint ID puts an item into one.\n");
    return exit_done;
  }
  auto text = as_grid(s);
  if (!wanted.empty())
    for (auto b : by_sprint[wanted])
      text += "  " + b->id + ": " + cut(b->title) + " (" + cut(b->status) +
              (b->ticket_id ? ", ticket " + cut(*b->ticket_id) + " " + cut(status_of(*b)) : "") + ")\n";
  put(text);
  return exit_done;
}

constexpr option sprint_id[] = {{"ID", takes::text, "the sprint"}};

constexpr command rows[] = {
  {"sprint list", "the sprints that backlog items name", "table json", sprints},
  {"sprint show", "one sprint with its items", "table json", sprints, sprint_id},
};

} // namespace

commands sprint_commands() { return rows; }

} // namespace hyakki::ticket_cli
