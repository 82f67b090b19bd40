#pragma once
// What the table of options cannot tell: a command line whose parts do not go together.

#include "cli/tickets/command.hpp"
#include "cli/tickets/print.hpp"

#include <string_view>

namespace hyakki::ticket_cli {

/// Says it; 2.
inline int misused(std::string_view text) {
  say_error(text);
  return exit_usage;
}

} // namespace hyakki::ticket_cli
