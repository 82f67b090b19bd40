#pragma once
// A line of a transcript as a person wants to read it. Pure.
//
// The runner writes "<wall ms> <o|e> <text>". What the agent prints as JSON events becomes a few words ("edits
// calc.py"); all else is shown as it is, made safe.

#include <string>
#include <string_view>
#include <vector>

namespace hyakki::cli {

/// The lines to print for one line of the file; none for events that tell a person nothing.
std::vector<std::string> readable(std::string_view line);

} // namespace hyakki::cli
