#pragma once
// One working tree, seen from outside: brought to a commit's content, compared with it, and staged.
//
// The index lies in the engine's state, where an agent cannot write, and always describes the base. Nothing in
// the tree is trusted: links are never followed, `.git` is never read, attributes can only ask for eol and ident.

#include "adapters/git/files.hpp"
#include "adapters/git/libgit2.hpp"

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace hyakki::git2 {

struct tree_limits {
  std::uint64_t commit_bytes = 100u << 20;
  std::uint32_t commit_files = 20'000;
  std::chrono::milliseconds time{600'000};
};

/// Makes the tree equal to `commit`: what it does not know goes, what differs is written, the rest is untouched.
/// The index at `index_path` says what lies there now; it is brought along.
result<void> bring_to(git_repository* repo, int tree, const std::string& index_path, std::string_view commit,
                      const tree_limits& limits);

/// What the tree holds now, as the id of a tree object in `repo`. `tree_path` is where it lies, for .gitignore.
result<git_oid> stage(git_repository* repo, int tree, const std::string& tree_path, const std::string& index_path,
                      const tree_limits& limits);

/// The index is only a memory of what lies there: one that is gone or cannot be read is made anew from the base, and
/// files are looked into once. True when it was.
result<bool> renew_index(git_tree* base, const std::string& index_path);

/// True when a link at `path` with this target stays inside the tree, by its text alone.
bool link_stays_inside(std::string_view path, std::string_view target);

} // namespace hyakki::git2
