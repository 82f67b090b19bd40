#pragma once
// Keys of storage/lmdb_store: numbers whose bytes sort as the numbers do.

#include <cstdint>
#include <string>
#include <string_view>

namespace hyakki::key {

inline std::string big_endian(std::uint64_t n) {
  std::string out(8, '\0');
  for (int i = 7; i >= 0; --i, n >>= 8)
    out[static_cast<std::size_t>(i)] = static_cast<char>(n & 255);
  return out;
}

inline std::string big_endian32(std::uint32_t n) { return big_endian(n).substr(4); }

/// The number in the first bytes, at most eight.
inline std::uint64_t number(std::string_view bytes) {
  std::uint64_t n = 0;
  for (auto c : bytes.substr(0, 8))
    n = n << 8 | static_cast<unsigned char>(c);
  return n;
}

inline std::uint32_t number32(std::string_view bytes) { return static_cast<std::uint32_t>(number(bytes.substr(0, 4))); }

/// Negative times sort before the others.
inline std::string of_time(std::int64_t at) { return big_endian(static_cast<std::uint64_t>(at) ^ (1ull << 63)); }
inline std::int64_t time_of(std::string_view k) { return static_cast<std::int64_t>(number(k) ^ (1ull << 63)); }

/// All of one story and of no other: its length stands first, so no id is the beginning of another.
inline std::string of_story(std::string_view id) {
  std::string out{static_cast<char>(id.size() >> 8), static_cast<char>(id.size() & 255)};
  out += id;
  return out;
}

} // namespace hyakki::key
