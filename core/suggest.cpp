#include "core/suggest.hpp"

#include <algorithm>
#include <numeric>

namespace hyakki {
namespace {

constexpr std::size_t longest_word = 64;

/// Insertions, deletions, replacements, and swaps of neighbours.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  std::iota(last.begin(), last.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

} // namespace

std::string closest(std::string_view word, const std::vector<std::string_view>& candidates) {
  if (word.empty() || word.size() > longest_word)
    return {};
  std::string_view best;
  auto least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (auto c : candidates) {
    if (c.size() > longest_word)
      continue;
    // an abbreviation, or a word with its unit left out: timeout for timeout_seconds
    bool part = word.size() >= 4 && c.size() > word.size() && c.substr(0, word.size()) == word;
    auto distance = part ? 1 : edits(word, c);
    if (distance < least) {
      least = distance;
      best = c;
    }
  }
  return std::string{best};
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  auto c = closest(word, candidates);
  return c.empty() ? "" : "; did you mean " + c + "?";
}

std::string listed(const std::vector<std::string_view>& words) {
  std::string out;
  for (auto w : words)
    out += (out.empty() ? "" : ", ") + std::string{w};
  return out;
}

} // namespace hyakki
