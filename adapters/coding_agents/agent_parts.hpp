#pragma once
// What every keeper of the coding agent contract needs: its environment, its limits, the ends that are the
// process's and not the agent's.

#include "adapters/coding_agent.hpp"
#include "core/config.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

constexpr std::size_t most_summary = 32 * 1024;
constexpr std::size_t most_error_detail = 4 * 1024;
constexpr std::size_t most_activity = 120;

/// PATH, HOME and their like, what the configuration names, and `extra`. Anything else of the base is left
/// behind, so that a token of ours cannot slip in.
std::vector<std::string> agent_environment(const agent_config& config, const agent_task& task,
                                           const std::vector<std::string>& extra);

process_limits agent_limits(const agent_config& config);

/// Finds the program of a configuration in the PATH of an environment, or says which package has it.
result<std::string> find_agent_program(const agent_config& config, const std::vector<std::string>& environment);

/// The code and text of an end that says nothing about the work: not started, timed out, cancelled, too much
/// output. Nothing when the process ended by itself.
std::optional<error> process_failure(std::string_view agent, const exit_status& status);

/// One plain line, at most `most_activity` bytes, without control characters.
std::string activity_line(std::string_view text);

/// Text from the agent for a record: valid, without control characters, at most `most` bytes of both its ends.
std::string agent_text(std::string_view text, std::size_t most);

} // namespace hyakki
