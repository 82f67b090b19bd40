#include "cli/tickets/tui/glyph.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <clocale>
#include <cwchar>

namespace hyakki::ticket_tui {
namespace {

constexpr auto stranger = "\xEF\xBF\xBD";
constexpr int most_marks = 4; ///< as many as curses keeps in a cell

/// wcwidth by the tables of UTF-8, whatever the locale of the process.
int width_of(char32_t c) {
  static const auto tables = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (tables == nullptr)
    return -1;
  auto before = ::uselocale(tables);
  auto width = ::wcwidth(static_cast<wchar_t>(c));
  ::uselocale(before);
  return width;
}

/// Joiners and what picks another picture for the character before.
bool restyles(char32_t c) { return (c >= 0x200b && c <= 0x200d) || (c >= 0xfe00 && c <= 0xfe0f) || c == 0x2060; }

struct point {
  char32_t code;
  std::size_t bytes;
  int columns; ///< -1 = not to be shown
};

point first_point(std::string_view text) {
  auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80)
    return {lead, 1, lead >= 0x20 && lead != 0x7f ? 1 : -1};
  std::size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  auto bytes = text.substr(0, size);
  if (bytes.size() < size || !valid_utf8(bytes))
    return {0xfffd, 1, -1};
  auto code = static_cast<char32_t>(lead & (0xff >> (size + 1)));
  for (auto c : bytes.substr(1))
    code = code << 6 | (static_cast<unsigned char>(c) & 0x3f);
  return {code, size, printable(bytes) == bytes ? width_of(code) : -1};
}

} // namespace

glyph first_glyph(std::string_view text) {
  auto p = first_point(text);
  auto out = glyph{std::string{text.substr(0, p.bytes)}, p.bytes, std::max(p.columns, 0)};
  if (p.columns < 0) {
    out.text = stranger;
    out.columns = 1;
    return out;
  }
  if (restyles(p.code))
    return {"", p.bytes, 0};
  if (out.columns == 0) { // a mark upon nothing
    out.text = " " + out.text;
    out.columns = 1;
  }
  // A letter of ASCII with ASCII behind it, as nearly all are, needs no look at what follows.
  for (int marks = 0; out.bytes < text.size() && static_cast<unsigned char>(text[out.bytes]) >= 0x80;) {
    auto next = first_point(text.substr(out.bytes));
    if (next.columns != 0)
      break;
    if (!restyles(next.code) && marks < most_marks) {
      out.text += text.substr(out.bytes, next.bytes);
      ++marks;
    }
    out.bytes += next.bytes;
  }
  return out;
}

int columns(std::string_view text) {
  int out = 0;
  while (!text.empty()) {
    auto g = first_glyph(text);
    out += g.columns;
    text.remove_prefix(g.bytes);
  }
  return out;
}

std::vector<std::string> wrapped(std::string_view line, int width) {
  auto out = std::vector<std::string>{};
  width = std::max(width, 2);
  auto indent = std::min(line.find_first_not_of(' '), line.size());
  if (indent > static_cast<std::size_t>(width) / 2 || indent + 2 > static_cast<std::size_t>(width))
    indent = 0; // and a wide character must fit behind it
  auto lead = std::string(indent, ' ');
  auto rest = line;
  while (true) {
    auto head = out.empty() ? std::string{} : lead;
    int used = static_cast<int>(head.size());
    std::size_t end = 0, blank = 0; // where the line ends, and its last blank
    while (end < rest.size()) {
      auto g = first_glyph(rest.substr(end));
      if (used + g.columns > width)
        break;
      if (rest[end] == ' ' && end > indent)
        blank = end;
      used += g.columns;
      end += g.bytes;
    }
    if (end < rest.size() && rest[end] == ' ')
      blank = end;
    if (end < rest.size() && blank != 0)
      end = blank;
    out.push_back(head + std::string{rest.substr(0, end)});
    out.back().resize(out.back().find_last_not_of(' ') + 1);
    rest.remove_prefix(end);
    if (rest.empty())
      return out;
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (rest.empty())
      return out;
  }
}

} // namespace hyakki::ticket_tui
