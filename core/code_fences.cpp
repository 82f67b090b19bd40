#include "core/code_fences.hpp"

#include <algorithm>

namespace hyakki {

std::pair<char, std::size_t> fence_of(std::string_view line) {
  auto at = line.find_first_not_of(' ');
  if (at == std::string_view::npos || at > 3 || (line[at] != '`' && line[at] != '~'))
    return {0, 0};
  auto end = line.find_first_not_of(line[at], at);
  auto size = (end == std::string_view::npos ? line.size() : end) - at;
  if (size < 3 || (line[at] == '`' && end != std::string_view::npos && line.find('`', end) != std::string_view::npos))
    return {0, 0};
  return {line[at], size};
}

bool closes_fence(std::string_view line, std::pair<char, std::size_t> fence) {
  auto own = fence_of(line);
  if (own.first != fence.first || own.second < fence.second)
    return false;
  // What closes has nothing behind its signs.
  return line.find_first_not_of(" \t\r", line.find_first_not_of(' ') + own.second) == std::string_view::npos;
}

open_fence open_at_end(std::string_view text) {
  auto open = std::pair<char, std::size_t>{0, 0};
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    if (open.second == 0) {
      open = fence_of(line);
      begin = at;
    } else if (closes_fence(line, open)) {
      open = {0, 0};
    }
    at = end + 1;
  }
  return {std::string(open.second, open.first), begin};
}

} // namespace hyakki
