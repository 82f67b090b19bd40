#pragma once
// Keeper of the coding agent contract for Claude Code (`claude -p`, stream-JSON).
//
// Its word is not taken for much: success is a last result event without an error and an exit code of 0; where it was
// denied permissions, it must have got something done all the same, and its summary says what it was denied. What
// the repository itself configures for the agent (hooks, servers) is switched off.

#include "adapters/coding_agent.hpp"
#include "core/config.hpp"

#include <memory>
#include <string>
#include <vector>

namespace hyakki {

/// `environment`: what `probe` looks the program up in ("PATH=…"); `door`: where it asks for the version. Both
/// serve `probe` only. `bad_config` when flags or tools could be mistaken for something else.
result<std::unique_ptr<coding_agent>>
make_claude_code_agent(const agent_config& config, std::vector<std::string> environment = {}, process* door = nullptr);

} // namespace hyakki
