#pragma once
// Where branches are pushed and pull requests are opened: the contract.
//
// Calls block, with deadlines of their own, and come from any of the publishers' threads: a keeper is
// thread-safe. A pull request is looked up by its exact source branch before it is opened, and a duplicate
// answer adopts what is there. Every keeper passes tests/conformance/code_host.

#include "adapters/git.hpp"
#include "core/error.hpp"
#include "core/record.hpp"
#include "core/report.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// What a pull request should say.
struct pull_request_draft {
  std::string repository; ///< slug
  std::string source_branch;
  std::string target_branch;
  std::string head; ///< commit that was pushed
  std::string title;
  std::string description; ///< Markdown, already redacted
  std::string story;       ///< id, kept by hosts that can
};

/// What reviewers want of one pull request now.
struct review_feedback {
  std::vector<remark> remarks;    ///< oldest first; resolved, deleted and our own ones left out; at most 200
  bool changes_requested = false; ///< by a review that still counts
  std::string requested_by;
};

/// Which pull requests to list.
enum class pull_filter : std::uint8_t { open, all };

class code_host {
public:
  virtual ~code_host() = default;
  virtual std::string_view name() const = 0;

  /// Where to clone from and push to, with what, and the default branch as the host says. `rejected` for a slug
  /// that is not allowed or would lead out of the host, `not_found` for one that does not exist.
  virtual result<remote> locate(std::string_view repository) = 0;

  /// Finds the open pull request with exactly this source branch, or opens one. A found one is `adopted`.
  virtual result<pull_request> find_or_open(const pull_request_draft& draft) = 0;

  /// Newest first.
  virtual result<std::vector<pull_request>> list(std::string_view repository, pull_filter which) = 0;
  virtual result<pull_request> find(std::string_view repository, std::string_view id) = 0;

  /// Merges an open pull request into its target; `rejected` on conflicts, saying which files.
  virtual result<pull_request> merge(std::string_view repository, std::string_view id) = 0;
  /// Closes an open pull request without merging; a closed one stays closed.
  virtual result<pull_request> close(std::string_view repository, std::string_view id) = 0;
  /// The change as a unified diff, cut at `most_bytes` with a note.
  virtual result<std::string> diff(std::string_view repository, std::string_view id, std::size_t most_bytes) = 0;

  /// What reviewers of a pull request want. A host without reviews has nothing to say.
  virtual result<review_feedback> feedback(std::string_view repository, std::string_view id) {
    (void)repository, (void)id;
    return review_feedback{};
  }
  /// Answers a remark under it, unless the marker is there already; then, where the answer settles it, marks it as
  /// resolved where the host can. What was answered and is not resolved waits for people, and is no feedback any more
  /// until one of them says something more about it.
  virtual result<void> answer(std::string_view repository, std::string_view id, const remark& to,
                              const remark_answer& words) {
    (void)repository, (void)id, (void)to, (void)words;
    return {};
  }

  /// For `hyakki check`.
  virtual result<void> probe() = 0;
};

} // namespace hyakki
