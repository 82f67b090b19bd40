#pragma once
// What an earlier life of ours left running, found from outside: nobody of it is our child.
//
// Ours is what carries a mark of ours, what is in the session of a noted run, and what descends from one of these.
// Where the leader of a noted run is gone, its number may since have been somebody else's: there a process must also
// print into the run's pipes or stand in its directory; and one that left the session must do both.

#include "adapters/process/process_table.hpp"
#include "adapters/process/run_notes.hpp"
#include "adapters/process/strays.hpp"

#include <string_view>
#include <vector>

namespace hyakki {

/// Finds them all, stops them so that none escapes by starting another, then ends them. Looks a bounded number of
/// times. Spares us, our ancestors, live runs and other users. An empty prefix finds nothing.
std::vector<seen_process> end_leftovers(std::string_view prefix, const std::vector<noted_run>& noted,
                                        const std::vector<live_run>& live);

} // namespace hyakki
