// The list screen: side bar, panels, table.

#include "cli/tickets/print.hpp"
#include "cli/tickets/tui/view.hpp"
#include "tickets/measure.hpp"

#include <algorithm>
#include <array>

namespace hyakki::ticket_tui {
namespace {

using ticket_cli::cut;
using ticket_cli::fixed;
using ticket_cli::hours_text;

struct action_line {
  const char* key;
  const char* what;
};
constexpr action_line actions[] = {{"n", "new ticket"}, {"e", "edit"},   {"c", "comment"}, {"t", "time"},
                                   {"r", "refresh"},    {"g", "report"}, {"?", "help"},    {"q", "quit"}};

/// A figure with its label, in a panel.
struct figure {
  std::string label;
  std::string value;
  look how = look::plain;
};

void draw_panel(grid& g, area where, std::string_view title, const std::vector<figure>& figures) {
  g.box(where, title);
  int y = where.y + 1;
  for (auto& f : figures) {
    if (y >= where.bottom() - 1)
      return;
    auto used = g.put(where.x + 2, y, f.label, where.width - 4, look::faint);
    g.put_right(where.right() - 2, y, f.value, std::max(where.width - 5 - used, 0), f.how);
    ++y;
  }
}

std::vector<figure> metrics(const board& b) {
  return {{"Tickets", std::to_string(b.counts[0])},
          {"Open", std::to_string(b.counts[1])},
          {"In progress", std::to_string(b.counts[2]), b.counts[2] != 0 ? look::busy : look::plain},
          {"Closed", std::to_string(b.counts[4])},
          {"Done", fixed(b.completion) + "%"}};
}

std::vector<figure> times(const state& s) {
  auto known = s.hours.known(), all = s.all->rows.size();
  auto out = std::vector<figure>{
    {"Logged", hours_text(s.hours.logged(s.now))},
    {"Estimated", hours_text(s.hours.estimated())},
    {"Running", std::to_string(s.hours.running()), s.hours.running() != 0 ? look::busy : look::plain}};
  if (known < all)
    out.push_back({"Counted", std::to_string(known * 100 / all) + "%", look::faint});
  return out;
}

std::vector<figure> risks(const tickets::risk_totals& r) {
  auto how = r.score < 20 ? look::good : r.score < 50 ? look::busy : look::bad;
  return {{"Risk", std::string{r.level()} + " " + std::to_string(r.score), how},
          {"Blocked", std::to_string(r.blocked)},
          {"Critical", std::to_string(r.critical_open)},
          {"Over 30 days", std::to_string(r.old_open)},
          {"Unassigned", std::to_string(r.unassigned)}};
}

/// A column of the table; narrow screens leave those with the lowest worth out.
struct column {
  const char* name;
  int width; ///< 0: what is left over
  int worth;
  bool right;
};
enum column_name : std::size_t { id, title, status, priority, assignee, age, time_spent };
constexpr std::array<column, 7> columns_of{{{"ID", 14, 9, false},
                                            {"Title", 0, 9, false},
                                            {"Status", 11, 8, false},
                                            {"Priority", 8, 7, false},
                                            {"Assignee", 12, 5, false},
                                            {"Age", 5, 4, true},
                                            {"Time", 7, 3, true}}};
constexpr int least_title = 20;

/// Widths by column; 0 = left out.
std::array<int, 7> widths(const state& s, int width) {
  auto out = std::array<int, 7>{};
  auto& l = s.list;
  auto end = std::min(l.shown.size(), l.top + static_cast<std::size_t>(std::max(table_rows(s), 0)));
  int widest_id = 2;
  for (auto i = l.top; i < end; ++i)
    widest_id = std::max(widest_id, columns(s.all->rows[l.shown[i]].id));
  for (std::size_t c = 0; c < columns_of.size(); ++c)
    out[c] = columns_of[c].width;
  out[id] = std::min(widest_id, columns_of[id].width);
  auto left = [&] {
    int rest = width;
    for (auto w : out)
      rest -= w == 0 ? 0 : w + 1;
    return rest;
  };
  for (int worth = 3; worth < 9 && left() < least_title; ++worth)
    for (std::size_t c = 0; c < columns_of.size(); ++c)
      if (columns_of[c].worth == worth)
        out[c] = 0;
  // A narrow one may fit where a wide one of more worth had to go.
  for (int worth = 8; worth >= 3; --worth)
    for (std::size_t c = 0; c < columns_of.size(); ++c)
      if (columns_of[c].worth == worth && out[c] == 0 && left() - columns_of[c].width - 1 >= least_title)
        out[c] = columns_of[c].width;
  out[title] = std::max(left(), 0);
  return out;
}

void draw_row(grid& g, const state& s, const row& r, area where, const std::array<int, 7>& w, bool chosen) {
  auto done = tickets::is_over(r.status);
  auto hours = s.hours.find(r.id);
  auto spent = hours == nullptr ? "…" : hours->until(s.now) > 0 ? hours_text(hours->until(s.now)) : "-";
  struct piece {
    std::string text;
    look how;
  };
  const std::array<piece, 7> pieces{{{r.id, look::plain},
                                     {cut(r.title), done ? look::faint : look::plain},
                                     {cut(r.status), look_of_status(r.status)},
                                     {cut(r.priority), done ? look::faint : look_of_priority(r.priority)},
                                     {cut(r.assignee), look::plain},
                                     {std::to_string(tickets::days_since(r.created_at, s.now)) + "d", look::faint},
                                     {spent, hours != nullptr && hours->running != 0 ? look::busy : look::plain}}};
  int x = where.x;
  for (std::size_t c = 0; c < w.size(); ++c) {
    if (w[c] == 0)
      continue;
    if (columns_of[c].right)
      g.put_right(x + w[c], where.y, pieces[c].text, w[c], pieces[c].how);
    else
      g.put(x, where.y, pieces[c].text, w[c], pieces[c].how);
    x += w[c] + 1;
  }
  if (chosen)
    g.paint(where, look::chosen);
}

void draw_empty(grid& g, const state& s, area where) {
  auto none_found = s.all->searched && s.all->found.empty();
  auto text = s.all->rows.empty() ? "No tickets yet: n makes the first one."
              : none_found        ? "Nothing was found: Esc shows all tickets again."
                                  : "No ticket is in this filter: 1 shows all of them.";
  g.put(where.x + 1, where.y + 2, text, where.width - 2, look::faint);
}

} // namespace

void draw_search(grid& g, const state& s, area where) {
  if (where.width == 0)
    return;
  auto& l = s.list;
  auto label = where.width > 40 ? std::string{"Search "} : std::string{"/ "};
  auto used = g.put(where.x, where.y, label, where.width, look::faint);
  auto name = std::string{filters[l.filter].name} + " " + std::to_string(l.shown.size());
  auto room = where.width - used - columns(name) - 1;
  auto [text, caret] = show_line(l.search, std::max(room, 1));
  if (room > 4) {
    g.put(where.x + used, where.y, text, room, look::strong);
    if (l.searching)
      g.caret = std::pair{where.x + used + caret, where.y};
  }
  g.put_right(where.right(), where.y, name, where.width - used, look::faint);
}

void draw_side(grid& g, const state& s, area where) {
  if (where.width == 0)
    return;
  auto& l = s.list;
  int y = where.y;
  auto line = [&](std::string_view text, look how) {
    if (y < where.bottom())
      g.put(where.x + 1, y, text, where.width - 2, how);
    ++y;
  };
  line("Search", look::strong);
  auto [text, caret] = show_line(l.search, where.width - 3);
  g.fill({where.x + 1, y, where.width - 2, 1}, l.searching ? look::chosen : look::field);
  g.put(where.x + 1, y, text.empty() && !l.searching ? "/" : text, where.width - 2,
        l.searching ? look::chosen : look::field);
  if (l.searching)
    g.caret = std::pair{where.x + 1 + caret, y};
  y += 2;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    if (i == 0)
      line("Status", look::strong);
    else if (filters[i].by_priority && !filters[i - 1].by_priority)
      line("Priority", look::strong);
    auto name = " " + std::to_string(i + 1) + " " + filters[i].name;
    if (y < where.bottom()) {
      g.put(where.x + 1, y, name, where.width - 2);
      g.put_right(where.right() - 1, y, std::to_string(s.all->counts[i]), 8, look::faint);
      if (i == l.filter)
        g.paint({where.x + 1, y, where.width - 2, 1}, look::chosen);
    }
    ++y;
  }
  ++y;
  line("Actions", look::strong);
  for (auto& a : actions)
    line(std::string{" "} + a.key + " " + a.what, look::plain);
  for (int i = where.y; i < where.bottom(); ++i)
    g.put(where.right(), i, "│", 1, look::faint);
}

