#pragma once
// A number that changes with a text. For telling changes apart that nobody seeks; no proof against who does. Not the
// same on every machine: for what is kept on this one. Inner header.

#include <cstdint>
#include <cstring>
#include <string_view>

namespace hyakki::tickets {

inline std::uint64_t digest(std::string_view text) {
  constexpr std::uint64_t factor = 0x9e3779b97f4a7c15u;
  auto add = [](std::uint64_t& sum, std::uint64_t part) {
    sum = (sum ^ part) * factor;
    sum ^= sum >> 29;
  };
  std::uint64_t sum = 0xcbf29ce484222325u ^ text.size();
  std::uint64_t part = 0;
  if (std::uint64_t lanes[] = {sum, ~sum, sum << 1, sum >> 1}; text.size() >= 2 * sizeof lanes) {
    // Four sums side by side: one alone would wait for each of its multiplications.
    for (; text.size() >= sizeof lanes; text.remove_prefix(sizeof lanes))
      for (std::size_t i = 0; i < 4; ++i) {
        std::memcpy(&part, text.data() + i * sizeof part, sizeof part);
        add(lanes[i], part);
      }
    for (auto lane : lanes)
      add(sum, lane);
  }
  for (;;) {
    part = 0;
    auto bytes = text.size() < sizeof part ? text.size() : sizeof part;
    std::memcpy(&part, text.data(), bytes);
    add(sum, part);
    if (bytes == text.size())
      return sum;
    text.remove_prefix(bytes);
  }
}

} // namespace hyakki::tickets
