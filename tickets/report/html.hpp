#pragma once
// Markup under construction. What is written as a literal is markup; every other text is escaped, always, so that
// there is no way to put a stranger's text into a page as markup. Inner header.
//
// Escaped text is fit for element content and for attribute values in double quotes, HTML and SVG alike; it is never
// written anywhere else (no script, no style, no URL is made from a ticket).

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace hyakki::tickets {

/// A number with digits behind its point.
struct fixed {
  double value;
  int digits = 1;
};
/// A whole number with its thousands set apart: 12,345.
struct grouped {
  std::uint64_t value;
};

class html {
public:
  template <std::size_t N>
  html& operator<<(const char (&markup)[N]) {
    out_.append(markup, N - 1);
    return *this;
  }
  template <std::size_t N>
  html& operator<<(char (&)[N]) = delete;
  template <class T, std::enable_if_t<std::is_same_v<T, const char*> || std::is_same_v<T, char*>, int> = 0>
  html& operator<<(const T&) = delete;

  html& operator<<(std::string_view text);
  html& operator<<(const std::string& text) { return *this << std::string_view{text}; }
  html& operator<<(fixed number);
  html& operator<<(grouped number);
  template <class T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
  html& operator<<(T number) {
    static_assert(!std::is_same_v<T, bool> && !std::is_same_v<T, char>, "write a word");
    out_ += std::to_string(number);
    return *this;
  }

  /// The style and the script of the page, which are ours as a whole.
  html& own(std::string_view text) {
    out_ += text;
    return *this;
  }
  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  std::string take() { return std::move(out_); }

private:
  std::string out_;
};

} // namespace hyakki::tickets
