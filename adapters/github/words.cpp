#include "adapters/github/words.hpp"

#include "core/ascii.hpp"
#include "core/code_fences.hpp"
#include "core/keep_ends.hpp"
#include "core/markdown.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hyakki::github {
namespace {

constexpr std::string_view opening = "<!-- hyakki:";
constexpr std::string_view answering = "<!-- hyakki-answers:";
constexpr std::string_view closing = " -->";

std::string_view stripped(std::string_view line) {
  auto first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos)
    return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

template <class F>
void each_line(std::string_view text, F take) {
  while (!text.empty()) {
    auto end = text.find('\n');
    take(text.substr(0, end));
    if (end == std::string_view::npos)
      return;
    text.remove_prefix(end + 1);
  }
}

bool word_sign(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The text with a zero-width space in what calls somebody, in code too: what is code to us may be none to GitHub. In
/// an address the sign is written as %40, which leads to the same place and calls nobody either.
std::string without_calls(std::string_view text) {
  auto out = std::string{};
  out.reserve(text.size() + 64);
  while (!text.empty()) {
    auto address = std::min(text.find("http://"), text.find("https://"));
    out += without_mentions(text.substr(0, address));
    if (address == std::string_view::npos)
      break;
    text.remove_prefix(address);
    auto end = text.find_first_of(" \t\n<>()\"'`");
    auto before = char{0};
    for (auto c : text.substr(0, end)) {
      out += c == '@' ? std::string_view{"%40"} : std::string_view{&c, 1};
      if (c == '#' && !word_sign(before))
        out += "\xE2\x80\x8B"; // no fragment of a page, but an issue's number
      before = c;
    }
    text.remove_prefix(std::min(end, text.size()));
  }
  return out;
}

/// A line of somebody else's Markdown: no HTML, no picture that is fetched, no alert of GitHub's own.
void tame(std::string_view line, std::string& out) {
  constexpr std::string_view gap = "\xE2\x80\x8B";
  for (std::size_t i = 0; i < line.size(); ++i) {
    auto rest = line.substr(i);
    auto next = rest.size() > 1 ? rest[1] : ' ';
    out += rest[0];
    bool tag = rest[0] == '<' && (word_sign(next) || next == '/' || next == '!' || next == '?') &&
               !begins(rest, "<http://") && !begins(rest, "<https://");
    if (tag || begins(rest, "![") || begins(rest, "[!"))
      out += gap;
  }
}

/// A code block that is said to be Markdown is what an agent wrote: shown as such, within a quote that ends where the
/// block did.
std::string with_quotes(std::string_view text) {
  auto out = std::string{};
  out.reserve(text.size() + text.size() / 8);
  auto open = std::pair<char, std::size_t>{0, 0};
  auto quoting = false;
  each_line(text, [&](std::string_view line) {
    auto fence = fence_of(line);
    auto word = stripped(line);
    word.remove_prefix(std::min(fence.second, word.size()));
    auto closes = open.second > 0 && fence.first == open.first && fence.second >= open.second && stripped(word).empty();
    auto opens = open.second == 0 && fence.second > 0;
    if (opens)
      quoting = stripped(word) == "markdown";
    if (!quoting)
      (out += line) += '\n';
    else if (closes) // the quote's last paragraph goes no further
      out += '\n';
    else if (!opens) {
      out += line.empty() ? ">" : "> ";
      tame(line, out);
      out += '\n';
    }
    if (opens)
      open = fence;
    if (closes) {
      open = {0, 0};
      quoting = false;
    }
  });
  return out;
}

std::string disarmed(std::string text, std::string_view what) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at))
    text.insert(at + 2, " "); // "<! -- hyakki" is no comment in HTML, and no marker
  return text;
}

} // namespace

std::string safe_markdown(std::string_view markdown, std::size_t most) {
  auto shown = [](std::string_view text) {
    auto out = without_calls(disarmed(with_quotes(clean_text(text)), "<!-- hyakki"));
    while (!out.empty() && out.back() == '\n')
      out.pop_back();
    if (auto open = open_at_end(out); !open.fence.empty())
      out += "\n" + open.fence;
    return out;
  };
  auto out = shown(markdown);
  if (out.size() <= most)
    return out;
  // Cut before it is made harmless: a cut may bare what was none before, as the "#12" of "x#12".
  return shown(longest_markdown_ends(markdown, 2 * most, "_Something is left out here: GitHub holds no more._",
                                     [&](std::string_view part) { return shown(part).size() <= most; }));
}

std::string comment_text(const comment& what, std::string_view answers) {
  auto out = safe_markdown(what.markdown) + "\n\n";
  if (!answers.empty())
    out += std::string{answering} + std::string{answers} + std::string{closing} + "\n";
  return out + std::string{opening} + what.marker + std::string{closing};
}

bool has_marker(std::string_view text, std::string_view marker) {
  auto line = std::string{opening} + std::string{marker} + std::string{closing};
  auto found = false;
  each_line(text, [&](std::string_view l) { found = found || stripped(l) == line; });
  return found;
}

bool is_ours(std::string_view text) {
  auto found = false;
  each_line(text, [&](std::string_view raw) {
    auto l = stripped(raw);
    found = found || (begins(l, opening) && l.size() > opening.size() + closing.size() &&
                      l.substr(l.size() - closing.size()) == closing);
  });
  return found;
}

std::vector<std::string> answered_by(std::string_view text) {
  auto out = std::vector<std::string>{};
  each_line(text, [&](std::string_view raw) {
    auto l = stripped(raw);
    if (begins(l, answering) && l.size() > answering.size() + closing.size() &&
        l.substr(l.size() - closing.size()) == closing)
      out.emplace_back(l.substr(answering.size(), l.size() - answering.size() - closing.size()));
  });
  return out;
}

bool speaks_for_repository(std::string_view association, std::string_view kind) {
  if (kind == "Bot" || kind == "Mannequin" || association.empty())
    return kind != "Mannequin";
  return association == "OWNER" || association == "MEMBER" || association == "COLLABORATOR";
}

bool same_label(std::string_view a, std::string_view b) { return same_letters(a, b); }

bool has_label(const std::vector<std::string>& all, std::string_view label) {
  return std::any_of(all.begin(), all.end(), [&](const std::string& l) { return same_label(l, label); });
}

std::int32_t priority_of(const std::vector<std::string>& labels) {
  constexpr auto names = std::array<std::pair<std::string_view, std::int32_t>, 13>{{{"critical", 0},
                                                                                    {"blocker", 0},
                                                                                    {"urgent", 0},
                                                                                    {"highest", 0},
                                                                                    {"p0", 0},
                                                                                    {"high", 1},
                                                                                    {"p1", 1},
                                                                                    {"medium", 2},
                                                                                    {"normal", 2},
                                                                                    {"p2", 2},
                                                                                    {"low", 3},
                                                                                    {"lowest", 3},
                                                                                    {"p3", 3}}};
  auto best = std::int32_t{4};
  for (auto& label : labels) {
    auto word = std::string_view{label};
    auto named = same_label(word.substr(0, 8), "priority");
    if (named) {
      word.remove_prefix(8);
      word = word.substr(std::min(word.find_first_not_of(":/ -_="), word.size()));
    }
    for (auto& [name, value] : names)
      if (same_label(word, name) && (named || name[0] == 'p' || value == 0))
        best = std::min(best, value);
  }
  return best == 4 ? 2 : best;
}

} // namespace hyakki::github
