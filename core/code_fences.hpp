#pragma once
// Where Markdown's code blocks begin and end, line by line: for what cuts or changes Markdown and must not break them.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace hyakki {

/// The fence that a line opens or closes: its character and how many there are; 0 when it is none.
std::pair<char, std::size_t> fence_of(std::string_view line);

/// Whether a line closes a block that such a fence opened.
bool closes_fence(std::string_view line, std::pair<char, std::size_t> fence);

/// A code block that is open where a text ends. Without one `fence` is empty.
struct open_fence {
  std::string fence;     ///< what closes it
  std::size_t begin = 0; ///< where the line that opened it begins
};
open_fence open_at_end(std::string_view text);

} // namespace hyakki
