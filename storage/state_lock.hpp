#pragma once
// One owner of a state directory at a time.
//
// Holds `<directory>/lock` by flock for as long as it lives; the kernel gives it back when the process dies, however
// it dies. The file says who holds it, so that a second process can be told.

#include "core/error.hpp"

#include <string>

namespace hyakki {

class state_lock {
public:
  /// Makes the directory (0700) where it is missing. `unavailable` names the holder when there is one.
  static result<state_lock> take(const std::string& directory);

  state_lock(state_lock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  state_lock& operator=(state_lock&& other) noexcept;
  state_lock(const state_lock&) = delete;
  state_lock& operator=(const state_lock&) = delete;
  ~state_lock();

private:
  explicit state_lock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

/// Who holds the directory's lock now, as a sentence's subject: "hyakki with pid 12 (started …)"; empty when nobody.
std::string holder_of(const std::string& directory);

/// Makes `directory` and what lies above it. The directory itself gets 0700.
result<void> make_private_directory(const std::string& directory);

/// Makes names in `directory` durable.
result<void> sync_directory(const std::string& directory);

} // namespace hyakki
