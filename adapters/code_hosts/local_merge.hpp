#pragma once
// The merge of a local pull request: in the repository's objects alone, without a working tree.

#include "adapters/code_hosts/pull_record.hpp"

#include <cstdint>
#include <string>

namespace hyakki {

/// The commit of a branch; empty when there is none.
std::string branch_tip(git_repository* repo, const std::string& branch);

/// Fast-forward, or a merge commit; the target moves only if nobody moved it meanwhile. Safe to repeat.
/// `rejected` with the files' names on conflicts.
result<void> merge_into_target(git_repository* repo, pull_record& p, std::int64_t now_ms);

} // namespace hyakki
