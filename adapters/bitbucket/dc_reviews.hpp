#pragma once
// What reviewers say of a pull request on Bitbucket Data Center, and our answers under it.

#include "adapters/bitbucket/dc_api.hpp"
#include "adapters/code_host.hpp"

namespace hyakki::bitbucket {

result<review_feedback> read_feedback(const dc_api& api, const dc_repository& in, std::int64_t number);

/// Replies once, then, where that settles it, resolves: the thread, or the task.
result<void> answer_remark(const dc_api& api, const dc_repository& in, std::int64_t number, const remark& to,
                           const comment& words, bool settles);

} // namespace hyakki::bitbucket
