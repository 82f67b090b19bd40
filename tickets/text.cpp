#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::tickets {

std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  auto first = byte(at);
  if (first < 0x80) {
    ++at;
    return first;
  }
  std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || at + more >= text.size()) {
    ++at;
    return std::nullopt;
  }
  char32_t c = first & (0x3F >> more);
  for (std::size_t i = 1; i <= more; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) {
      ++at;
      return std::nullopt;
    }
    c = (c << 6) | (byte(at + i) & 0x3F);
  }
  bool overlong = (more == 2 && c < 0x800) || (more == 3 && c < 0x10000);
  if (overlong || (c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF) {
    ++at;
    return std::nullopt;
  }
  at += more + 1;
  return c;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

std::optional<std::size_t> first_bad_byte(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] >= 0x20 && text[at] < 0x7F) {
      ++at;
      continue;
    }
    auto here = at;
    auto c = next_code_point(text, at);
    if (!c || (*c < 0x20 && *c != '\n' && *c != '\t' && *c != '\r') || *c == 0x7F)
      return here;
  }
  return std::nullopt;
}

cleaned clean_text(std::string_view text, std::size_t most) {
  auto out = cleaned{};
  out.text.reserve(text.size() < most ? text.size() : most);
  std::size_t at = 0;
  std::size_t count = 0;
  while (at < text.size()) {
    auto c = next_code_point(text, at).value_or(0xFFFD);
    bool control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0);
    if (control)
      continue;
    if (count == most) {
      out.cut = true;
      break;
    }
    append_utf8(out.text, c);
    ++count;
  }
  return out;
}

std::string printable(std::string_view text) {
  auto out = std::string{};
  for (char c : text.substr(0, 80))
    out += c >= 0x20 && c < 0x7F ? c : '?';
  if (text.size() > 80)
    out += "...";
  return out;
}

std::string folded(std::string_view text) {
  auto out = std::string{};
  fold_onto(out, text);
  return out;
}

void fold_onto(std::string& out, std::string_view text) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c; };
  for (std::size_t at = 0; at < text.size();) {
    auto start = at;
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80)
      ++at;
    auto end = out.size();
    out.append(text, start, at - start);
    std::transform(out.begin() + static_cast<std::ptrdiff_t>(end), out.end(),
                   out.begin() + static_cast<std::ptrdiff_t>(end), lower);
    if (at == text.size())
      return;
    start = at;
    auto c = next_code_point(text, at);
    if (!c) {
      out += text.substr(start, at - start);
      continue;
    }
    bool latin = *c >= 0xC0 && *c <= 0xDE && *c != 0xD7;
    bool greek = *c >= 0x391 && *c <= 0x3A9;
    bool cyrillic = *c >= 0x410 && *c <= 0x42F;
    // Two runs of Latin Extended-A have the small letter on the odd place, two on the even one.
    bool even_upper = (*c >= 0x100 && *c <= 0x137 && *c != 0x130) || (*c >= 0x14A && *c <= 0x177);
    bool odd_upper = (*c >= 0x139 && *c <= 0x148) || (*c >= 0x179 && *c <= 0x17E);
    append_utf8(out, latin || greek || cyrillic   ? *c + 0x20
                     : *c >= 0x400 && *c <= 0x40F ? *c + 0x50
                     : even_upper && *c % 2 == 0  ? *c + 1
                     : odd_upper && *c % 2 == 1   ? *c + 1
                                                  : *c);
  }
}

std::string_view stripped(std::string_view text) {
  constexpr auto blanks = " \t\n\r\v\f";
  auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string without_name(std::string_view text) {
  auto named = text.substr(0, room_name.size()) == room_name;
  return std::string{text.substr(named ? room_name.size() : 0)};
}

} // namespace hyakki::tickets
