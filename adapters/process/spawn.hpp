#pragma once
// Makes one child: pipes, session, built environment, closed descriptors. Knows nothing of loops or limits.
//
// posix_spawn and never fork: from a large process fork is many times slower.

#include "adapters/process.hpp"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace hyakki {

/// A descriptor that closes itself.
class unique_fd {
public:
  unique_fd() = default;
  explicit unique_fd(int fd) : fd_(fd) {}
  unique_fd(unique_fd&& other) noexcept : fd_(other.release()) {}
  unique_fd& operator=(unique_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~unique_fd();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

private:
  int fd_ = -1;
};

struct spawned_child {
  pid_t pid = -1;
  unique_fd pidfd;
  unique_fd in; ///< not open when there is no input
  unique_fd out;
  unique_fd err;
};

/// Starts the child of a spec: leader of its own session and group, descriptors 0, 1 and 2 only, default signals.
/// Our ends do not block. The error's text says what is missing and how to get it. `about_to_start` is told the inodes
/// of the pipes that it will print into, when nothing but the start itself can fail any more.
result<spawned_child> spawn_child(const process_spec& spec,
                                  const std::function<void(std::uint64_t out, std::uint64_t err)>& about_to_start = {});

} // namespace hyakki
