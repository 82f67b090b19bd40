#include "adapters/atlassian/wiki.hpp"

#include "adapters/atlassian/blocks.hpp"
#include "core/ascii.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <vector>

namespace hyakki::atlassian {
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
    } else if (c == '\\' && rest.size() > 1 && !letter_or_digit(rest[1]) && rest[1] != ' ') {
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
               std::any_of(near.begin() + 1, near.begin() + 2, [](char x) { return letter_or_digit(x); })) {
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
    } else if (c == '!' && !letter_or_digit(before) && near.size() > 1 && near[1] != ' ' &&
               near.substr(1, 200).find('!') != std::string_view::npos && near.find('!', 1) > 1 &&
               near.substr(0, near.find('!', 1)).find('.') != std::string_view::npos) {
      auto end = near.find('!', 1);
      auto inside = near.substr(1, end - 1);
      plain += "(image: " + std::string{inside.substr(0, inside.find('|'))} + ")";
      i += end + 1;
    } else if ((c == '*' || c == '_') &&
               (!open.empty() && open.back() == c
                  ? before != ' ' && (rest.size() == 1 || !letter_or_digit(rest[1]))
                  : open.find(c) == std::string::npos && !letter_or_digit(before) && rest.size() > 1 &&
                      rest[1] != ' ' && near.find(c, 1) != std::string_view::npos && near.find(c, 1) > 1)) {
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
  auto word = std::all_of(language.begin(), language.end(), letter_or_digit) ? std::string{language.substr(0, 20)} : "";
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
