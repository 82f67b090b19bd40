#pragma once
// The nearest bookmark of a Jujutsu working copy. Inner header of the room.

#include <string>

namespace hyakki::tickets {

/// Asks `jj`, for at most two seconds and 4 KiB of answer, without taking a snapshot of the working copy. Empty when
/// there is no jj, no bookmark, or no answer.
std::string jj_branch(const std::string& root);

} // namespace hyakki::tickets
