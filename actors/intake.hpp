#pragma once
// The two steps that a story takes without a supervisor: it is taken in, and an operator sends it on. Pure.

#include "core/admit.hpp"
#include "core/config.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <string>

namespace hyakki {

/// The first step of a new story: queued, with the repository that it will probably work in, so that the queue
/// knows whose turn it can be. Routing decides again when its turn comes.
change take_in(story s, const config& c, std::int64_t now);

/// A resting story's step on an operator's word (`retry` or `cancel`); the table must know the move.
change operator_step(story_record r, move by, const std::string& reason, std::int64_t now);

} // namespace hyakki
