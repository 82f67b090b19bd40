#pragma once
// Text cut into what a cell of a screen can hold. Pure; wants no locale of its caller.
//
// Whatever could move a cursor, hide or reorder text is never a glyph: it comes out as U+FFFD, one column wide, so that
// a text that nobody made safe can do no harm either. What joins or restyles pictures is left out: terminals disagree
// about its width.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::ticket_tui {

struct glyph {
  std::string text;      ///< one character and the marks upon it, at most four; empty for what is left out
  std::size_t bytes = 1; ///< of the source
  int columns = 1;       ///< 0, 1 or 2
};

/// The first glyph of a text that is not empty.
glyph first_glyph(std::string_view text);

/// Columns that it takes on a screen.
int columns(std::string_view text);

/// Lines of at most `width` columns, broken at blanks where there are some; what follows keeps the indent of its line.
std::vector<std::string> wrapped(std::string_view line, int width);

} // namespace hyakki::ticket_tui
