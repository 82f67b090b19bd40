#pragma once
// The page behind the question mark.

#include <string>
#include <vector>

namespace hyakki::ticket_tui {

std::vector<std::string> help_lines();

} // namespace hyakki::ticket_tui
