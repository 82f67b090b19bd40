#pragma once
// A text being written: the characters and the caret. Pure.

#include "cli/tickets/tui/key.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace hyakki::ticket_tui {

/// Beyond this nothing more is taken in: as much as a ticket's file may reasonably hold of one text.
inline constexpr std::size_t most_edited_bytes = 256u << 10;

struct text_edit {
  std::string text;
  std::size_t caret = 0; ///< bytes before it; never inside a character

  text_edit() = default;
  explicit text_edit(std::string t) : text(std::move(t)), caret(text.size()) {}

  /// Letters, backspace and delete, left, right, home and end, Ctrl+A, E, K, U and W. False for a key that it has no
  /// use for. `lines`: home and end go by lines, and Ctrl+K and U keep within them.
  bool press(const key& k, bool lines = false);
  void insert(char32_t c);
  /// To the line above or below, in the same column where it is long enough; false when there is none.
  bool line_up();
  bool line_down();

  std::size_t line_begin() const;
  std::size_t line_end() const;
};

/// A text as it is shown in `width` columns: rows, broken anywhere, and where the caret is among them.
struct shown_edit {
  std::vector<std::string> rows; ///< at least one
  std::size_t caret_row = 0;
  int caret_column = 0;
};
shown_edit show(const text_edit& e, int width);

/// One line that scrolls sideways so that the caret is in it: the part to show, and the caret's column.
std::pair<std::string, int> show_line(const text_edit& e, int width);

} // namespace hyakki::ticket_tui
