#pragma once
// What reviewers say on GitHub, and our answers to it.
//
// Read by one GraphQL query (more only beyond a hundred threads or comments), since REST does not tell which threads
// are resolved. A thread waits for us when it is not resolved and its last word is not ours; a comment or a review's
// text, which GitHub cannot resolve, when none of our comments answers it.

#include "adapters/code_host.hpp"
#include "adapters/github/api.hpp"

#include <cstdint>

namespace hyakki::github {

result<review_feedback> read_feedback(const api& github, const repository_name& in, std::int64_t number);

/// Replies in the thread and, where that settles it and we may, resolves it; under a comment or a review, a comment
/// that quotes it.
result<void> answer_remark(const api& github, const repository_name& in, std::int64_t number, const remark& to,
                           const comment& words, bool settles);

} // namespace hyakki::github
