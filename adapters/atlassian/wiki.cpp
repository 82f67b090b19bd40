#include "adapters/atlassian/wiki.hpp"

#include "adapters/atlassian/blocks.hpp"
#include "adapters/atlassian/longest_cut.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace hyakki::atlassian {
namespace {

constexpr std::string_view gap = "\xE2\x80\x8B";
constexpr std::size_t most_comment_bytes = 32'000; // Jira takes 32,767 characters
constexpr std::size_t most_markdown = 200'000;     // that is looked at for a comment

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }
bool alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// Text in which nothing is markup. A backslash is written as an entity: what follows it may be markup of ours.
std::string escaped(std::string_view text) {
  auto out = std::string{};
  out.reserve(text.size() + text.size() / 8);
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    auto within = i > 0 && i + 1 < text.size() && alnum(text[i - 1]) && alnum(text[i + 1]);
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

bool is_list(const block& b) { return b.is == block::kind::bullet || b.is == block::kind::ordered; }

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
  auto note = std::string{};
  auto fits = [&](std::string_view part) {
    out = wiki_of_markdown(part);
    return out.size() + note.size() + end.size() <= std::min(most, most_comment_bytes);
  };
  if (markdown.size() > most_markdown || !fits(markdown)) {
    note = "\n\n_(cut here: a comment in Jira holds no more)_";
    out = wiki_of_markdown(longest_cut(markdown, most_markdown, fits));
  }
  return out + note + end;
}

bool wiki_has_marker(std::string_view wiki, std::string_view marker) {
  return wiki.find("{anchor:hyakki:" + std::string{marker} + "}") != std::string_view::npos;
}

namespace {

/// One line of wiki markup without its beginning. What is not understood stays as it is written.
std::string inline_markdown(std::string_view text) {
  auto out = std::string{}, plain = std::string{};
  auto flush = [&] {
    out += plain_to_markdown(plain);
    plain.clear();
  };
  auto open = std::string{}; // the signs that are open, the last one innermost
  constexpr auto ahead = std::size_t{2000};
  for (std::size_t i = 0; i < text.size();) {
    auto rest = text.substr(i);
    auto near = rest.substr(0, ahead);
    auto c = rest[0];
    auto before = i > 0 ? text[i - 1] : ' ';
    if (begins(rest, "\\\\")) {
      flush();
      out += "  \n";
      i += 2;
    } else if (c == '\\' && rest.size() > 1 && !alnum(rest[1]) && rest[1] != ' ') {
      plain += rest[1];
      i += 2;
    } else if (begins(rest, "{{") && near.find("}}", 2) != std::string_view::npos && near.find("}}", 2) > 2) {
      flush();
      auto end = near.find("}}", 2);
      auto code = std::string{near.substr(2, end - 2)};
      auto ticks = code.find('`') == std::string::npos ? std::string{"`"} : std::string{"``` "};
      out += code.find("```") == std::string::npos ? ticks + code + std::string(ticks.rbegin(), ticks.rend())
                                                   : plain_to_markdown(code);
      i += end + 2;
    } else if (c == '{' && near.find('}') != std::string_view::npos &&
               std::any_of(near.begin() + 1, near.begin() + 2, [](char x) { return alnum(x); })) {
      auto name = near.substr(1, near.find_first_of(":}") - 1);
      auto known = name == "color" || name == "anchor" || name == "panel" || name == "quote" || name == "code" ||
                   name == "noformat";
      if (!known)
        plain += near.substr(0, near.find('}') + 1);
      i += near.find('}') + 1;
    } else if (c == '[' && near.find(']') != std::string_view::npos && near.find(']') > 1) {
      auto end = near.find(']');
      auto inside = near.substr(1, end - 1);
      auto bar = inside.find('|');
      auto words = inside.substr(0, bar);
      auto address = bar == std::string_view::npos ? inside : inside.substr(bar + 1);
      address = address.substr(0, address.find('|'));
      if (is_link(address)) {
        flush();
        out += bar == std::string_view::npos ? "<" + std::string{address} + ">"
                                             : "[" + plain_to_markdown(words) + "](" + std::string{address} + ")";
      } else if (begins(inside, "~")) {
        plain += inside.substr(1); // a person, by name
      } else if (begins(inside, "^")) {
        plain += "(attachment: " + std::string{inside.substr(1)} + ")";
      } else {
        plain += near.substr(0, end + 1);
      }
      i += end + 1;
    } else if (c == '!' && !alnum(before) && near.size() > 1 && near[1] != ' ' &&
               near.substr(1, 200).find('!') != std::string_view::npos && near.find('!', 1) > 1 &&
               near.substr(0, near.find('!', 1)).find('.') != std::string_view::npos) {
      auto end = near.find('!', 1);
      auto inside = near.substr(1, end - 1);
      plain += "(image: " + std::string{inside.substr(0, inside.find('|'))} + ")";
      i += end + 1;
    } else if ((c == '*' || c == '_') &&
               (!open.empty() && open.back() == c
                  ? before != ' ' && (rest.size() == 1 || !alnum(rest[1]))
                  : open.find(c) == std::string::npos && !alnum(before) && rest.size() > 1 && rest[1] != ' ' &&
                      near.find(c, 1) != std::string_view::npos && near.find(c, 1) > 1)) {
      flush();
      if (!open.empty() && open.back() == c)
        open.pop_back();
      else
        open += c;
      out += c == '*' ? "**" : "_";
      ++i;
    } else {
      plain += c;
      ++i;
    }
  }
  flush();
  for (; !open.empty(); open.pop_back())
    out += open.back() == '*' ? "**" : "_";
  return out;
}

std::string fenced(std::string_view language, std::string_view text) {
  auto longest = std::size_t{0}, run = std::size_t{0};
  for (auto c : text)
    longest = std::max(longest, run = c == '`' ? run + 1 : 0);
  auto fence = std::string(std::max<std::size_t>(3, longest + 1), '`');
  auto word = std::all_of(language.begin(), language.end(), alnum) ? std::string{language.substr(0, 20)} : "";
  return fence + word + "\n" + std::string{text} + (text.empty() || text.back() == '\n' ? "" : "\n") + fence + "\n";
}

/// Where a cell ends: at a bar that is no text and not within a link.
std::size_t end_of_cell(std::string_view text) {
  constexpr auto ahead = std::size_t{2000};
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '|')
      return at;
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '[') {
      auto near = text.substr(at, ahead);
      auto close = near.find(']');
      auto bar = near.substr(0, close).find('|');
      if (close != std::string_view::npos && bar != std::string_view::npos &&
          is_link(near.substr(bar + 1, near.find_first_of("|]", bar + 1) - bar - 1)))
        at += close;
    }
  }
  return std::string_view::npos;
}

