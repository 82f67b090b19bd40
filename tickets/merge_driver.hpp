#pragma once
// The merge of tickets as a driver of git's.

#include "core/error.hpp"
#include "tickets/vcs.hpp"

#include <string>
#include <vector>

namespace hyakki::tickets {

/// What `hyakki tickets merge-driver %O %A %B %P` does: merges the files at `base`, `ours` and `theirs`, writes the
/// result over `ours` (and a second record beside `path`, see merge.hpp), and answers what a person must look at.
/// Nothing there = the merge is done: exit 0; else exit 1, by which git marks the file as unmerged. `path` is the
/// file's place in the work tree; the process works in the work tree's root, as git starts it. What cannot be read as a
/// file of the store is merged by lines, as git itself does it, and always to be looked at.
result<std::vector<std::string>> run_merge_driver(const std::string& base, const std::string& ours,
                                                  const std::string& theirs, const std::string& path);

/// Tells git to use it: `.tickets/.gitattributes`, which is versioned, and the repository's own settings, where
/// `command` ("hyakki tickets merge-driver") is named. Doing it twice changes nothing. Answers false, and does nothing,
/// for what is no git repository.
result<bool> install_merge_driver(const repository& where, const std::string& command);

/// The store names our driver to git, and this clone's git does not know it: it merges by lines.
bool lacks_merge_driver(const repository& where);

} // namespace hyakki::tickets
