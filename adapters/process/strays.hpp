#pragma once
// Finds and ends what a run left behind, inside its session and outside of it. One look over /proc serves any
// number of runs that ended together.
//
// A process belongs to an ended run when it is in the run's session, carries its mark, or descends from such a
// one. Where the whole process is ours, so do the orphans that came to us as their subreaper and carry no mark.

#include "adapters/process/process_table.hpp"

#include <string>
#include <utility>
#include <vector>

namespace hyakki {

/// A run whose leader has ended but is not reaped: as long as it is a zombie its pid names its session.
struct ended_run {
  pid_t leader = 0;
  std::string mark;
  bool own_tool = false;
};

/// A run that goes on and must not be touched.
struct live_run {
  pid_t leader = 0;
  std::string mark;
  std::string directory;
};

struct sweep_finding {
  std::size_t left = 0;                                       ///< processes of the run that were alive, and were ended
  std::vector<std::pair<pid_t, std::uint64_t>> outside_group; ///< those of them that had left the group
};

/// One look: sends SIGKILL to whatever belongs to the ended runs, and reaps orphans of ours. One finding a run,
/// in order. A run with `left == 0` has nothing alive any more.
std::vector<sweep_finding> sweep(const std::vector<ended_run>& ended, const std::vector<live_run>& live,
                                 bool own_process);

struct orphans {
  std::size_t living = 0;
  std::size_t reaped = 0;
};

/// Reaps orphans among our `children` that have ended. `leaders` are no orphans and are left to their owner. One that
/// ended after `children` were listed may have left a child of its own, which is not among them.
orphans reap_orphans(const std::vector<pid_t>& children, const std::vector<pid_t>& leaders);

} // namespace hyakki
