#pragma once
// The record of a pull request as it lies in the repository: refs/hyakki/pulls/N, newest version first.

#include "adapters/git/libgit2.hpp"
#include "core/record.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hyakki {

struct pull_record {
  pull_request what;
  std::string story;
  std::int64_t created_ms = 0;
  std::int64_t updated_ms = 0;
};

/// Numbers in use, ascending.
result<std::vector<std::uint64_t>> pull_numbers(git_repository* repo);
/// The id of a pull request's record as it is now; empty when there is none.
std::string pull_id(git_repository* repo, std::uint64_t number);
/// `not_found` when there is none, `corrupt_record` when it cannot be read.
result<pull_record> read_pull(git_repository* repo, std::uint64_t number);
/// Writes a new version on top of the earlier ones, then the head reference.
result<void> write_pull(git_repository* repo, std::uint64_t number, const pull_record& record);
/// Takes away what a killed process left of its writing. Only for who holds the pull requests' own lock.
void clear_pull_locks(git_repository* repo, std::uint64_t number);
/// Points refs/pull/N/head at the record's head, where it does not yet.
result<void> point_head(git_repository* repo, std::uint64_t number, const std::string& head);

} // namespace hyakki
