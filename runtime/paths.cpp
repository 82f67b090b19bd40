// Where things lie in a state directory. Apart from the orchestrator, so that a program which only looks (the
// command line) links no actors.

#include "core/safe_name.hpp"
#include "runtime/orchestrator.hpp"

namespace hyakki {

std::string state_directory(const config& c) {
  return c.storage.path.empty() ? c.orchestrator.workspace_dir + "/.hyakki" : c.storage.path;
}

std::string transcript_path(const std::string& state_directory, const story_id& id, std::uint32_t run) {
  return state_directory + "/transcripts/" + safe_name(id) + "/" + std::to_string(run) + ".log";
}

std::string runs_path(const std::string& state_directory) { return state_directory + "/runs"; }

std::string quiet_path(const std::string& state_directory) { return state_directory + "/quiet"; }

} // namespace hyakki
