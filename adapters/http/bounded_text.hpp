#pragma once
// Text that grows up to a limit without holding much more than what came.

#include <cstddef>
#include <string>

namespace hyakki {

/// Room behind a text that its reader would copy it for otherwise (simdjson reads a little past the end).
inline constexpr std::size_t room_behind = 64;

/// Makes room for `more` bytes of a text that ends at `most`. What is small doubles; then all of it is set aside at
/// once, since pages that are never written to cost nothing, while a copy costs as much again.
inline void make_room(std::string& text, std::size_t more, std::size_t most) {
  constexpr std::size_t small = 64 * 1024;
  auto needed = text.size() + more;
  if (needed > text.capacity() && needed > small && text.capacity() < most + room_behind)
    text.reserve(most + room_behind);
}

} // namespace hyakki
