#pragma once
// One bare clone per repository: the engine's object cache. Made and fetched by the git CLI, read by libgit2.
//
// Holds the base branches that were asked for (refs/hyakki/base/<hash>) and one reference per living tree
// (refs/hyakki/trees/<hash>). A clone that cannot be read and holds no tree's commit is moved aside and re-made.

#include "adapters/git/command.hpp"
#include "adapters/git/libgit2.hpp"
#include "adapters/git/repository_pool.hpp"

#include <string>

namespace hyakki::git2 {

class clone_cache {
public:
  clone_cache(process& children, git_cli::settings how, std::string root);

  std::string path_of(std::string_view repository) const;
  /// Opens the clone; `not_found` when there is none.
  result<repository_pool::lease> open(std::string_view repository) const;
  /// Opens the clone, making it when it is missing or broken.
  result<repository_pool::lease> open_or_make(std::string_view repository) const;
  /// After a failure in the clone: when it is damaged (`commit` too must be there with its files) and keeps nobody's
  /// commit, moves it aside and says true, so that the caller may begin again; `rejected` when it keeps some.
  result<bool> renew_if_damaged(std::string_view repository, std::string_view commit) const;
  /// The remote's default branch in full.
  result<std::string> default_branch(const remote& from) const;
  /// Brings the tip of one branch here, in at most one fetch, and returns it.
  result<std::string> fetch(git_repository* repo, const remote& from, const std::string& branch) const;
  /// Pushes one commit to one branch that must hold `expected` (empty: must not exist).
  result<void> push(const push_request& what) const;

private:
  /// Does the remote's `ref` hold `sha` now? False when nobody can tell.
  bool holds(const remote& at, const std::string& clone, const std::string& ref, const std::string& sha) const;
  result<void> move_aside(const std::string& path, const std::string& why) const;

  /// What a branch of a repository on this machine holds, read in process.
  struct seen {
    bool readable = false;
    std::string sha; ///< empty when it has no such branch
  };
  seen look(const remote& at, const std::string& ref) const;

  process& children_;
  git_cli::settings how_;
  std::string root_;
  mutable repository_pool opened_;
};

/// Name of the reference that keeps a tree's commit.
std::string tree_ref(std::string_view tree);

} // namespace hyakki::git2
