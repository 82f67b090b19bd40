#pragma once
// What follows a supervisor that died without a last word: a defect of ours, or of the framework.

#include "actors/dispatcher.hpp"

namespace hyakki::dispatch::crashes {

/// Another supervisor, a few times and ever later; then the end of the story. `crashes`: of this story, this one too.
void follow(pointer self, const story_id& id, int crashes);

} // namespace hyakki::dispatch::crashes
