#pragma once
// The git door itself. See adapters/git.hpp for what a caller may rely on.

#include "adapters/git.hpp"
#include "adapters/git/https.hpp"
#include "adapters/process.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace hyakki {

struct git_options {
  std::string state_dir;     ///< clones, indexes and base commits; out of an agent's reach; made 0700
  std::string workspace_dir; ///< working trees
  std::string program = "git";
  std::string path = "/usr/local/bin:/usr/bin:/bin"; ///< PATH of git's children
  std::string askpass;    ///< absolute path of a program whose main calls `serve_askpass`, e.g. hyakki itself
  std::string ssh_socket; ///< SSH_AUTH_SOCK for ssh:// remotes
  https_settings https;   ///< for https:// remotes: what the HTTP door has
  std::string mark;       ///< first part of the marks of git's children, see `process::end_leftovers`
  std::chrono::milliseconds timeout{600'000};
  std::uint64_t max_commit_mb = 100;
  std::uint32_t max_commit_files = 20'000;
  std::uint32_t warm_trees = 4; ///< kept per repository for reuse
};

/// `rejected` or `bad_config` when a directory cannot be used. The process door must outlive it.
result<std::unique_ptr<git>> open_git_door(process& children, git_options options);

/// The same for wiring that cannot fail here: a door whose directories are bad answers every call with that error.
std::unique_ptr<git> make_git_door(process& children, git_options options);

} // namespace hyakki
