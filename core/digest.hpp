#pragma once
// SHA-256, for names that must not collide even when someone tries.

#include <string>
#include <string_view>

namespace hyakki {

/// The SHA-256 of `text` in lower-case hex, cut at `digits` (at most 64; 16 are 64 bits).
std::string sha256_hex(std::string_view text, std::size_t digits = 64);

} // namespace hyakki
