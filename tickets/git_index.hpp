#pragma once
// Git's index of a work tree: the versions of a file that a merge left for people to look at.
//
// Runs `git`, which knows every form that an index may have (split, sparse, of either hash) and the settings that hold
// here; what it complains of goes to stderr. Every call is one process. Inner header of the room.

#include "core/error.hpp"

#include <string>
#include <vector>

namespace hyakki::tickets {

struct staged_file {
  std::string path; ///< below the root of the work tree
  int stage = 0;    ///< 0 settled; of an unmerged file: 1 the base, 2 ours, 3 theirs
  std::string mode;
  std::string object;
};

/// Everything that the index has below `folder`.
result<std::vector<staged_file>> staged_files(const std::string& root, const std::string& folder);

/// The bytes of a version.
result<std::string> staged_bytes(const std::string& root, const std::string& object);

/// Puts the versions of unmerged files into the index, in the place of what it has of them.
result<void> stage_versions(const std::string& root, const std::vector<staged_file>& versions);

/// As `git add`: the files as they stand are what the merge comes to; those that are gone are removed.
result<void> stage_files(const std::string& root, const std::vector<std::string>& paths);

/// The commits whose merge is under way: the base, ours, theirs. Empty when there is none, as after `git stash pop`.
std::vector<std::string> merged_commits(const std::string& root);

/// Everything that a commit has below `folder`, as stage 0.
result<std::vector<staged_file>> committed_files(const std::string& root, const std::string& commit,
                                                 const std::string& folder);

} // namespace hyakki::tickets
