#pragma once
// The end of a child within a bound.

#include "tests/support/story_trial.hpp"

#include <chrono>
#include <stdexcept>

#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hyakki::test {

struct bounded_end {
  ended_child left;
  bool hung = false; ///< it was still there by then, and was killed
  rusage used{};
};

/// Throws where the system cannot say when the child ends; Catch2's words are not for the threads that call this.
inline bounded_end wait_within(pid_t pid, std::chrono::milliseconds bound) {
  auto child = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (child < 0)
    throw std::runtime_error{"pidfd_open failed"};
  pollfd ends{child, POLLIN, 0};
  auto ready = ::poll(&ends, 1, static_cast<int>(bound.count()));
  ::close(child);
  bounded_end out;
  out.hung = ready == 0;
  if (out.hung)
    ::kill(pid, SIGKILL);
  ::wait4(pid, &out.left.status, 0, &out.used);
  return out;
}

} // namespace hyakki::test
