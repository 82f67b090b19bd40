// What YAML 1.1 makes of plain characters, as PyYAML's resolver sees it: small recognisers instead of
// regular expressions, because titles come from strangers and may be long.

#include "tickets/yaml_scalar.hpp"

#include <algorithm>
#include <array>

namespace hyakki::tickets {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads from the front; each step takes what it knows.
class cursor {
public:
  explicit cursor(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }
  bool take(char c) { return take_any(std::string_view{&c, 1}); }
  bool take_any(std::string_view set) {
    if (rest_.empty() || set.find(rest_.front()) == std::string_view::npos)
      return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::size_t take_run(std::string_view set, std::size_t most = std::string_view::npos) {
    std::size_t n = 0;
    while (n < most && take_any(set))
      ++n;
    return n;
  }
  bool take_word(std::string_view word) {
    if (rest_.substr(0, word.size()) != word)
      return false;
    rest_.remove_prefix(word.size());
    return true;
  }

private:
  std::string_view rest_;
};

constexpr std::string_view digits = "0123456789";
constexpr std::string_view digits_ = "0123456789_";

/// ":05" one or more times: base sixty.
bool take_sixties(cursor& c) {
  std::size_t n = 0;
  for (; c.take(':'); ++n) {
    auto before = c;
    if (c.take_any("012345") && c.take_any(digits))
      continue;
    c = before;
    if (!c.take_any(digits))
      return false;
  }
  return n > 0;
}

bool is_int(std::string_view text) {
  auto start = cursor{text};
  start.take_any("-+");
  auto whole = [&](auto&& rule) {
    auto c = start;
    return rule(c) && c.at_end();
  };
  return whole([](cursor& c) { return c.take_word("0b") && c.take_run("01_") > 0; }) ||
         whole([](cursor& c) { return c.take('0') && c.take_run("01234567_") > 0; }) ||
         whole([](cursor& c) { return c.take('0'); }) ||
         whole([](cursor& c) { return c.take_any("123456789") && (c.take_run(digits_), true); }) ||
         whole([](cursor& c) { return c.take_word("0x") && c.take_run("0123456789abcdefABCDEF_") > 0; }) ||
         whole([](cursor& c) { return c.take_any("123456789") && (c.take_run(digits_), take_sixties(c)); });
}

/// "e+5" at the end of a float; the sign is a must in YAML 1.1.
bool take_exponent(cursor& c) {
  if (c.at_end())
    return true;
  return c.take_any("eE") && c.take_any("-+") && c.take_run(digits) > 0;
}

bool is_float(std::string_view text) {
  auto bare = cursor{text};
  auto start = bare;
  start.take_any("-+");
  auto whole = [](cursor c, auto&& rule) { return rule(c) && c.at_end(); };
  auto number = [](cursor& c) { return c.take_any(digits) && (c.take_run(digits_), true); };
  return whole(start, [&](cursor& c) { return number(c) && c.take('.') && (c.take_run(digits_), take_exponent(c)); }) ||
         whole(bare, [&](cursor& c) { return c.take('.') && number(c) && take_exponent(c); }) ||
         whole(start,
               [&](cursor& c) { return number(c) && take_sixties(c) && c.take('.') && (c.take_run(digits_), true); }) ||
         whole(
           start,
           [](cursor& c) { return c.take('.') && (c.take_word("inf") || c.take_word("Inf") || c.take_word("INF")); }) ||
         whole(bare, [](cursor& c) {
           return c.take('.') && (c.take_word("nan") || c.take_word("NaN") || c.take_word("NAN"));
         });
}

bool is_timestamp(std::string_view text) {
  auto c = cursor{text};
  if (c.take_run(digits, 4) != 4 || !c.take('-'))
    return false;
  auto month = c.take_run(digits, 2);
  if (month == 0 || !c.take('-'))
    return false;
  auto day = c.take_run(digits, 2);
  if (day == 0)
    return false;
  if (c.at_end())
    return month == 2 && day == 2;
  if (!c.take_any("Tt") && c.take_run(" \t") == 0)
    return false;
  if (c.take_run(digits, 2) == 0 || !c.take(':') || c.take_run(digits, 2) != 2 || !c.take(':') ||
      c.take_run(digits, 2) != 2)
    return false;
  if (c.take('.'))
    c.take_run(digits);
  if (c.at_end())
    return true;
  c.take_run(" \t");
  if (c.take('Z'))
    return c.at_end();
  if (!c.take_any("-+") || c.take_run(digits, 2) == 0)
    return false;
  return c.at_end() || (c.take(':') && c.take_run(digits, 2) == 2 && c.at_end());
}

constexpr std::array<std::string_view, 25> words{"",   "~",  "null", "Null", "NULL", "yes",   "Yes",   "YES",   "no",
                                                 "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE", "on",
                                                 "On", "ON", "off",  "Off",  "OFF",  "=",     "<<"};

} // namespace

bool resolves_otherwise(std::string_view plain) {
  if (plain.size() <= 5 && std::find(words.begin(), words.end(), plain) != words.end())
    return true;
  auto first = plain.front();
  if (!is_digit(first) && first != '-' && first != '+' && first != '.')
    return false;
  return is_int(plain) || is_float(plain) || is_timestamp(plain);
}

} // namespace hyakki::tickets
