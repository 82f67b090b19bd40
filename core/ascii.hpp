#pragma once
// Words as protocols and configurations have them: letters are those of ASCII, everything else is compared as it is.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

inline bool letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

inline char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string lowered(std::string_view text) {
  auto out = std::string{text};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lowered(c); });
  return out;
}

/// Equal but for capital letters.
inline bool same_letters(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lowered(x) == lowered(y); });
}

inline bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

inline bool ends(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && text.substr(text.size() - with.size()) == with;
}

/// The words of "a, b": without blanks around them, and without empty ones.
inline std::vector<std::string> between_commas(std::string_view text) {
  auto out = std::vector<std::string>{};
  while (!text.empty()) {
    auto comma = text.find(',');
    auto word = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    auto first = word.find_first_not_of(" \t");
    if (first != std::string_view::npos)
      out.emplace_back(word.substr(first, word.find_last_not_of(" \t") - first + 1));
  }
  return out;
}

} // namespace hyakki
