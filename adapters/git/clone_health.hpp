#pragma once
// Whether a clone still holds all that it should: asked only after something failed in it.

#include "adapters/git/libgit2.hpp"

#include <string_view>

namespace hyakki::git2 {

/// Every reference leads to a commit and a tree that can be read, the history of the bases is there, and the files of
/// `commit` (may be empty) can be read and are what their names say. Bounded: stops looking after 500,000 commits and
/// 2,000,000 files.
bool is_whole(git_repository* repo, std::string_view commit);

} // namespace hyakki::git2
