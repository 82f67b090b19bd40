#pragma once
// What /proc says about processes, as values. Reads only, except `signal_if_same`.
//
// A pid alone names nobody for long: together with the time it was started it does.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hyakki {

struct seen_process {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  char state = '?';
  std::uint64_t started = 0; ///< clock ticks since the machine started

  std::uint64_t threads = 1;

  /// A zombie with threads has only lost its first one: it lives on.
  bool is_dead() const { return (state == 'Z' && threads <= 1) || state == 'X'; }
};

/// One process; nothing when it is gone.
std::optional<seen_process> look_at(pid_t pid);

/// Every process that belongs to the effective user.
std::vector<seen_process> processes_of_this_user();

/// Our own children, direct and adopted.
std::vector<pid_t> own_children();

/// The children of our first thread: the kernel gives it the orphans that come to us. A cheap look that is empty
/// as a rule, as children of the door belong to its own thread.
std::vector<pid_t> adopted_children();

/// Value of HYAKKI_RUN in its environment; empty when there is none, or it may not be read.
std::string mark_of(pid_t pid);

/// Whether a process shows no environment at all: it has none, is ending, or is just becoming another program.
bool shows_no_environment(pid_t pid);

/// Its working directory; empty when it may not be read.
std::string directory_of(pid_t pid);

/// Whether a path is a directory or lies in it; never, of no directory and of `/`.
bool is_inside(const std::string& path, const std::string& directory);

/// Whether its own stdout or stderr is one of these pipes, by inode.
bool prints_into(pid_t pid, std::uint64_t pipe, std::uint64_t other_pipe);

/// Sends a signal, unless the pid has become somebody else's. True when it was sent.
bool signal_if_same(const seen_process& p, int signal);
/// The same with SIGKILL.
bool end_if_same(const seen_process& p);

} // namespace hyakki
