#pragma once
// Reads one run of a configured program: its last words, its session, its exit code.

#include "adapters/coding_agents/agent_parts.hpp"

#include <memory>
#include <string>

namespace hyakki {

struct command_reading {
  std::string agent; ///< name of the program, for error texts
  std::string result_by;
  std::string result_pointer;
  std::string result_file; ///< result_by file
  std::string session_pointer;
  std::string session; ///< known from the start
};

std::unique_ptr<agent_reader> make_command_reader(command_reading how);

} // namespace hyakki
