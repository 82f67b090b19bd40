#pragma once
// Leases on repositories, in order of arrival.
//
// At most `most` holders per repository (1 unless configured). A holder that dies gives its lease back, and its
// place in the line. Pure book-keeping: touches no files and never blocks.

#include "actors/interfaces.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

namespace hyakki {

struct repo_lock_state {
  struct line {
    std::vector<story_supervisor_actor> holders;
    std::deque<story_supervisor_actor> waiting;
  };
  std::map<std::string, line> lines;
  std::uint32_t most = 1;
  static inline const char* name = "repo_lock";
};

repo_lock_actor::behavior_type repo_lock(repo_lock_actor::stateful_pointer<repo_lock_state> self, std::uint32_t most);

} // namespace hyakki
