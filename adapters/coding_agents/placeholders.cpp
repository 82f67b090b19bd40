#include "adapters/coding_agents/placeholders.hpp"

#include <algorithm>

namespace hyakki {

namespace {

/// A piece of a word: literal text, or the name of a placeholder.
struct piece {
  bool is_name = false;
  std::string_view text;
};

bool is_name_char(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }

/// The name that stands at the beginning in braces; empty when there is none.
std::string_view name_at(std::string_view text) {
  if (text.size() < 3 || text.front() != '{')
    return {};
  auto end = std::find_if_not(text.begin() + 1, text.end(), is_name_char);
  if (end == text.end() || *end != '}')
    return {};
  return text.substr(1, static_cast<std::size_t>(end - text.begin()) - 1);
}

std::vector<piece> split(std::string_view word) {
  std::vector<piece> pieces;
  std::size_t done = 0;
  auto literal_until = [&](std::size_t end) {
    if (end > done)
      pieces.push_back({false, word.substr(done, end - done)});
  };
  for (std::size_t i = 0; i < word.size();) {
    if (word[i] != '{') {
      ++i;
      continue;
    }
    auto escaped = name_at(word.substr(i + 1));
    if (!escaped.empty() && word.substr(i + 1 + escaped.size() + 2, 1) == "}") {
      literal_until(i);
      pieces.push_back({false, word.substr(i + 1, escaped.size() + 2)});
      i = done = i + escaped.size() + 4;
      continue;
    }
    auto name = name_at(word.substr(i));
    if (name.empty()) {
      ++i;
      continue;
    }
    literal_until(i);
    pieces.push_back({true, name});
    i = done = i + name.size() + 2;
  }
  literal_until(word.size());
  return pieces;
}

} // namespace

result<std::set<std::string>> placeholders_of(const std::vector<std::string>& words,
                                              const std::vector<std::string>& known) {
  std::set<std::string> used;
  for (const auto& word : words)
    for (const auto& p : split(word)) {
      if (!p.is_name)
        continue;
      if (std::find(known.begin(), known.end(), p.text) == known.end()) {
        std::string all;
        for (const auto& k : known)
          all += " {" + k + "}";
        return {ec::bad_config, "`" + word + "`: unknown placeholder {" + std::string{p.text} + "}; known are" + all +
                                  ". Write {{" + std::string{p.text} + "}} for the text itself"};
      }
      used.emplace(p.text);
    }
  return used;
}

std::string fill_placeholders(std::string_view word, const std::function<std::string(std::string_view)>& value) {
  std::string out;
  for (const auto& p : split(word))
    out += p.is_name ? value(p.text) : std::string{p.text};
  return out;
}

} // namespace hyakki
