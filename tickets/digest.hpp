#pragma once
// A number that changes with a text. For telling changes apart that nobody seeks; no proof against who does. Not the
// same on every machine: for what is kept on this one. Inner header.

#include <cstdint>
#include <cstring>
#include <string_view>

namespace hyakki::tickets {

inline std::uint64_t digest(std::string_view text) {
  std::uint64_t sum = 0xcbf29ce484222325u ^ text.size();
  for (;;) {
    std::uint64_t part = 0;
    auto bytes = text.size() < sizeof part ? text.size() : sizeof part;
    std::memcpy(&part, text.data(), bytes);
    sum = (sum ^ part) * 0x9e3779b97f4a7c15u;
    sum ^= sum >> 29;
    if (bytes == text.size())
      return sum;
    text.remove_prefix(bytes);
  }
}

} // namespace hyakki::tickets
