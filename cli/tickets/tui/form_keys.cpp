// What keys do in a form.

#include "cli/tickets/tui/form.hpp"

#include <algorithm>

namespace hyakki::ticket_tui {
namespace {

void turn(field& f, int by) {
  auto n = f.allowed.size();
  f.chosen = (f.chosen + n + static_cast<std::size_t>(by + static_cast<int>(n))) % n;
}

void go(form& f, int by) {
  auto n = static_cast<int>(f.fields.size());
  f.focus = static_cast<std::size_t>((static_cast<int>(f.focus) + by + n) % n);
}

/// A letter in a choice: the next word that begins with it. The actions of the clock have letters of their own.
void choose_by_letter(form& f, char32_t letter) {
  auto& at = f.here();
  if (at.option == action) {
    constexpr std::u32string_view letters = U"sxa";
    if (auto n = letters.find(letter); n != letters.npos)
      at.chosen = n;
    if (at.value() == add_minutes) // which ones is the next question
      go(f, 1);
    return;
  }
  for (std::size_t n = 1; n <= at.allowed.size(); ++n) {
    auto i = (at.chosen + n) % at.allowed.size();
    if (static_cast<char32_t>(at.allowed[i][0]) == letter) {
      at.chosen = i;
      return;
    }
  }
}

form_answer enter(form& f) {
  // The clock is run from wherever one is; a long text goes on in the next line.
  if (f.kind == form_kind::time)
    return form_answer::send;
  if (f.here().kind == field_kind::lines)
    f.here().edit.insert('\n');
  else if (f.focus + 1 == f.fields.size())
    return form_answer::send;
  else
    go(f, 1);
  return form_answer::nothing;
}

} // namespace

form_answer press_in(form& f, const key& k) {
  auto& at = f.here();
  if (f.leaving) {
    f.leaving = false;
    f.fault.clear();
    return k.is('y') || k.is('Y') ? form_answer::leave : form_answer::nothing;
  }
  if (k.is(press::escape)) {
    bool lost = std::any_of(f.fields.begin(), f.fields.end(),
                            [](auto& one) { return one.kind != field_kind::choice && one.changed(); });
    if (!lost)
      return form_answer::leave;
    f.leaving = true;
    f.fault = "What you wrote is not saved. Leave without it? y = leave, any other key = stay";
    return form_answer::nothing;
  }
  if (k.is_control('s'))
    return form_answer::send;
  bool lines = at.kind == field_kind::lines;
  switch (k.what) {
  case press::enter: return enter(f);
  case press::tab: go(f, 1); return form_answer::nothing;
  case press::back_tab: go(f, -1); return form_answer::nothing;
  case press::up:
    if (!lines || !at.edit.line_up())
      go(f, -1);
    return form_answer::nothing;
  case press::down:
    if (!lines || !at.edit.line_down())
      go(f, 1);
    return form_answer::nothing;
  case press::page_up: f.head_top -= std::min<std::size_t>(f.head_top, 3); return form_answer::nothing;
  case press::page_down: f.head_top = std::min(f.head_top + 3, f.head.size()); return form_answer::nothing;
  default: break;
  }
  if (at.kind != field_kind::choice) {
    at.edit.press(k, lines);
    if (f.kind == form_kind::time && at.option == add_minutes && at.changed())
      choose(f.fields[0], at.option); // minutes are added, whatever was chosen before
  } else if (k.is(press::left))
    turn(at, -1);
  else if (k.is(press::right) || k.is(' '))
    turn(at, 1);
  else if (k.is(press::letter))
    choose_by_letter(f, k.letter);
  return form_answer::nothing;
}

} // namespace hyakki::ticket_tui
