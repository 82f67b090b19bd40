#pragma once
// The terminal, by curses: shows grids, reads keys, and is as it was when this object goes. The only file that knows
// curses is its other half.

#include "cli/tickets/tui/grid.hpp"
#include "cli/tickets/tui/key.hpp"
#include "core/error.hpp"

#include <memory>
#include <optional>

namespace hyakki::ticket_tui {

class terminal {
public:
  /// `rejected` where standard input and output are no terminal, or one that cannot place its cursor.
  static result<std::unique_ptr<terminal>> open();
  ~terminal();
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  /// At most 1000 columns and 500 rows, whatever the terminal claims.
  size room() const;
  /// Asks for the size anew.
  void resize();
  void draw(const grid& what);
  /// A key that was pressed already; nothing when there is none.
  std::optional<key> read();
  /// What can be waited for; there may be keys that were read from it and not yet answered.
  int input() const;
  /// Gives the terminal back and stops the process; goes on when it is continued.
  void suspend();

private:
  terminal() = default;
  void* screen_ = nullptr; ///< curses' own
  bool colours_ = false;
  bool utf8_ = false; ///< the locale's encoding
};

} // namespace hyakki::ticket_tui
