#pragma once
// What a person pressed.

#include <cstdint>

namespace hyakki::ticket_tui {

enum class press : std::uint8_t {
  letter,  ///< a character of its own
  control, ///< Ctrl with a letter: 'a' to 'z'
  enter,
  escape,
  tab,
  back_tab,
  up,
  down,
  left,
  right,
  page_up,
  page_down,
  home,
  end,
  backspace,
  erase, ///< the key Delete
  other, ///< nothing that we use
};

struct key {
  press what = press::other;
  char32_t letter = 0;

  bool is(press p) const { return what == p; }
  bool is(char32_t c) const { return what == press::letter && letter == c; }
  bool is_control(char32_t c) const { return what == press::control && letter == c; }
};

} // namespace hyakki::ticket_tui
