#include "core/utf8.hpp"

#include <cstdint>

namespace hyakki {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct point {
  std::uint32_t code = 0;
  std::size_t size = 1; // bytes; for a malformed one, how many to skip
  bool good = false;
};

point read(std::string_view t, std::size_t i) {
  auto at = [&](std::size_t n) { return static_cast<unsigned char>(t[n]); };
  auto b = at(i);
  if (b < 0x80)
    return {b, 1, true};
  std::size_t size = b >= 0xF0 && b <= 0xF4 ? 4 : b >= 0xE0 && b < 0xF0 ? 3 : b >= 0xC2 && b < 0xE0 ? 2 : 0;
  if (size == 0)
    return {b, 1, false};
  std::uint32_t code = b & (0xFFu >> (size + 1));
  for (std::size_t n = 1; n < size; ++n) {
    if (i + n >= t.size() || (at(i + n) & 0xC0) != 0x80)
      return {b, n, false};
    // the first continuation byte rules out overlong forms, surrogates and what lies beyond U+10FFFF
    auto c = at(i + n);
    if (n == 1 &&
        ((b == 0xE0 && c < 0xA0) || (b == 0xED && c > 0x9F) || (b == 0xF0 && c < 0x90) || (b == 0xF4 && c > 0x8F)))
      return {b, 1, false};
    code = code << 6 | (c & 0x3Fu);
  }
  return {code, size, true};
}

bool hostile(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F || c == 0x2028 ||
         c == 0x2029 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

/// Past the end of an ANSI sequence that starts with ESC at `i`. A string that is never closed swallows only its
/// line, so that one stray byte cannot hide the rest of a text.
std::size_t skip_ansi(std::string_view t, std::size_t i) {
  if (++i >= t.size())
    return i;
  auto kind = t[i++];
  if (kind == '[') {
    while (i < t.size() && t[i] >= 0x20 && t[i] <= 0x3F)
      ++i;
    return i < t.size() && t[i] >= 0x40 && t[i] <= 0x7E ? i + 1 : i;
  }
  if (kind == ']' || kind == 'P' || kind == '_' || kind == '^' || kind == 'X') {
    for (; i < t.size() && t[i] != '\n'; ++i) {
      if (t[i] == '\a')
        return i + 1;
      if (t[i] == '\x1b' && i + 1 < t.size() && t[i + 1] == '\\')
        return i + 2;
    }
    return i;
  }
  return kind >= 0x20 && kind <= 0x7E ? i : i - 1;
}

std::string clean(std::string_view text, bool lines) {
  std::string out;
  out.reserve(text.size());
  bool space = false; // one is owed; never at the beginning
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\x1b') {
      i = skip_ansi(text, i);
      continue;
    }
    auto p = read(text, i);
    auto piece = text.substr(i, p.size);
    i += p.size;
    if (!p.good)
      piece = replacement;
    else if (lines && p.code == '\r') {
      if (i < text.size() && text[i] == '\n')
        continue;
      piece = "\n";
    } else if (lines && (p.code == '\n' || p.code == '\t')) {
      // kept
    } else if (!lines &&
               (p.code == ' ' || (p.code >= '\t' && p.code <= '\r') || p.code == 0x2028 || p.code == 0x2029)) {
      space = !out.empty();
      continue;
    } else if (hostile(p.code))
      continue;
    if (space)
      out += ' ';
    space = false;
    out += piece;
  }
  return out;
}

void escape(std::string& out, std::uint32_t code) {
  constexpr char digit[] = "0123456789abcdef";
  switch (code) {
  case '\n': out += "\\n"; return;
  case '\r': out += "\\r"; return;
  case '\t': out += "\\t"; return;
  default: break;
  }
  if (code < 0x100) {
    out += {'\\', 'x', digit[code >> 4], digit[code & 15]};
    return;
  }
  out += code > 0xFFFF ? "\\U" : "\\u";
  for (int shift = code > 0xFFFF ? 28 : 12; shift >= 0; shift -= 4)
    out += digit[code >> shift & 15];
}

} // namespace

bool valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto p = read(text, i);
    if (!p.good)
      return false;
    i += p.size;
  }
  return true;
}

std::string repair_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    auto p = read(text, i);
    out += p.good ? text.substr(i, p.size) : replacement;
    i += p.size;
  }
  return out;
}

std::string_view cut_utf8(std::string_view text, std::size_t most) {
  if (text.size() <= most)
    return text;
  auto end = most;
  // at most three continuation bytes belong to a code point; malformed text is cut where it stands
  for (int back = 0; back < 3 && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80; ++back)
    --end;
  if ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    end = most;
  return text.substr(0, end);
}

std::string cut_with_note(std::string_view text, std::size_t most, std::string_view note) {
  if (text.size() <= most)
    return std::string{text};
  auto room = most > note.size() ? most - note.size() : 0;
  return std::string{cut_utf8(text, room)} + std::string{cut_utf8(note, most)};
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    auto p = read(text, i);
    if (!p.good)
      for (std::size_t n = 0; n < p.size; ++n)
        escape(out, static_cast<unsigned char>(text[i + n]));
    else if (hostile(p.code))
      escape(out, p.code);
    else
      out += text.substr(i, p.size);
    i += p.size;
  }
  return out;
}

std::string clean_line(std::string_view text) { return clean(text, false); }

std::string clean_text(std::string_view text) { return clean(text, true); }

} // namespace hyakki
