#include "adapters/atlassian/wiki.hpp"

#include "adapters/atlassian/blocks.hpp"
#include "core/ascii.hpp"
#include "core/keep_ends.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace hyakki::atlassian {
namespace {

constexpr std::string_view gap = "\xE2\x80\x8B";
constexpr std::size_t most_comment_bytes = 32'000; // Jira takes 32,767 characters
constexpr std::size_t most_markdown = 200'000;     // that is looked at for a comment

/// Text in which nothing is markup. A backslash is written as an entity: what follows it may be markup of ours.
std::string escaped(std::string_view text) {
  auto out = std::string{};
  out.reserve(text.size() + text.size() / 8);
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    auto within = i > 0 && i + 1 < text.size() && letter_or_digit(text[i - 1]) && letter_or_digit(text[i + 1]);
    if (c == '\\') {
      out += "&#92;";
      continue;
    }
    if (std::string_view{"{}[]|*^~!"}.find(c) != std::string_view::npos ||
        (!within && std::string_view{"_-+?#("}.find(c) != std::string_view::npos))
      out += '\\';
    out += c;
  }
  return out;
}

std::string shown(const line& spans) {
  auto out = std::string{};
  for (auto& s : spans) {
    auto text = escaped(s.text);
    if (!s.href.empty()) {
      auto href = std::string{};
      for (auto c : s.href) // [~name] would call somebody
        href += c == '~' ? std::string{"%7E"} : std::string{c};
      out += s.text == s.href ? "[" + href + "]" : "[" + text + "|" + href + "]";
      continue;
    }
    if (s.code) {
      out += "{{" + text + "}}";
      continue;
    }
    // markup that has a space inside its signs is none, and is seen
    auto first = text.find_first_not_of(' ');
    if (first == std::string::npos) {
      out += text;
      continue;
    }
    auto last = text.find_last_not_of(' ');
    auto before = std::string{}, after = std::string{};
    for (auto [on, sign] : {std::pair{s.strong, '*'}, std::pair{s.em, '_'}, std::pair{s.strike, '-'}})
      if (on) {
        before += sign;
        after.insert(after.begin(), sign);
      }
    out += text.substr(0, first) + before + text.substr(first, last - first + 1) + after + text.substr(last + 1);
  }
  // "h1." and "bq." at the beginning of a line are markup
  if (begins(out, "bq.") || (out.size() > 2 && out[0] == 'h' && out[1] >= '1' && out[1] <= '6' && out[2] == '.'))
    out.insert(0, gap);
  return out;
}

/// Whether "{code}", "{panel:title=x}" or the like begins here: what would end the block that it stands in. Nothing
/// else is acted on there.
bool ends_a_block(std::string_view text) {
  for (std::string_view name : {"code", "noformat", "panel", "quote", "color", "anchor"}) {
    auto there = text.substr(1, name.size());
    auto same = there.size() == name.size() && std::equal(there.begin(), there.end(), name.begin(), [](char a, char b) {
                  return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
                });
    auto behind = text.substr(std::min(1 + name.size(), text.size()), 1);
    if (same && (behind == "}" || behind == ":" || behind == "|"))
      return true;
  }
  return false;
}

std::string verbatim(std::string_view text) {
  auto out = std::string{};
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '{' && ends_a_block(text.substr(i, 12)))
      out += gap;
  }
  return out;
}

std::string joined(const std::vector<line>& lines) {
  auto out = std::string{};
  for (auto& l : lines)
    out += (out.empty() ? "" : "\n") + shown(l);
  return out;
}

/// With a space about each cell: an empty one is one, and no text follows the sign that could end a link's words.
std::string row_of(const std::vector<line>& cells, std::string_view sign) {
  auto out = std::string{sign};
  for (auto& c : cells)
    (out += " " + shown(c) + " ") += sign;
  return out;
}

std::string table_of(const block& b) {
  auto out = row_of(b.rows.front(), "||");
  for (std::size_t i = 1; i < b.rows.size(); ++i)
    out += "\n" + row_of(b.rows[i], "|");
  return out;
}

enum class quoted : std::uint8_t { no, yes };

/// What Jira's {code} calls a language; empty when it knows none of this name, which it would say in its place.
std::string_view formatter_of(std::string_view language) {
  constexpr std::pair<std::string_view, std::string_view> known[] = {
    {"bash", "bash"},   {"c", "c"},       {"c#", "c#"},     {"c++", "c++"},       {"cpp", "cpp"},
    {"cs", "c#"},       {"csharp", "c#"}, {"css", "css"},   {"go", "go"},         {"groovy", "groovy"},
    {"h", "c"},         {"hpp", "cpp"},   {"html", "html"}, {"java", "java"},     {"javascript", "javascript"},
    {"js", "js"},       {"json", "json"}, {"lua", "lua"},   {"perl", "perl"},     {"php", "php"},
    {"py", "python"},   {"r", "r"},       {"rb", "ruby"},   {"python", "python"}, {"ruby", "ruby"},
    {"scala", "scala"}, {"sh", "sh"},     {"shell", "sh"},  {"sql", "sql"},       {"swift", "swift"},
    {"xml", "xml"},     {"yaml", "yaml"}, {"yml", "yaml"}};
  for (auto& [name, formatter] : known)
    if (name == language)
      return formatter;
  return {};
}

