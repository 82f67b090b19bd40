#pragma once
// When the pull request of a story is not open any more: what its tracker is told, and what is kept. The dispatcher's
// fifth half.

#include "actors/dispatcher.hpp"

namespace hyakki::pull_ends {

/// A look showed the pull request of a resting story as merged or closed. Where it was merged and the project names a
/// status for that, the story is moved there, unless its tracker does not want it any more. Then the end is kept, and
/// nobody looks again. In this order, for a kill between the two must not leave the tracker untold; moving a story
/// twice is harmless. What fails for a moment is done with a later look.
void ended(dispatch::pointer self, story_record r, const pull_request& now);

} // namespace hyakki::pull_ends
