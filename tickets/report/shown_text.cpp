#include "tickets/report/shown_text.hpp"

#include "tickets/text.hpp"

#include <array>

namespace hyakki::tickets {
namespace {

struct range {
  char32_t first, last;
};

/// Shown as nothing, but not without effect: direction of writing, line breaks of their own, tags, annotations.
constexpr std::array steering{
  range{0x00AD, 0x00AD},     range{0x061C, 0x061C}, range{0x180E, 0x180E},   range{0x200B, 0x200B},
  range{0x200E, 0x200F},     range{0x202A, 0x202E}, range{0x2060, 0x206F},   range{0xFEFF, 0xFEFF},
  range{0xFFF9, 0xFFFB},     range{0xFFFE, 0xFFFF}, range{0x1D173, 0x1D17A}, range{0xE0000, 0xE0FFF},
  range{0x10FFFE, 0x10FFFF},
};

constexpr std::array stacking{range{0x0300, 0x036F}, range{0x0483, 0x0489}, range{0x1AB0, 0x1AFF},
                              range{0x1DC0, 0x1DFF}, range{0x20D0, 0x20FF}, range{0xFE20, 0xFE2F}};

template <std::size_t N>
bool among(const std::array<range, N>& ranges, char32_t c) {
  for (auto& r : ranges)
    if (c >= r.first && c <= r.last)
      return true;
  return false;
}

bool blank(char32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x2028 || c == 0x2029 || c == 0x3000;
}

} // namespace

std::string shown_text(std::string_view text, std::size_t most) {
  auto out = std::string{};
  std::size_t count = 0;
  int stacked = 0;
  bool gap = false;
  // A megabyte of blanks or of dropped characters is not worth reading to its end.
  auto readable = text.substr(0, most * 16 + 64);
  bool whole = readable.size() == text.size();
  if (!whole) {
    // Not in the middle of a character.
    while (!readable.empty() && (static_cast<unsigned char>(readable.back()) & 0xC0U) == 0x80U)
      readable.remove_suffix(1);
    if (!readable.empty())
      readable.remove_suffix(1);
  }
  for (std::size_t at = 0; at < readable.size();) {
    auto c = next_code_point(readable, at).value_or(0xFFFD);
    if (blank(c)) {
      gap = true;
      continue;
    }
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0xAD && among(steering, c)))
      continue;
    stacked = c >= 0x0300 && among(stacking, c) ? stacked + 1 : 0;
    if (stacked > 4)
      continue;
    if (count == most) {
      whole = false;
      break;
    }
    if (gap && !out.empty()) {
      out += ' ';
      ++count;
    }
    gap = false;
    append_utf8(out, c);
    ++count;
  }
  if (!whole)
    out += "\xE2\x80\xA6";
  return out;
}

} // namespace hyakki::tickets
