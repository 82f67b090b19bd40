#pragma once
// What --help prints, made from the rows.

#include "cli/tickets/command.hpp"

#include <string>
#include <vector>

namespace hyakki::ticket_cli {

/// Every command, or those of a group ("epic"; empty = all).
std::string help_of_group(const std::string& program, const std::vector<commands>& rows, const std::string& group);

/// One command with its options.
std::string help_of(const std::string& program, const command& row);

/// "ID", "priority": the name by which a call finds an option; of several the last.
std::string name_of(const option& o);
bool positional(const option& o);

} // namespace hyakki::ticket_cli
