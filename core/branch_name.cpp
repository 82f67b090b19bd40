#include "core/branch_name.hpp"

#include "core/digest.hpp"
#include "core/template_text.hpp"

#include <algorithm>
#include <array>

namespace hyakki {
namespace {

constexpr std::size_t longest_branch = 200;
constexpr std::size_t longest_key = 60;

bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool alnum(char c) { return lower(c) || upper(c) || digit(c); }
char to_lower(char c) { return upper(c) ? static_cast<char>(c + 32) : c; }

/// Upper-case letters and digits, '-', a number: FIX-1, AB2-12. Such keys stay apart in a branch name without help.
bool plain_key(std::string_view key) {
  auto dash = key.rfind('-');
  if (key.size() > longest_key || dash == std::string_view::npos || dash == 0 || dash + 1 == key.size() ||
      !upper(key[0]))
    return false;
  auto head = key.substr(0, dash), tail = key.substr(dash + 1);
  return std::all_of(head.begin(), head.end(), [](char c) { return upper(c) || digit(c); }) &&
         std::all_of(tail.begin(), tail.end(), digit) && tail[0] != '0';
}

std::string tame(std::string_view key) {
  std::string out;
  for (auto c : key)
    if (alnum(c) || c == '_')
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  out.resize(std::min(out.size(), longest_key));
  while (!out.empty() && out.back() == '-')
    out.pop_back();
  return out.empty() ? "story" : out;
}

/// The key stands in the pattern, and nothing beside it could be read as a part of it.
bool keeps_keys_apart(const template_text& pattern) {
  auto& parts = pattern.parts();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].variable != "issue_key" && parts[i].variable != "issue_key_lc")
      continue;
    bool left = parts[i].text.empty() ? i == 0 : !alnum(parts[i].text.back());
    bool right = i + 1 == parts.size() || (!parts[i + 1].text.empty() && !alnum(parts[i + 1].text.front()));
    return left && right;
  }
  return false;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '-' || text.back() == '.' || text.back() == '/'))
    text.pop_back();
  return text;
}

std::string fill(const template_text& pattern, std::string_view key, std::string_view title, std::int64_t taken_ms) {
  std::string small{key};
  std::transform(small.begin(), small.end(), small.begin(), to_lower);
  return pattern.render({{"issue_key", std::string{key}},
                         {"issue_key_lc", small},
                         {"slug", slug_of(title)},
                         {"timestamp", std::to_string(taken_ms / 1000)}});
}

} // namespace

bool valid_branch_name(std::string_view name) {
  if (name.empty() || name.size() > 250 || name == "@" || name == "HEAD" || name.front() == '-' ||
      name.front() == '/' || name.back() == '/' || name.back() == '.')
    return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    auto c = static_cast<unsigned char>(name[i]);
    if (c <= 0x20 || c == 0x7F || std::string_view{"~^:?*[\\"}.find(name[i]) != std::string_view::npos)
      return false;
    auto next = i + 1 < name.size() ? name[i + 1] : '\0';
    if ((c == '.' && next == '.') || (c == '/' && next == '/') || (c == '@' && next == '{'))
      return false;
    if (c == '.' && (i == 0 || name[i - 1] == '/'))
      return false;
    if (name.compare(i, 5, ".lock") == 0 && (i + 5 == name.size() || name[i + 5] == '/'))
      return false;
  }
  return true;
}

std::string slug_of(std::string_view title) {
  std::string out;
  for (auto raw : title) {
    auto c = to_lower(raw);
    if (lower(c) || digit(c))
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
    if (out.size() > 40)
      break;
  }
  out.resize(std::min<std::size_t>(out.size(), 40));
  while (!out.empty() && out.back() == '-')
    out.pop_back();
  return out.empty() ? "story" : out;
}

result<void> check_branch_pattern(std::string_view pattern) {
  auto parsed = template_text::parse(pattern, template_variables("branch_pattern"));
  if (!parsed)
    return parsed.error();
  if (pattern.size() > 100)
    return {ec::bad_config, "the pattern has " + std::to_string(pattern.size()) + " bytes; at most 100 are allowed"};
  for (auto& p : parsed->parts())
    for (auto c : p.text)
      if (!alnum(c) && std::string_view{"._/-+=,@#"}.find(c) == std::string_view::npos)
        return {ec::bad_config, "the pattern holds a sign that is not safe in a branch name; allowed beside the "
                                "variables are letters, digits and . _ / - + = , @ #"};
  for (auto key : {"AB-12", "lock", "x"})
    if (auto made = fill(*parsed, key, "a title", 1'700'000'000'000); !valid_branch_name(made))
      return {ec::bad_config, "the pattern makes \"" + made +
                                "\", which git refuses as a branch name: no part may begin with '.' or end with "
                                "'.lock', and the name may not begin with '-' or end with '/' or '.'"};
  return {};
}

std::string branch_name(std::string_view pattern, const story& s, std::int64_t taken_ms) {
  auto hash = sha256_hex(s.id(), 16);
  auto parsed = template_text::parse(pattern, template_variables("branch_pattern"));
  if (!parsed)
    return "hyakki/story-" + hash;
  bool plain = plain_key(s.key) && keeps_keys_apart(*parsed);
  auto made = trimmed(fill(*parsed, plain_key(s.key) ? s.key : tame(s.key), s.title, taken_ms));
  if (made.size() > longest_branch) {
    made.resize(longest_branch - hash.size() - 1);
    made = trimmed(made);
    plain = false;
  }
  if (!plain) {
    made.resize(std::min(made.size(), longest_branch - hash.size() - 1));
    made = trimmed(made) + "-" + hash;
  }
  return valid_branch_name(made) ? made : "hyakki/story-" + hash;
}

} // namespace hyakki
