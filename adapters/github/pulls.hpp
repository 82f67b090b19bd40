#pragma once
// Pull requests of one repository on GitHub, by REST: looked up, opened, merged, closed.
//
// What is said here of one call each; what belongs together is decided by the code host.

#include "adapters/github/api.hpp"
#include "core/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::github {

/// A pull request and what the contract does not ask for.
struct pull {
  pull_request what;
  std::int64_t number = 0;
  bool same_repository = false; ///< its branch is no fork's
  std::vector<std::string> labels;
  std::size_t asked = 0; ///< reviewers and teams that were asked and have not answered
  bool draft = false;
};

/// A number as people write it; `not_found` for everything else.
result<std::int64_t> read_number(std::string_view id);

result<pull> get_pull(const api& github, const repository_name& in, std::int64_t number);
/// Newest first, at most 1,000.
result<std::vector<pull>> list_pulls(const api& github, const repository_name& in, bool open_only);
/// Open ones with exactly this branch of this repository, newest first.
result<std::vector<pull>> pulls_from(const api& github, const repository_name& in, const std::string& branch);

struct new_pull {
  std::string title, body, head, base;
  bool draft = false;
};
/// What came of opening one.
enum class opened : std::uint8_t { now, there_already, drafts_unsupported };
struct opening {
  opened how = opened::now;
  std::optional<pull> made; ///< when `now`
};
result<opening> open_pull(const api& github, const repository_name& in, const new_pull& what);

result<void> add_labels(const api& github, const repository_name& in, std::int64_t number,
                        const std::vector<std::string>& labels);
/// Asks people ("ann") and teams ("team:core", "org/core"). Says in words who cannot be asked; those are no error.
result<std::string> ask_reviewers(const api& github, const repository_name& in, std::int64_t number,
                                  const std::vector<std::string>& whom);
/// Has anybody reviewed it so far?
result<bool> was_reviewed(const api& github, const repository_name& in, std::int64_t number);

/// `rejected` with GitHub's reason when it cannot be merged, `conflict` when its branch moved meanwhile.
result<void> merge_pull(const api& github, const repository_name& in, const pull& p);
result<void> close_pull(const api& github, const repository_name& in, std::int64_t number);
/// The whole diff, or what its files tell where GitHub finds it too large.
result<std::string> diff_pull(const api& github, const repository_name& in, std::int64_t number, std::size_t most);

} // namespace hyakki::github
