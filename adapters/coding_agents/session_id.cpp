#include "adapters/coding_agents/session_id.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace hyakki {

namespace {

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_dash_place(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

} // namespace

std::string new_session_id() {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t done = 0; done < bytes.size();) {
    auto n = ::getrandom(bytes.data() + done, bytes.size() - done, 0);
    if (n > 0)
      done += static_cast<std::size_t>(n);
    else if (errno != EINTR)
      break; // not on any kernel that has pidfds
  }
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (auto b : bytes) {
    if (is_dash_place(text.size()))
      text += '-';
    text += digits[b >> 4];
    text += digits[b & 15];
  }
  return text;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36)
    return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (is_dash_place(i) ? text[i] != '-' : !is_hex(text[i]))
      return false;
  return true;
}

bool is_safe_session(std::string_view text) {
  return !text.empty() && text.size() <= 200 && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
                  c == '.' || c == ':';
         });
}

} // namespace hyakki
