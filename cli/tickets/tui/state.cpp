#include "cli/tickets/tui/state.hpp"

#include "cli/tickets/tui/help_lines.hpp"
#include "cli/tickets/tui/layout.hpp"

#include <algorithm>
#include <utility>

namespace hyakki::ticket_tui {
namespace {

/// The list as filter and search have it.
void choose_shown(state& s) {
  auto& l = s.list;
  auto& all = *s.all;
  auto& f = filters[l.filter];
  l.shown.clear();
  auto take = [&](std::uint32_t place) {
    if (passes(f, all.rows[place]))
      l.shown.push_back(place);
  };
  if (all.searched)
    for (auto place : all.found)
      take(place);
  else
    for (std::uint32_t place = 0; place < all.rows.size(); ++place)
      take(place);
}

void wrap(state& s, page& p) {
  p.shown.clear();
  for (auto& line : p.lines)
    for (auto& part : wrapped(line, s.room.columns - 2))
      p.shown.push_back(std::move(part));
  auto rows = static_cast<std::size_t>(std::max(page_rows(s), 1));
  p.top = std::min(p.top, p.shown.size() > rows ? p.shown.size() - rows : 0);
}

std::vector<page>::iterator find_page(state& s, const std::string& id) {
  return std::find_if(s.pages.begin(), s.pages.end(),
                      [&](auto& p) { return p.kind == page_kind::detail && p.id == id; });
}

/// Keeps the chosen ticket, by its id, over a change of what is shown.
template <class F>
void change_list(state& s, F&& how) {
  auto before = s.chosen() != nullptr ? s.chosen()->id : std::string{};
  how();
  choose_shown(s);
  auto& l = s.list;
  auto it = std::find_if(l.shown.begin(), l.shown.end(), [&](auto place) { return s.all->rows[place].id == before; });
  if (!before.empty() && it != l.shown.end())
    l.cursor = static_cast<std::size_t>(it - l.shown.begin());
  scroll_to_cursor(s);
}

} // namespace

const row* state::chosen() const {
  return list.cursor < list.shown.size() ? &all->rows[list.shown[list.cursor]] : nullptr;
}

std::string state::subject() const {
  for (auto it = pages.rbegin(); it != pages.rend(); ++it)
    if (it->kind == page_kind::detail)
      return it->id;
  return chosen() != nullptr ? chosen()->id : "";
}

void scroll_to_cursor(state& s) {
  auto& l = s.list;
  auto rows = static_cast<std::size_t>(std::max(table_rows(s), 1));
  l.cursor = l.shown.empty() ? 0 : std::min(l.cursor, l.shown.size() - 1);
  if (l.cursor < l.top)
    l.top = l.cursor;
  if (l.cursor >= l.top + rows)
    l.top = l.cursor - rows + 1;
  l.top = std::min(l.top, l.shown.size() > rows ? l.shown.size() - rows : 0);
}

void set_filter(state& s, std::size_t n) {
  change_list(s, [&] { s.list.filter = n; });
}

void show_help(state& s) {
  auto p = page{};
  p.kind = page_kind::help;
  p.lines = help_lines();
  s.pages.push_back(std::move(p));
  wrap(s, s.pages.back());
}

void take_size(state& s, size room) {
  s.room = room;
  for (auto& p : s.pages)
    wrap(s, p);
  scroll_to_cursor(s);
}

void take_board(state& s, std::shared_ptr<const board> all) {
  s.now = all->now;
  change_list(s, [&] { s.all = std::move(all); });
  if (std::exchange(s.list.newest, false)) {
    s.list.cursor = 0;
    scroll_to_cursor(s);
  }
  s.hours.keep(*s.all);
}

void take_page(state& s, const std::string& id, std::vector<std::string> lines) {
  auto it = find_page(s, id);
  if (it == s.pages.end()) {
    it = s.pages.insert(it, page{});
    it->id = id;
  }
  it->lines = std::move(lines);
  wrap(s, *it);
}

void lose_page(state& s, const std::string& id) {
  if (auto it = find_page(s, id); it != s.pages.end())
    s.pages.erase(it);
}

void take_form(state& s, form f) { s.asked = std::move(f); }

void take_answer(state& s, bool well, const std::string& text) {
  if (!well && s.asked) {
    s.asked->fault = text;
    return;
  }
  s.list.newest = s.asked && s.asked->kind == form_kind::create;
  s.asked.reset();
  say(s, text, !well);
}

void say(state& s, std::string text, bool bad) {
  s.said = std::move(text);
  s.bad = bad;
}

int table_rows(const state& s) { return lay_out(s.room).table.height - 1; }

int page_rows(const state& s) { return s.room.rows - 1 - lay_out(s.room).foot.height; }

const row* wanted_hours(state& s) {
  auto& l = s.list;
  auto end = std::min(l.shown.size(), l.top + static_cast<std::size_t>(std::max(table_rows(s), 0)));
  for (auto i = l.top; i < end; ++i)
    if (auto& r = s.all->rows[l.shown[i]]; s.hours.find(r.id) == nullptr)
      return &r;
  return s.hours.next(*s.all);
}

} // namespace hyakki::ticket_tui
