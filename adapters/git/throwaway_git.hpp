#pragma once
// The `.git` that an agent sees: a small real repository of its own, which the engine writes and never reads.

#include "core/error.hpp"

#include <string>
#include <string_view>

namespace hyakki::git2 {

/// Replaces whatever `.git` the tree holds. Borrows objects of `clone`; `index_path` is copied, so that `git status`
/// is clean and fast.
result<void> make_throwaway_git(int tree, std::string_view branch, std::string_view base_sha, const std::string& clone,
                                const std::string& index_path);

} // namespace hyakki::git2