/// A list goes on as long as no line is empty, and then it keeps its numbers, also behind the macros that stand between
/// two of its items. So what belongs to an item follows it at once. Tables, headings and rules are no macros: they end
/// the list, and the next one begins with 1 again, whatever its number, for which this markup has no sign.
bool can_follow_an_item(const block& b) {
  return b.is == block::kind::paragraph || b.is == block::kind::code || b.is == block::kind::quote;
}

/// Code that its writer put at the margin, between an item and the one with the next number, belongs to the first.
void hold_numbers_together(std::vector<block>& blocks) {
  constexpr auto none = -1;
  auto last = std::vector<int>(8, none); // by level: the number that the next item goes on from
  auto forget_from = [&](int level) { std::fill(last.begin() + level, last.end(), none); };
  auto at_margin = [](const block& b) {
    return b.is == block::kind::code && b.within == 0 && b.language != "markdown";
  };
  for (std::size_t at = 0; at < blocks.size(); ++at) {
    auto& b = blocks[at];
    if (is_list(b)) {
      forget_from(b.level);
      last[static_cast<std::size_t>(b.level)] = b.is == block::kind::ordered ? b.number : none;
    } else if (at_margin(b)) {
      auto next = at;
      while (next < blocks.size() && at_margin(blocks[next]))
        ++next;
      auto goes_on = next < blocks.size() && blocks[next].is == block::kind::ordered && blocks[next].number > 0 &&
                     last[static_cast<std::size_t>(blocks[next].level)] == blocks[next].number - 1;
      for (; goes_on && at < next; ++at)
        blocks[at].within = blocks[next].level;
      if (!goes_on)
        forget_from(0);
      at = next - 1;
    } else if (b.within == 0) {
      forget_from(0);
    }
  }
}

std::string code_of(const block& b) {
  if (auto formatter = formatter_of(b.language); !formatter.empty())
    return "{code:" + std::string{formatter} + "}\n" + verbatim(b.text) + "\n{code}";
  return "{noformat}\n" + verbatim(b.text) + "\n{noformat}";
}

std::string wiki_of(std::string_view markdown, quoted within) {
  auto out = std::string{};
  auto blocks = read_blocks(markdown);
  hold_numbers_together(blocks);
  auto signs = std::string{}; // of the levels of the list that is open, from the outermost
  auto behind_sign = false;   // of an item that begins with code
  for (auto& b : blocks) {
    auto belongs = !signs.empty() && b.within > 0 && can_follow_an_item(b);
    auto follows = !signs.empty() && (is_list(b) || belongs);
    if (!out.empty() && !behind_sign)
      out += follows ? "\n" : "\n\n";
    behind_sign = false;
    if (!is_list(b) && !belongs)
      signs.clear();
    switch (b.is) {
    case block::kind::paragraph: out += joined(b.lines); break;
    case block::kind::heading: out += "h" + std::to_string(b.level) + ". " + joined(b.lines); break;
    case block::kind::code:
      // Markdown of somebody else: read, and held together by its frame
      if (b.language == "markdown" && within == quoted::no && !belongs)
        out += "{panel}\n" + wiki_of(b.text, quoted::yes) + "\n{panel}";
      else
        out += code_of(b);
      break;
    case block::kind::bullet:
    case block::kind::ordered: {
      auto sign = b.is == block::kind::bullet ? '*' : '#';
      signs.resize(static_cast<std::size_t>(b.level), sign);
      signs.back() = sign;
      out += signs + " " + joined(b.lines);
      behind_sign = b.lines.front().empty();
      break;
    }
    case block::kind::quote: out += "{quote}\n" + joined(b.lines) + "\n{quote}"; break;
    case block::kind::rule: out += "----"; break;
    case block::kind::table: out += table_of(b); break;
    }
  }
  return out;
}

} // namespace

std::string wiki_of_markdown(std::string_view markdown) { return wiki_of(markdown, quoted::no); }

std::string wiki_comment(std::string_view markdown, std::string_view marker, std::size_t most) {
  auto end = "\n\n{anchor:hyakki:" + std::string{marker} + "}";
  auto out = std::string{};
  auto fits = [&](std::string_view part) {
    out = wiki_of_markdown(part);
    return out.size() + end.size() <= std::min(most, most_comment_bytes);
  };
  if (markdown.size() > most_markdown || !fits(markdown))
    out = wiki_of_markdown(longest_markdown_ends(markdown, most_markdown, left_out, fits));
  return out + end;
}

bool wiki_has_marker(std::string_view wiki, std::string_view marker) {
  return wiki.find("{anchor:hyakki:" + std::string{marker} + "}") != std::string_view::npos;
}

} // namespace hyakki::atlassian
