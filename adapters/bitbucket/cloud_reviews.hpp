#pragma once
// What reviewers say of a pull request on Bitbucket Cloud, and our answers under it.
//
// A comment waits for us when its thread is not resolved and its last word is not ours; a task, when it is open and has
// no answer of ours that is newer. Only threads at a line can be resolved.

#include "adapters/bitbucket/cloud_api.hpp"
#include "adapters/code_host.hpp"

#include <cstdint>

namespace hyakki::bitbucket {

result<review_feedback> read_feedback(const cloud_api& api, const cloud_repository& in, std::int64_t number);

/// Replies once, then, where that settles it, resolves where it may: the thread, or the task.
result<void> answer_remark(const cloud_api& api, const cloud_repository& in, std::int64_t number, const remark& to,
                           const comment& words, bool settles);

} // namespace hyakki::bitbucket