void draw_panels(grid& g, const state& s, area where) {
  if (where.height == 0)
    return;
  auto third = where.width / 3;
  draw_panel(g, {where.x, where.y, third, where.height}, "Metrics", metrics(*s.all));
  draw_panel(g, {where.x + third, where.y, third, where.height}, "Time", times(s));
  draw_panel(g, {where.x + 2 * third, where.y, where.width - 2 * third, where.height}, "Risk", risks(s.all->risk));
}

void draw_table(grid& g, const state& s, area where) {
  if (where.height <= 0)
    return;
  auto w = widths(s, where.width);
  int x = where.x;
  for (std::size_t c = 0; c < w.size(); ++c) {
    if (w[c] == 0)
      continue;
    if (columns_of[c].right)
      g.put_right(x + w[c], where.y, columns_of[c].name, w[c], look::strong);
    else
      g.put(x, where.y, columns_of[c].name, w[c], look::strong);
    x += w[c] + 1;
  }
  auto& l = s.list;
  if (l.shown.empty())
    return draw_empty(g, s, where);
  for (int y = 1; y < where.height; ++y) {
    auto at = l.top + static_cast<std::size_t>(y) - 1;
    if (at >= l.shown.size())
      return;
    draw_row(g, s, s.all->rows[l.shown[at]], {where.x, where.y + y, where.width, 1}, w, at == l.cursor);
  }
}

} // namespace hyakki::ticket_tui