std::string table_row(std::string_view text) {
  auto head = begins(text, "||");
  auto sign = std::string_view{head ? "||" : "|"};
  auto out = std::string{"|"}, rule = std::string{"|"};
  text.remove_prefix(sign.size());
  while (!text.empty()) {
    auto end = end_of_cell(text);
    out += " " + in_cell(inline_markdown(text.substr(0, end))) + " |";
    rule += " --- |";
    text.remove_prefix(std::min(end, text.size()));
    text.remove_prefix(begins(text, sign) ? sign.size() : std::min<std::size_t>(1, text.size()));
  }
  return head ? out + "\n" + rule : out;
}

/// Where code begins in a line, and what of it is said there.
struct code_macro {
  std::size_t at = std::string_view::npos, behind = 0; ///< its first sign, and the first of the code
  std::string_view end;                                ///< the macro that ends it: its own, whatever stands before
  std::string_view language;
};

code_macro first_code(std::string_view text) {
  constexpr auto ahead = std::size_t{2000};
  for (auto at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    if (at > 0 && (text[at - 1] == '\\' || text[at - 1] == '{'))
      continue;
    for (std::string_view end : {"{code}", "{noformat}"}) {
      auto name = end.substr(0, end.size() - 1);
      if (!begins(text.substr(at), name))
        continue;
      auto words = text.substr(at + name.size(), ahead);
      auto close = words.find('}');
      if (close != std::string_view::npos && (close == 0 || words[0] == ':'))
        return {at, at + name.size() + close + 1, end, words.substr(0, close).substr(close == 0 ? 0 : 1)};
    }
  }
  return {};
}

/// One line outside of code.
std::string line_markdown(std::string_view text, bool& quoted) {
  auto stripped = text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
  if (begins(stripped, "{quote}")) {
    quoted = !quoted;
    stripped.remove_prefix(7);
    if (stripped.empty())
      return {};
  }
  auto prefix = std::string{quoted ? "> " : ""};
  auto signs = std::min(stripped.find_first_not_of("*#-"), stripped.size());
  if (stripped.size() > 3 && stripped[0] == 'h' && stripped[1] >= '1' && stripped[1] <= '6' && stripped[2] == '.') {
    auto words = stripped.substr(3);
    return prefix + std::string(static_cast<std::size_t>(stripped[1] - '0'), '#') + " " +
           inline_markdown(words.substr(std::min(words.find_first_not_of(' '), words.size()))) + "\n";
  }
  if (begins(stripped, "bq. "))
    return "> " + inline_markdown(stripped.substr(4)) + "\n";
  if (signs >= 4 && signs == stripped.size())
    return "\n---\n";
  if (signs > 0 && signs <= 10 && signs < stripped.size() && stripped[signs] == ' ')
    return prefix + std::string((signs - 1) * 3, ' ') + (stripped[signs - 1] == '#' ? "1. " : "- ") +
           inline_markdown(stripped.substr(signs + 1)) + "\n";
  if (begins(stripped, "|") && stripped.size() > 1)
    return table_row(stripped) + "\n";
  return prefix + inline_markdown(stripped) + "\n";
}

} // namespace

std::string markdown_of_wiki(std::string_view wiki, std::size_t most) {
  auto clean = clean_text(cut_utf8(wiki, most));
  auto rest = std::string_view{clean};
  auto out = std::string{}, code = std::string{};
  auto macro = code_macro{}; // the one that is open, when it has an end
  auto quoted = false;
  while (!rest.empty()) {
    auto end = rest.find('\n');
    auto text = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    auto is_code = false; // something of this line
    for (;;) {
      if (macro.end.empty()) {
        auto next = first_code(text);
        if (next.end.empty())
          break;
        if (text.substr(0, next.at).find_first_not_of(" \t") < next.at)
          out += line_markdown(text.substr(0, next.at), quoted);
        text.remove_prefix(next.behind);
        macro = next;
        code.clear();
        is_code = true;
        if (text.empty())
          break;
      }
      auto close = text.find(macro.end);
      code += std::string{text.substr(0, close)} + "\n";
      is_code = true;
      if (close == std::string_view::npos)
        break;
      code.erase(code.find_last_not_of('\n') + 1);
      out += fenced(macro.language, code);
      text.remove_prefix(close + macro.end.size());
      macro = {};
      if (text.empty())
        break;
    }
    if (macro.end.empty() && !(is_code && text.empty()))
      out += line_markdown(text, quoted);
  }
  if (!macro.end.empty())
    out += fenced(macro.language, code);
  while (!out.empty() && out.back() == '\n')
    out.pop_back();
  if (wiki.size() > most)
    out += cut_note;
  return out;
}

} // namespace hyakki::atlassian
