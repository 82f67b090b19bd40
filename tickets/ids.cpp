#include "tickets/ids.hpp"

#include "tickets/text.hpp"

#include <array>
#include <cstdint>

#include <sys/random.h>

namespace hyakki::tickets {
namespace {

bool is_upper_word(char32_t c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

char32_t raised(char32_t c) { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; }

/// Part of a word: ASCII letters, digits and the underscore; of the rest everything but the common punctuation and
/// blanks (U+2000..U+206F, U+3000..U+303F, Latin-1 signs).
bool in_word(char32_t c) {
  if (c < 0x80)
    return is_upper_word(raised(c)) || c == '_';
  if (c < 0xC0)
    return c == 0xAA || c == 0xB5 || c == 0xBA;
  bool sign = c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c <= 0x206F) || (c >= 0x20A0 && c <= 0x20CF) ||
              (c >= 0x2190 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x3004) || (c >= 0x3008 && c <= 0x3020) ||
              (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xFF01 && c <= 0xFF0F) || (c >= 0x1F000 && c <= 0x1FAFF);
  return !sign;
}

std::string random_text(std::string_view letters, std::size_t count) {
  auto bytes = std::array<unsigned char, 32>{};
  std::size_t have = 0;
  while (have < count)
    if (auto n = ::getrandom(bytes.data() + have, count - have, 0); n > 0)
      have += static_cast<std::size_t>(n);
  auto out = std::string{};
  for (std::size_t i = 0; i < count; ++i)
    out += letters[bytes[i] % letters.size()]; // 16 and 32 divide 256
  return out;
}

} // namespace

std::string id_prefix(std::string_view title, std::size_t most, std::string_view fallback) {
  auto out = std::string{};
  bool inside = false;
  for (std::size_t at = 0; at < title.size();) {
    auto c = next_code_point(title, at).value_or(' ');
    if (!in_word(c)) {
      if (inside)
        break;
      continue;
    }
    inside = true;
    if (out.size() < most && is_upper_word(raised(c)))
      out += static_cast<char>(raised(c));
  }
  return out.empty() ? std::string{fallback} : out;
}

std::string agent_id_stem(std::string_view name) {
  auto out = std::string{};
  for (char c : name) {
    auto up = raised(static_cast<unsigned char>(c));
    if (is_upper_word(up))
      out += static_cast<char>(up);
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (!out.empty() && out.back() == '-')
    out.pop_back();
  return "AGENT-" + (out.empty() ? std::string{"AGENT"} : out.substr(0, 16));
}

std::string random_record_id() { return random_text("0123456789abcdef", 8); }
std::string random_task_id() { return random_text("0123456789ABCDEF", 8); }
std::string random_ticket_part() { return random_text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 8); }

numbered_id split_id(std::string_view id) {
  auto dash = id.rfind('-');
  if (dash == std::string_view::npos || dash + 1 == id.size() || id.size() - dash - 1 > 18 || id[dash + 1] == '0')
    return {id, 0};
  std::uint64_t n = 0;
  for (char c : id.substr(dash + 1)) {
    if (c < '0' || c > '9')
      return {id, 0};
    n = n * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return {id.substr(0, dash), n};
}

} // namespace hyakki::tickets
