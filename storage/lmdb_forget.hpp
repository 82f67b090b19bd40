#pragma once
// What happened to stories that ended long ago, found in the tables and taken out of them. For storage/lmdb_store.cpp.

#include "storage/lmdb_tables.hpp"
#include "storage/store.hpp"

#include <string>
#include <vector>

namespace hyakki {

/// A story with the numbers of those of its events that are to go.
struct old_story {
  story_id id;
  std::vector<std::string> seqs;
  bool all = false; ///< the last of them becomes a note
};

/// Looks through a part of the stories, as far as `what` allows; what is to go is added to `old`.
forgotten_events find_old(const lmdb_view& in, const old_events& what, std::vector<old_story>& old);

/// Takes the events out; a note stands for them where they were all. `scratch` saves an allocation.
void forget_old(const lmdb_view& in, const old_story& one, std::string& scratch);

} // namespace hyakki
