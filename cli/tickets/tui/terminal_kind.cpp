// Apart from the terminal, because term.h takes hundreds of everyday names as macros.

#include "cli/tickets/tui/terminal_kind.hpp"

#include <curses.h>

#include <term.h>
#include <unistd.h>

namespace hyakki::ticket_tui {

bool can_place_cursor(const char* name) {
  int known = 0;
  if (::setupterm(name, STDOUT_FILENO, &known) != OK)
    return false;
  bool can = cursor_address != nullptr;
  ::del_curterm(cur_term);
  return can;
}

} // namespace hyakki::ticket_tui
