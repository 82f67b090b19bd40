#pragma once
// Keeper of the coding agent contract for any program, by configuration alone.
//
// The flags may name {prompt_file} {result_file} {session} {directory} {story_key}; {{word}} is a literal {word}.
// The exit code decides: 0 succeeded, 75 (EX_TEMPFAIL) try again later, all others failed.

#include "adapters/coding_agent.hpp"
#include "core/config.hpp"

#include <memory>
#include <string>
#include <vector>

namespace hyakki {

/// `environment` serves `probe` only. `bad_config` for an unknown placeholder, or a way of handing over the prompt
/// or the result that the flags do not provide for.
result<std::unique_ptr<coding_agent>> make_command_agent(const agent_config& config,
                                                         std::vector<std::string> environment = {});

} // namespace hyakki
