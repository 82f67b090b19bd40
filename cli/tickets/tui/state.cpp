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

void set_filter(state& s, std::size_t n) {
  change_list(s, [&] { s.list.filter = n; });
}

deed clear_search(state& s) {
  if (s.list.search.text.empty())
    return nothing{};
  s.list.search = {};
  return look_again{};
}

/// Moves a place among `count` by a key; false for a key that moves nothing.
bool move(std::size_t& at, std::size_t count, int page, const key& k) {
  auto by = [&](std::ptrdiff_t n) {
    auto last = static_cast<std::ptrdiff_t>(count) - 1;
    at = static_cast<std::size_t>(
      std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(at) + n, 0, std::max<std::ptrdiff_t>(last, 0)));
  };
  switch (k.what) {
  case press::up: by(-1); return true;
  case press::down: by(1); return true;
  case press::page_up: by(-std::max(page, 1)); return true;
  case press::page_down: by(std::max(page, 1)); return true;
  case press::home: at = 0; return true;
  case press::end: at = count == 0 ? 0 : count - 1; return true;
  default: return false;
  }
}

/// Keys are the same in both cases.
char32_t lower(const key& k) {
  return k.what != press::letter ? 0 : k.letter >= 'A' && k.letter <= 'Z' ? k.letter - 'A' + 'a' : k.letter;
}

void show_help(state& s) {
  auto p = page{};
  p.kind = page_kind::help;
  p.lines = help_lines();
  s.pages.push_back(std::move(p));
  wrap(s, s.pages.back());
}

deed in_search(state& s, const key& k) {
  auto& l = s.list;
  auto move_on = [&] { l.searching = false; };
  switch (k.what) {
  case press::escape: move_on(); return clear_search(s);
  case press::enter:
  case press::tab:
  case press::down: move_on(); return look_again{};
  default: break;
  }
  if (k.is_control('l'))
    return clear_search(s);
  auto before = l.search.text;
  l.search.press(k);
  return l.search.text == before ? deed{nothing{}} : search_later{};
}

/// What is asked of one ticket, wherever it is chosen.
deed of_subject(state& s, form_kind kind) {
  auto id = s.subject();
  if (id.empty()) {
    say(s, "there is no ticket to do that with", true);
    return nothing{};
  }
  return open_form{kind, id};
}

deed in_list(state& s, const key& k) {
  auto& l = s.list;
  if (l.searching)
    return in_search(s, k);
  if (move(l.cursor, l.shown.size(), table_rows(s), k) || move(l.cursor, l.shown.size(), 1,
                                                               lower(k) == 'j'   ? key{press::down}
                                                               : lower(k) == 'k' ? key{press::up}
                                                                                 : key{})) {
    scroll_to_cursor(s);
    return nothing{};
  }
  if (k.is_control('l'))
    return clear_search(s);
  if (k.is(press::escape)) {
    set_filter(s, 0);
    return clear_search(s);
  }
  if (k.is(press::enter))
    return s.chosen() == nullptr ? deed{nothing{}} : show_page{s.chosen()->id};
  auto letter = lower(k);
  if (letter >= '1' && letter < '1' + filters.size()) {
    set_filter(s, letter - '1');
    return nothing{};
  }
  switch (letter) {
  case 'n': return open_form{form_kind::create, ""};
  case 'r': say(s, "Read again"); return look_again{};
  case 'g': return run_words{{"report"}};
  case '/': l.searching = true; return nothing{};
  case '?': show_help(s); return nothing{};
  case 'q': return quit{};
  case 'e': return of_subject(s, form_kind::update);
  case 'c': return of_subject(s, form_kind::comment);
  case 't': return of_subject(s, form_kind::time);
  default: return nothing{};
  }
}

deed in_page(state& s, const key& k) {
  auto& p = s.pages.back();
  auto rows = static_cast<std::size_t>(std::max(page_rows(s), 1));
  if (move(p.top, p.shown.size() > rows ? p.shown.size() - rows + 1 : 1, page_rows(s), k))
    return nothing{};
  auto letter = lower(k);
  if (k.is(press::escape) || letter == 'q' || (p.kind == page_kind::help && (letter == '?' || k.is(press::enter)))) {
    s.pages.pop_back();
    return nothing{};
  }
  if (letter == '?' && p.kind != page_kind::help) {
    show_help(s);
    return nothing{};
  }
  if (p.kind == page_kind::help)
    return nothing{};
  switch (letter) {
  case 'j': return of_subject(s, form_kind::journal);
  case 't': return of_subject(s, form_kind::time);
  case 'e': return of_subject(s, form_kind::update);
  case 'c': return of_subject(s, form_kind::comment);
  case 'r': return look_again{};
  default: return nothing{};
  }
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

deed press(state& s, const key& k) {
  s.said.clear();
  if (k.is_control('c'))
    return quit{};
  if (k.is_control('z'))
    return suspend{};
  if (s.asked) {
    switch (press_in(*s.asked, k)) {
    case form_answer::send: return run_form{};
    case form_answer::leave: s.asked.reset(); return nothing{};
    default: return nothing{};
    }
  }
  return s.pages.empty() ? in_list(s, k) : in_page(s, k);
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
