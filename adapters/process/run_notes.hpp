#pragma once
// Which runs go on, in a small file that outlives us: by it the next life finds what a killed one left running, even
// where that has wiped the mark from its environment.
//
// One slot a run, rewritten in place, so a run makes no file and no sync: what ends with the machine's power ends the
// runs too. Two writes note a run: before it starts by the pipes that it will print into, then by its pid and start.

#include "adapters/process/spawn.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hyakki {

/// The pipes that a run prints into, by inode. Nobody but us makes them, so what has one for its own stdout or stderr
/// came from that run.
struct run_pipes {
  std::uint64_t out = 0;
  std::uint64_t err = 0;
};

struct noted_run {
  pid_t leader = 0;          ///< 0: it was about to start
  std::uint64_t started = 0; ///< clock ticks, as in /proc/PID/stat; of one about to start, the time of the note
  run_pipes pipes;
  std::string directory; ///< links resolved
};

/// Not for several threads. Where the file cannot be had (no state directory, another life of it goes on, no disk),
/// nothing is noted, and marks and ancestry have to do.
class run_notes {
public:
  using slot = std::size_t;

  /// Reads what an earlier life noted, if the machine was not started anew since. An empty path: no notes.
  explicit run_notes(const std::string& path);

  /// Runs that an earlier life did not see the end of. Their slots stay as they are.
  const std::vector<noted_run>& earlier() const { return earlier_; }
  void forget_earlier();

  /// Notes a run that is about to start.
  std::optional<slot> add(const std::string& directory, run_pipes pipes);
  /// The one that was added last started.
  void complete(slot at, pid_t leader);
  /// Nothing of it is left.
  void remove(slot at);

private:
  unique_fd file_;
  std::vector<noted_run> earlier_;
  std::vector<slot> earlier_slots_;
  std::vector<slot> free_;
  std::size_t slots_ = 0; ///< that the file has
  noted_run begun_;       ///< the last one added
};

/// Now, as /proc/PID/stat counts it.
std::uint64_t ticks_now();

} // namespace hyakki
