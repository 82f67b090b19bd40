#pragma once
// What git's last words mean: which code, and what a person can do about it.

#include "adapters/git.hpp"
#include "core/error.hpp"

#include <string>

namespace hyakki::git_cli {

struct meaning {
  ec code = ec::unavailable;
  std::string advice; ///< names the host and the key to look at; empty when there is nothing to say
};

/// `words`: all that git and its helpers printed. Unknown words mean that it may work later.
meaning meaning_of(const std::string& words, const remote& to);

/// "git.example.com" or "git.example.com:7999" of an address; empty for one of this machine.
std::string host_of(const std::string& url);

} // namespace hyakki::git_cli
