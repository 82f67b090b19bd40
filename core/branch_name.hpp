#pragma once
// The name of a story's branch: readable, always a valid ref, and another story's never.
//
// Pure. The caller stores the result before it is first used and never derives it again.

#include "core/error.hpp"
#include "core/story.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hyakki {

/// True when git takes `name` as a branch (check-ref-format --branch, without its @{-1} shorthand).
bool valid_branch_name(std::string_view name);

/// Lower case, every run of other signs than [a-z0-9] one '-', at most 40 signs; "story" when nothing is left.
std::string slug_of(std::string_view title);

/// Checks a pattern: its variables, and that what it makes is a branch name.
result<void> check_branch_pattern(std::string_view pattern);

/// {issue_key} {issue_key_lc} {slug} {timestamp} (seconds of `taken_ms`). At most 200 bytes. A key that had to be
/// changed, or that a pattern does not keep apart from others, gets 16 digits of a hash of the story's id at the
/// end. A pattern that does not parse gives hyakki/story-<hash>: configurations are checked before.
std::string branch_name(std::string_view pattern, const story& s, std::int64_t taken_ms);

} // namespace hyakki
