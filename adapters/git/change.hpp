#pragma once
// The difference between two trees of one repository: as text for a reviewer, and as counted files.

#include "adapters/git/libgit2.hpp"
#include "core/record.hpp"

#include <string>
#include <vector>

namespace hyakki::git2 {

/// Unified diff with renames, cut at `most_bytes` with a note.
result<std::string> diff_text(git_repository* repo, git_tree* from, git_tree* to, std::size_t most_bytes);
/// Changed files, exact for renames (the new name), non-ASCII names and binaries (0/0).
result<std::vector<changed_file>> changed_files(git_repository* repo, git_tree* from, git_tree* to);

} // namespace hyakki::git2
