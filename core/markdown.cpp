#include "core/markdown.hpp"

#include "core/ascii.hpp"
#include "core/install_hints.hpp"
#include "core/keep_ends.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki {
namespace {

constexpr std::string_view zero_width = "\xE2\x80\x8B";

bool name_sign(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool letter(char c) { return name_sign(c) && c != '_' && c != '-' && static_cast<unsigned char>(c) < 0x80; }

std::size_t longest_run(std::string_view text, char of) {
  std::size_t longest = 0, run = 0;
  for (auto c : text) {
    run = c == of ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

/// "GH-12", which GitHub takes for "#12".
bool is_old_reference(std::string_view before) {
  auto n = before.size();
  return n >= 2 && (before[n - 2] == 'G' || before[n - 2] == 'g') && (before[n - 1] == 'H' || before[n - 1] == 'h') &&
         (n == 2 || !name_sign(before[n - 3]));
}

/// True when the colon at `i` stands in the full address of an issue or a pull request,
/// "https://host/owner/repo/issues/12", which GitHub takes for "owner/repo#12". Any host may be an Enterprise's.
bool is_issue_address(std::string_view text, std::size_t i) {
  auto scheme = [&](std::string_view name) {
    return i >= name.size() && same_letters(text.substr(i - name.size(), name.size()), name);
  };
  if (text.substr(i, 3) != "://" || !(scheme("http") || scheme("https")))
    return false;
  auto rest = text.substr(i + 3, 400);
  for (int part = 0; part < 3; ++part) { // host, owner, repository
    auto end = rest.find_first_of("/ \t\r\n");
    if (end == 0 || end == std::string_view::npos || rest[end] != '/')
      return false;
    rest.remove_prefix(end + 1);
  }
  auto kind = rest.substr(0, rest.find('/'));
  auto number = rest.substr(std::min(kind.size() + 1, rest.size()), 1);
  return (same_letters(kind, "issues") || same_letters(kind, "pull") || same_letters(kind, "pulls")) &&
         !number.empty() && number[0] >= '0' && number[0] <= '9';
}

/// True for the @ at `i` of a command that we advise, word for word: it is to be copied. A stranger who writes just
/// that calls no person with it.
bool is_advice(std::string_view text, std::size_t i) {
  auto before = npm_install.size();
  if (i < before || text.substr(i - before, before) != npm_install)
    return false;
  return std::any_of(npm_packages.begin(), npm_packages.end(), [&](std::string_view name) {
    auto behind = i + name.size();
    return text.substr(i, name.size()) == name &&
           (behind >= text.size() || !(name_sign(text[behind]) || text[behind] == '/' || text[behind] == '@'));
  });
}

/// True when the sign at `i` begins a call to somebody or a reference.
bool calls(std::string_view text, std::size_t i) {
  if (i + 1 >= text.size())
    return false;
  auto next = text[i + 1];
  if (text[i] == '@')
    return name_sign(next) && !is_advice(text, i);
  if (next < '0' || next > '9')
    return false;
  return text[i] == '#' || text[i] == '!' || (text[i] == '-' && is_old_reference(text.substr(0, i)));
}

} // namespace

std::string without_mentions(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (calls(text, i) || is_issue_address(text, i))
      out += zero_width;
  }
  return out;
}

std::string markdown_escape(std::string_view raw) {
  auto text = clean_line(raw);
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (auto c = text[i]) {
    case '_': // within a word it is a letter
      out += i > 0 && i + 1 < text.size() && letter(text[i - 1]) && letter(text[i + 1]) ? "_" : "\\_";
      break;
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '\\':
    case '`':
    case '*':
    case '{':
    case '}':
    case '[':
    case ']':
    case '(':
    case ')':
    case '#':
    case '+':
    case '!':
    case '|':
    case '~': out += {'\\', c}; break;
    default:
      // a list, a rule, a heading or a numbered item begins a line; a bare address becomes a link by its colon
      if (i == 0 && (c == '-' || c == '='))
        out += '\\';
      if (c == '.' && i > 0 && text.substr(0, i).find_first_not_of("0123456789") == std::string::npos)
        out += '\\';
      out += c;
      if (c == ':' && text.compare(i, 3, "://") == 0)
        out += zero_width;
    }
    if (calls(text, i))
      out += zero_width;
  }
  return out;
}

std::string markdown_fence(std::string_view text, std::size_t most, std::string_view language) {
  auto body = keep_ends(clean_text(text), most);
  body = without_mentions(body);
  std::string fence(std::max<std::size_t>(3, longest_run(body, '`') + 1), '`');
  return fence + std::string{language} + "\n" + body + (body.empty() || body.back() == '\n' ? "" : "\n") + fence;
}

std::string markdown_code(std::string_view text) {
  auto body = without_mentions(clean_line(text));
  std::replace(body.begin(), body.end(), '|', '/'); // a table cell ends at a bar, even in code
  std::string ticks(longest_run(body, '`') + 1, '`');
  if (body.empty())
    return "-";
  auto pad = body.front() == '`' || body.back() == '`' ? " " : "";
  return ticks + pad + body + pad + ticks;
}

std::string markdown_link(std::string_view text, std::string_view address) {
  auto scheme = address.substr(0, 8) == "https://" || address.substr(0, 7) == "http://";
  auto plain = std::all_of(address.begin(), address.end(), [](char c) {
    return c > 0x20 && c < 0x7F && c != '<' && c != '>' && c != '\\' && c != '|' && c != '`' && c != '"';
  });
  if (!scheme || !plain || address.size() > 2000) {
    // A path on this machine is no link; as code it can be copied as it stands.
    if (text == address && plain && !text.empty())
      return "`" + std::string{text} + "`";
    return markdown_escape(text);
  }
  // A link of our own leads where it says, to an issue as well; only a name or a number in it is not written as it is.
  auto calling = false;
  for (std::size_t i = 0; i < address.size(); ++i)
    calling = calling || calls(address, i);
  if (text == address && !calling)
    return "<" + std::string{address} + ">";
  return "[" + markdown_escape(text) + "](<" + std::string{address} + ">)";
}

} // namespace hyakki
