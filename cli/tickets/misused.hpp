#pragma once
// What the table of options cannot tell: a command line whose parts do not go together.

#include "cli/tickets/command.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hyakki::ticket_cli {

/// Says it, and where to read on; 2.
int misused(const call& asked, std::string_view text);

/// The title of a command that takes it as TITLE or as --title, stripped. Nothing where there is none, or where two
/// differ: that is said then. `what` tells what a title is here.
std::optional<std::string> title_given(const call& asked, const char* what);

} // namespace hyakki::ticket_cli
