#pragma once
// A screen as cells, before any terminal has seen it: text with its look. Pure.

#include "cli/tickets/tui/glyph.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hyakki::ticket_tui {

/// What a piece of text is, for the terminal to show as it can.
enum class look : std::uint8_t { plain, strong, faint, bar, field, chosen, good, bad, busy };

struct size {
  int columns = 80;
  int rows = 24;
};
inline bool operator==(size a, size b) { return a.columns == b.columns && a.rows == b.rows; }

struct cell {
  std::string text = " "; ///< empty: the right half of the wide character before
  look how = look::plain;
};

/// A part of the screen.
struct area {
  int x = 0, y = 0, width = 0, height = 0;
  int right() const { return x + width; }
  int bottom() const { return y + height; }
};

class grid {
public:
  explicit grid(size room);

  size room() const { return room_; }
  area whole() const { return {0, 0, room_.columns, room_.rows}; }
  const cell& at(int x, int y) const { return cells_[place(x, y)]; }

  /// One line, at most `most` columns of it; what is too wide ends in "…". Answers the columns used. Nothing is written
  /// beyond the edges.
  int put(int x, int y, std::string_view text, int most, look how = look::plain);
  /// The same against a right edge at `right`.
  void put_right(int right, int y, std::string_view text, int most, look how = look::plain);
  /// Blanks.
  void fill(area where, look how);
  /// Gives what is there another look.
  void paint(area where, look how);
  /// Lines around, with a title in the upper one.
  void box(area where, std::string_view title);

  /// Where the terminal's cursor stands; none = hidden.
  std::optional<std::pair<int, int>> caret;

  /// A row as text without the blanks at its end.
  std::string line(int y) const;
  /// All rows, each with a line break.
  std::string text() const;

private:
  std::size_t place(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(room_.columns) + static_cast<std::size_t>(x);
  }
  bool inside(int x, int y) const { return x >= 0 && y >= 0 && x < room_.columns && y < room_.rows; }
  void set(int x, int y, std::string text, look how);

  size room_;
  std::vector<cell> cells_;
};

} // namespace hyakki::ticket_tui
