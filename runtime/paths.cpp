// Where things lie in a state directory. Apart from the orchestrator, so that a program which only looks (the
// command line) links no actors.

#include "core/digest.hpp"
#include "runtime/orchestrator.hpp"

#include <algorithm>

namespace hyakki {
namespace {

/// A file name that keeps stories apart even when someone tries to make two meet: what is readable of the id, and
/// 64 bits of a hash of all of it.
std::string safe_name(const story_id& id) {
  auto out = id.substr(0, 100);
  std::replace_if(
    out.begin(), out.end(),
    [](unsigned char c) {
      return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-');
    },
    '_');
  return out + "-" + sha256_hex(id, 16);
}

} // namespace

std::string state_directory(const config& c) {
  return c.storage.path.empty() ? c.orchestrator.workspace_dir + "/.hyakki" : c.storage.path;
}

std::string transcript_path(const std::string& state_directory, const story_id& id, std::uint32_t run) {
  return state_directory + "/transcripts/" + safe_name(id) + "/" + std::to_string(run) + ".log";
}

} // namespace hyakki
