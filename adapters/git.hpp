#pragma once
// The git door: the only place that touches repositories and working trees.
//
// One object cache (a bare clone) per repository, one working tree per story. The engine's git directory lies
// outside what an agent can write; what the agent sees as .git is a throw-away of its own. No configuration,
// hook, filter or attribute that a working tree holds is ever run. Calls block with a deadline each; calls for
// one repository come from one thread at a time (its publisher's), calls for different ones in parallel.

#include "core/error.hpp"
#include "core/record.hpp"
#include "core/secret.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// Where a repository lives and how to be let in.
struct remote {
  std::string repository; ///< slug, as configured or routed
  std::string url;        ///< an absolute path, file://, https://, or ssh://; never with a user or a token in it
  std::string default_branch;
  std::string user;        ///< for the credential callback, and of an ssh address; empty = none
  secret token;            ///< for the credential callback; never in argv, URL or a file of the repository
  std::string ssh_key;     ///< private key of an ssh address, absolute; empty = the agent's and the user's own
  std::string known_hosts; ///< keys of ssh hosts, absolute; empty = the user's and the system's files
};

/// Ask for a working tree.
struct tree_request {
  remote from;
  std::string tree;   ///< the story's name; the door derives the directory and proves it inside its root
  std::string branch; ///< what the agent sees as its current branch
  std::string base;   ///< branch to start from; empty = the remote's default
  std::string at_sha; ///< when the tree was prepared before: its base commit, so that a repeat changes nothing
  bool keep = false;  ///< true: if the tree is there with that base, leave the agent's edits in it
};

struct prepared_tree {
  std::string path; ///< absolute, inside the workspace root
  std::string base_branch;
  std::string base_sha;
  bool kept = false; ///< it was there, with edits left in
  bool warm = false; ///< made from an earlier story's tree
  /// When this call reset edits: the reference in the clone that keeps them, or why nothing could be kept.
  std::string left;
};

/// Ask for a commit of everything that differs from the base in the tree.
struct commit_request {
  std::string repository;
  std::string tree;
  std::string branch;
  std::string base_sha;
  std::string message;
  std::string author_name;
  std::string author_email;
  std::int64_t at_ms = 0; ///< both dates of the commit: repeating the call gives the same hash
};

struct tree_commit {
  std::string sha;
  std::string tree_sha;
  std::vector<changed_file> files; ///< exact for renames, non-ASCII names and binaries
};

struct push_request {
  remote to;
  std::string branch;
  std::string sha;
  std::string expected; ///< what the remote branch must hold; empty = it must not exist (or hold `sha` already)
};

class git {
public:
  virtual ~git() = default;

  /// Makes or finds the working tree. Safe to repeat. A tree that is not clean and not to be kept is reset; its edits
  /// go into the clone first (see `prepared_tree::left`).
  virtual result<prepared_tree> prepare(const tree_request& what) = 0;

  /// Is the prepared tree still there?
  virtual bool has_tree(std::string_view repository, std::string_view tree) = 0;

  /// Hash of what lies in the tree now (as `commit` would store it): evidence, and a guard against changes
  /// between check and commit.
  virtual result<std::string> tree_hash(std::string_view repository, std::string_view tree) = 0;

  /// Unified diff of the tree against its base, for a reviewer; cut at `most_bytes` with a note.
  virtual result<std::string> diff(std::string_view repository, std::string_view tree, std::size_t most_bytes) = 0;

  /// Commits into the engine's clone. `no_changes` when the tree equals the base, `rejected` for content that
  /// must not be published (nested repositories, links out of the tree), `over_budget` beyond the size limits.
  virtual result<tree_commit> commit(const commit_request& what) = 0;

  /// Pushes one branch, once. Success when the remote holds `sha` already; `rejected` when it holds anything but
  /// `expected`, so that nothing but an earlier push of ours is ever replaced.
  virtual result<void> push(const push_request& what) = 0;

  /// Gives the tree back (warm, or deleted) when its work is proven to be in `pushed_sha` or it has no changes;
  /// otherwise leaves it and says so with `rejected`.
  virtual result<void> release(std::string_view repository, std::string_view tree, std::string_view pushed_sha) = 0;
};

} // namespace hyakki
