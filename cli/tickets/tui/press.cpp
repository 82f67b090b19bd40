// What each key does.

#include "cli/tickets/tui/state.hpp"

#include <algorithm>

namespace hyakki::ticket_tui {
namespace {

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

} // namespace hyakki::ticket_tui
