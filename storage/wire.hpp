#pragma once
// The smallest parts of what is on disk: tagged fields, and the seal around a value.
//
// A field is a varint (tag << 1 | kind) and then a varint (kind 0) or a length and that many bytes (kind 1), so a
// reader can skip what it does not know. A sealed value is [format][checksum, 4 bytes LE][fields]. Reading never
// leaves the bytes that it was given, whatever they are; a reader that met nonsense says so in `bad`.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace hyakki::wire {

/// The format of values that this build writes. A reader refuses any other.
inline constexpr std::uint8_t format = 1;
inline constexpr std::size_t seal_size = 5;

/// 32 bits over the bytes. Finds a flipped bit or a torn page; no defence against a forger, who could write the file.
inline std::uint32_t checksum(std::string_view bytes) {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15ull;
  auto h = odd ^ bytes.size();
  auto mix = [&](std::uint64_t word) {
    h = (h ^ word) * odd;
    h ^= h >> 29;
  };
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + i, 8);
    mix(word);
  }
  std::uint64_t tail = 0;
  for (std::size_t n = 0; i < bytes.size(); ++i, n += 8)
    tail |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << n;
  mix(tail);
  return static_cast<std::uint32_t>(h ^ (h >> 32));
}

constexpr std::uint64_t zigzag(std::int64_t n) {
  return (static_cast<std::uint64_t>(n) << 1) ^ (n < 0 ? ~std::uint64_t{0} : 0);
}
constexpr std::int64_t unzigzag(std::uint64_t n) { return static_cast<std::int64_t>((n >> 1) ^ (~(n & 1) + 1)); }

/// Appends fields to a string. What equals its default of 0, false or "" is left out.
class writer {
public:
  explicit writer(std::string& out) : out_(out) {}

  void number(unsigned tag, std::uint64_t n) {
    if (n != 0)
      always(tag, n);
  }
  void always(unsigned tag, std::uint64_t n) {
    varint(tag << 1);
    varint(n);
  }
  void signed_number(unsigned tag, std::int64_t n) { number(tag, zigzag(n)); }
  void flag(unsigned tag, bool on) { number(tag, on ? 1 : 0); }
  void text(unsigned tag, std::string_view s) {
    if (!s.empty())
      item(tag, s);
  }
  /// An element of a list: written even when it is empty.
  void item(unsigned tag, std::string_view s) {
    varint(tag << 1 | 1);
    varint(s.size());
    out_.append(s);
  }
  /// A group of fields: `fill` writes them.
  template <class F>
  void group(unsigned tag, F&& fill) {
    varint(tag << 1 | 1);
    auto at = out_.size();
    out_.append(4, '\0'); // the length, as a varint stretched to four bytes
    fill();
    auto n = out_.size() - at - 4;
    for (int i = 0; i < 4; ++i, n >>= 7)
      out_[at + static_cast<std::size_t>(i)] = static_cast<char>((n & 127) | (i < 3 ? 128 : 0));
  }

private:
  void varint(std::uint64_t n) {
    char buffer[10];
    std::size_t used = 0;
    for (; n >= 128; n >>= 7)
      buffer[used++] = static_cast<char>(n | 128);
    buffer[used++] = static_cast<char>(n);
    out_.append(buffer, used);
  }

  std::string& out_;
};

/// Walks over fields. `while (in.next()) switch (in.tag) …`, then look at `in.bad`.
class reader {
public:
  explicit reader(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  unsigned tag = 0;
  bool is_bytes = false;
  bool bad = false;

  bool next() {
    if (bad || at_ == end_)
      return false;
    auto key = varint();
    if (bad || (key >> 1) > 0xffff)
      return fail();
    tag = static_cast<unsigned>(key >> 1);
    is_bytes = (key & 1) != 0;
    number_ = varint();
    if (bad)
      return false;
    if (is_bytes) {
      if (number_ > static_cast<std::uint64_t>(end_ - at_))
        return fail();
      bytes_ = {at_, static_cast<std::size_t>(number_)};
      at_ += number_;
    }
    return true;
  }

  std::uint64_t number() {
    bad = bad || is_bytes;
    return bad ? 0 : number_;
  }
  std::int64_t signed_number() { return unzigzag(number()); }
  std::string_view bytes() {
    bad = bad || !is_bytes;
    return bad ? std::string_view{} : bytes_;
  }
  std::uint32_t number32() {
    auto n = number();
    bad = bad || n > 0xffffffffu;
    return static_cast<std::uint32_t>(n);
  }
  std::int32_t signed32() {
    auto n = signed_number();
    bad = bad || n < INT32_MIN || n > INT32_MAX;
    return static_cast<std::int32_t>(n);
  }
  /// An enumerator between the first and the last that this build knows.
  template <class E>
  E one_of(E first, E last) {
    auto n = number();
    if (n < static_cast<std::uint64_t>(first) || n > static_cast<std::uint64_t>(last)) {
      bad = true;
      return first;
    }
    return static_cast<E>(n);
  }

private:
  bool fail() {
    bad = true;
    return false;
  }
  std::uint64_t varint() {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ == end_)
        break;
      auto byte = static_cast<unsigned char>(*at_++);
      if (shift == 63 && byte > 1)
        break;
      n |= std::uint64_t{byte & 127u} << shift;
      if (byte < 128)
        return n;
    }
    bad = true;
    return 0;
  }

  const char* at_;
  const char* end_;
  std::uint64_t number_ = 0;
  std::string_view bytes_;
};

/// Starts a sealed value at the end of `out`; give the returned position to `seal`.
inline std::size_t open_seal(std::string& out) {
  auto at = out.size();
  out.append(seal_size, '\0');
  return at;
}

inline void seal(std::string& out, std::size_t at) {
  auto sum = checksum(std::string_view{out}.substr(at + seal_size));
  out[at] = static_cast<char>(format);
  for (std::size_t i = 0; i < 4; ++i)
    out[at + 1 + i] = static_cast<char>(sum >> (8 * i));
}

/// The fields inside a sealed value; `why` says what is wrong when there are none.
inline bool unseal(std::string_view bytes, std::string_view& fields, std::string& why) {
  if (bytes.size() < seal_size) {
    why = "cut short";
    return false;
  }
  if (static_cast<std::uint8_t>(bytes[0]) != format) {
    why = "written in format " + std::to_string(static_cast<unsigned char>(bytes[0])) + ", this build reads format " +
          std::to_string(format);
    return false;
  }
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 4; ++i)
    sum |= std::uint32_t{static_cast<unsigned char>(bytes[1 + i])} << (8 * i);
  fields = bytes.substr(seal_size);
  if (sum != checksum(fields)) {
    why = "its checksum does not match";
    return false;
  }
  return true;
}

} // namespace hyakki::wire
