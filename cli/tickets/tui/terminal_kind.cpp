// Apart from the terminal, because term.h takes hundreds of everyday names as macros.

#include "cli/tickets/tui/terminal_kind.hpp"

#include <curses.h>

#include <term.h>
#include <unistd.h>

namespace hyakki::ticket_tui {

bool can_place_cursor(const char* name) {
  int known = 0;
  return ::setupterm(name, STDOUT_FILENO, &known) == OK && cursor_address != nullptr;
}

} // namespace hyakki::ticket_tui
