#pragma once
// From a command line to a call, by the rows of the table.
//
// Only the options of the command that was asked for are set up. Usage errors say what was found, what is allowed
// and where to read on, and give exit code 2; --help and --version print and give 0.

#include "cli/tickets/command.hpp"

#include <string>
#include <variant>
#include <vector>

namespace hyakki::ticket_cli {

/// Every row there is, file by file, in the order in which --help shows them.
const std::vector<commands>& all_commands();

/// What to do, or the exit code when everything was said already. `program` is how the user calls us:
/// "hyakki tickets" or "tickets"; `words` are the arguments after it.
std::variant<call, int> parse(const std::string& program, const std::vector<std::string>& words);

/// Words between commas, stripped, without blanks and repeats.
std::vector<std::string> words_of(const std::string& text);

} // namespace hyakki::ticket_cli
