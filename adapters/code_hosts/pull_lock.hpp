#pragma once
// One process, and one thread of it, changes the pull requests of a local repository at a time.
//
// A lock file in the repository that ends with its holder, kill -9 included. Waits for ten seconds at most.

#include "core/error.hpp"

#include <string>

namespace hyakki {

class pull_lock {
public:
  explicit pull_lock(const std::string& repository);
  ~pull_lock();
  pull_lock(const pull_lock&) = delete;
  pull_lock& operator=(const pull_lock&) = delete;
  /// `bad_config` or `unavailable` when there is no lock file to be had, `timed_out` when somebody else held it all the
  /// time.
  result<void> check() const;

private:
  int fd_ = -1;
  int failed_ = 0; ///< errno of the opening
  bool held_ = false;
};

} // namespace hyakki
