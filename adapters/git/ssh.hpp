#pragma once
// How git reaches a host by ssh: with a key or the user's agent, and never to a host whose key is not known.
//
// What ssh is told stands here in full: no configuration file of the user or the system is read.

#include "adapters/git.hpp"

#include <string>

namespace hyakki {

/// The value of GIT_SSH_COMMAND for this remote. `bad_config` for a user, a key or a file of known hosts that cannot be
/// used: not there, not a plain file, open to others, a name that could not be told to ssh.
result<std::string> ssh_command(const remote& to);

} // namespace hyakki
