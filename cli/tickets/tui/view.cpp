#include "cli/tickets/tui/view.hpp"

#include "cli/text.hpp"
#include "cli/tickets/print.hpp"

#include <algorithm>
#include <filesystem>

namespace hyakki::ticket_tui {
namespace {

constexpr int most_said = 4;

void draw_head(grid& g, const state& s, area where) {
  g.fill(where, look::bar);
  auto left = std::string{"hyakki tickets"};
  if (s.asked)
    left = s.asked->title;
  else if (!s.pages.empty())
    left = s.pages.back().kind == page_kind::help ? "Help" : "Ticket " + s.pages.back().id;
  auto used = g.put(0, 0, " " + ticket_cli::cut(left), where.width, look::bar);
  auto right = cli::safe(std::filesystem::path{s.all->place}.filename().string()) + " ";
  if (used + columns(right) + 2 <= where.width)
    g.put_right(where.width, 0, right, where.width, look::bar);
}

/// The keys of the moment, as many as there is room for.
std::string keys_of(const state& s) {
  if (s.asked)
    return s.asked->kind == form_kind::time ? "s start  x stop  a add  Enter run  Tab next field  Esc back"
                                            : "Ctrl+S save  Tab next field  Esc leave";
  if (!s.pages.empty())
    return s.pages.back().kind == page_kind::help ? "Esc back" : "Esc back  j journal  t time  e edit  c comment";
  if (s.list.searching)
    return "Enter to the list  Esc no search  words, status:open, label:bug, assignee:none";
  return "Enter details  n new  / search  1-7 filter  ? help  q quit  e edit  c comment  t time  r refresh  g report";
}

void draw_foot(grid& g, const state& s, area where) {
  auto text = s.said;
  auto how = s.bad ? look::bad : look::good;
  if (s.asked && !s.asked->fault.empty()) {
    text = s.asked->fault;
    how = look::bad;
  } else if (text.empty() && s.all->unreadable != 0) {
    text = cli::counted(s.all->unreadable, "file", "files") + " cannot be read: `tickets health` names them";
    how = look::faint;
  }
  // What does not fit into a line takes of what is above it.
  auto lines = wrapped(ticket_cli::cut(text), where.width);
  auto count = std::min(static_cast<int>(lines.size()), std::clamp(where.y, 1, most_said));
  for (int i = 0; i < count; ++i) {
    auto y = where.y - count + 1 + i;
    auto last = i + 1 == count && count < static_cast<int>(lines.size());
    g.fill({0, y, where.width, 1}, look::plain);
    g.put(0, y, lines[static_cast<std::size_t>(i)] + (last ? "…" : ""), where.width, how);
  }
  if (where.height > 1)
    g.put(0, where.y + 1, keys_of(s), where.width, look::faint);
}

} // namespace

look look_of_status(std::string_view status) {
  return status == "blocked"       ? look::bad
         : status == "in-progress" ? look::busy
         : status == "closed"      ? look::good
         : status == "cancelled"   ? look::faint
                                   : look::plain;
}

look look_of_priority(std::string_view priority) {
  return priority == "critical" ? look::bad
         : priority == "high"   ? look::busy
         : priority == "low"    ? look::faint
                                : look::plain;
}

grid view(const state& s) {
  auto g = grid{s.room};
  auto at = lay_out(s.room);
  draw_head(g, s, at.head);
  if (s.asked) {
    draw_form(g, s, *s.asked);
  } else if (!s.pages.empty()) {
    draw_page(g, s, s.pages.back());
  } else {
    draw_side(g, s, at.side);
    draw_search(g, s, at.search);
    draw_panels(g, s, at.panels);
    draw_table(g, s, at.table);
  }
  draw_foot(g, s, at.foot);
  if (g.caret) // behind a text that reaches the edge there is no column
    g.caret = {std::clamp(g.caret->first, 0, g.room().columns - 1), std::clamp(g.caret->second, 0, g.room().rows - 1)};
  return g;
}

} // namespace hyakki::ticket_tui
