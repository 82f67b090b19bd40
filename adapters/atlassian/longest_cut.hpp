#pragma once
// How much of a text Jira takes, where that shows only when it is written as markup.

#include "core/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace hyakki::atlassian {

/// The longest beginning of at most `most` bytes for which `fits` holds, to within 64 bytes, by halves: `fits` is asked
/// some ten times. Where more does not always mean longer markup it is one that fits and whose neighbour does not.
/// What was returned fits; empty when nothing does.
template <class Fits>
std::string_view longest_cut(std::string_view text, std::size_t most, Fits fits) {
  constexpr auto close_enough = std::size_t{64};
  auto out = std::string_view{};
  for (auto beyond = std::min(most, text.size()) + 1; beyond - out.size() > close_enough;) {
    auto middle = out.size() + (beyond - out.size()) / 2;
    auto part = cut_utf8(text, middle);
    if (part.size() > out.size() && fits(part))
      out = part;
    else
      beyond = middle;
  }
  return out;
}

} // namespace hyakki::atlassian
