#pragma once
// What a merge of git's left unmerged in a store, finished record by record.
//
// Git's index is all that is remembered (and the commits, where it lost a version), so this works after a merge, a
// rebase, a cherry-pick and a stash, with our driver and without it, and a second time where the first was cut off.
// Each version goes to the record whose id it has; a side without one is what the index has settled, else it removed
// the record. The three are merged as the driver does it (merge.hpp), written in one turn of the store, wherever the
// record is by then, and added to the index. A file that a person has put right stays as it is. What only people can
// decide stays unmerged, under its own path.

#include "core/error.hpp"
#include "tickets/store.hpp"
#include "tickets/vcs.hpp"

#include <string>
#include <vector>

namespace hyakki::tickets {

struct resolved {
  struct line {
    std::string id;
    std::string path; ///< in the work tree
    std::string text; ///< a sentence's end: "ID: ..."
  };
  std::vector<line> done;
  std::vector<line> left; ///< for people, with what to do
};

/// Nothing at all when there is no git, or nothing that is unmerged.
result<resolved> resolve_merge(const ticket_store& store, const repository& where);

} // namespace hyakki::tickets
