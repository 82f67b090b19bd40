#pragma once
// The door of `hyakki tickets` and of the alias `tickets`: the same commands, no actors behind them.

#include <string>
#include <vector>

namespace hyakki::ticket_cli {

/// Runs one command line; `program` is how the user calls us. Returns the process's exit code.
int run(const std::string& program, const std::vector<std::string>& words);

} // namespace hyakki::ticket_cli
