#pragma once
// One look at every file of a working tree beside its index: what changed, what is new, what is missing.
//
// A part of working_tree; no link is followed, `.git` is never read, depth, count and time are bounded.

#include "adapters/git/working_tree.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <ctime>
#include <functional>

namespace hyakki::git2 {

inline constexpr std::uint32_t link_mode = 0120000;
inline constexpr std::uint32_t module_mode = 0160000;

/// The mode git gives to what lies there.
std::uint32_t mode_of(const struct stat& s);
/// Notes in an entry of the index what `s` says, so that an untouched file is known again.
void copy_stat(git_index_entry& e, const struct stat& s);

struct candidate {
  std::string path;
  std::uint32_t mode = 0;
  std::uint64_t size = 0;
  bool only_young = false; ///< nothing differs, but it was written too close to the index for the times to prove it
};

/// Looks at every file of a tree beside its index. `wipe`: what the index does not know is removed as it is met,
/// but for the `.git` at the top.
class tree_scan {
public:
  /// `ignores` opens a handle that reads the tree's .gitignore files; called once, when the first one is met.
  using opener = std::function<result<owned<git_repository>>()>;
  tree_scan(git_index* index, opener ignores, bool wipe, const tree_limits& limits);
  result<void> over(int root);

  std::vector<candidate> changed; ///< differs from the index, or may
  std::vector<candidate> unknown; ///< not in the index, not ignored
  std::vector<std::string> missing;

private:
  result<void> directory(int dir, const std::string& prefix, int depth);
  result<void> note_rules(int dir, const std::vector<std::string>& names, const std::string& prefix);
  result<void> entry(int dir, const std::string& name, const std::string& prefix, int depth);
  result<void> subdirectory(int dir, const std::string& name, const std::string& path, int depth);
  bool ignored(const std::string& path);
  bool looks_same(const git_index_entry& e, const struct stat& s) const;
  bool is_young(const struct stat& s) const;

  git_index* index_;
  opener open_ignores_;
  owned<git_repository> ignores_;
  bool has_rules_ = false; ///< a .gitignore counts for the directory that is looked at
  bool wipe_;
  const tree_limits& limits_;
  std::vector<bool> seen_;
  std::chrono::steady_clock::time_point end_;
  timespec written_{};
  std::uint64_t count_ = 0;
};

} // namespace hyakki::git2
