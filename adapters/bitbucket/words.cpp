#include "adapters/bitbucket/words.hpp"

#include "core/ascii.hpp"
#include "core/keep_ends.hpp"
#include "core/markdown.hpp"
#include "core/marker.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki::bitbucket {
namespace {

constexpr std::string_view opening = "[//]: # (hyakki:";
constexpr std::string_view answering = "[//]: # (hyakki-answers:";
constexpr std::string_view hidden = "\xE2\x80\x8B"; // a space without width

std::string_view first_line(std::string_view text) {
  auto line = text.substr(0, text.find('\n'));
  while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
    line.remove_suffix(1);
  return line;
}

/// What stands between `opening` and a bracket in the first line, which holds nothing else; empty when it is no marker.
std::string_view marker_of(std::string_view text, std::string_view opening) {
  auto line = first_line(text);
  if (!begins(line, opening) || line.back() != ')')
    return {};
  line = line.substr(opening.size(), line.size() - opening.size() - 1);
  return is_marker(line) ? line : std::string_view{};
}

/// What `without_mentions` leaves: names in quotes and in braces, and addresses that are programs.
std::string without_calls(std::string_view text) {
  auto plain = without_mentions(text);
  auto out = std::string{};
  out.reserve(plain.size() + 64);
  constexpr std::string_view script = "script:";
  for (std::size_t i = 0; i < plain.size(); ++i) {
    auto same = [&](char a, char b) { return (a | 0x20) == b || a == b; };
    if (plain[i] == ':' && i + 1 >= script.size() &&
        std::equal(script.begin(), script.end(), plain.begin() + static_cast<std::ptrdiff_t>(i + 1 - script.size()),
                   [&](char s, char t) { return same(t, s); }))
      out += hidden;
    out += plain[i];
    if (plain[i] == '@' && i + 1 < plain.size() && (plain[i + 1] == '"' || plain[i + 1] == '{'))
      out += hidden;
  }
  return out;
}

std::string harmless(std::string_view markdown) {
  auto clean = clean_text(markdown);
  auto out = std::string{};
  auto rest = std::string_view{clean};
  while (!rest.empty()) { // addresses stay what they are: %40 leads where @ leads
    auto address = std::min(rest.find("http://"), rest.find("https://"));
    out += without_calls(rest.substr(0, address));
    if (address == std::string_view::npos)
      break;
    rest.remove_prefix(address);
    auto end = std::min(rest.find_first_of(" \t\n<>()\"'`"), rest.size());
    for (auto c : rest.substr(0, end))
      out += c == '@' ? std::string_view{"%40"} : std::string_view{&c, 1};
    rest.remove_prefix(end);
  }
  while (!out.empty() && out.back() == '\n')
    out.pop_back();
  return out;
}

} // namespace

std::string safe_markdown(std::string_view markdown, std::size_t most) {
  auto out = harmless(markdown);
  if (out.size() <= most)
    return out;
  // Cut before it is made harmless: a cut may bare what was none before, as the "#12" of "x#12".
  return harmless(longest_markdown_ends(markdown, 2 * most, "_Something is left out here: Bitbucket holds no more._",
                                        [&](std::string_view part) { return harmless(part).size() <= most; }));
}

std::string safe_title(std::string_view title) {
  auto line = clean_line(title);
  std::size_t units = 0, cut = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    auto c = static_cast<unsigned char>(line[i]);
    if ((c & 0xC0) == 0x80)
      continue;
    if (units < most_title_units)
      cut = i; // what begins here may have to make room for the sign that says so
    units += c >= 0xF0 ? 2 : 1;
    if (units > most_title_units)
      return line.substr(0, cut) + "…";
  }
  return line;
}

std::string comment_text(const comment& what, std::string_view answers) {
  auto out = std::string{opening} + what.marker + ")\n";
  if (!answers.empty())
    out += std::string{answering} + std::string{answers} + ")\n";
  return out + "\n" + safe_markdown(what.markdown);
}

bool has_marker(std::string_view text, std::string_view marker) {
  return is_ours(text) && marker_of(text, opening) == marker;
}

bool is_ours(std::string_view text) { return !marker_of(text, opening).empty(); }

std::string answered_by(std::string_view text) {
  auto line = text.find('\n');
  if (!is_ours(text) || line == std::string_view::npos)
    return {};
  return std::string{marker_of(text.substr(line + 1), answering)};
}

result<std::int64_t> read_number(std::string_view id, std::string_view what) {
  if (id.empty() || id.size() > 18 || id.find_first_not_of("0123456789") != std::string_view::npos || id[0] == '0')
    return {ec::not_found, "Bitbucket: there is no " + std::string{what} + " '" + printable(cut_utf8(id, 40)) + "'"};
  return std::stoll(std::string{id});
}

} // namespace hyakki::bitbucket
