#include "tickets/model/value.hpp"

#include "tickets/yaml_scalar.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace hyakki::tickets {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// Digits of a base, underscores skipped; nothing when there is another character or too many.
std::optional<std::int64_t> digits(std::string_view text, int base, bool negative) {
  auto clean = std::string{negative ? "-" : ""};
  for (char c : text)
    if (c != '_')
      clean += c;
  std::int64_t out = 0;
  auto [end, failed] = std::from_chars(clean.data(), clean.data() + clean.size(), out, base);
  if (clean.empty() || failed != std::errc{} || end != clean.data() + clean.size())
    return std::nullopt;
  return out;
}

} // namespace

const value* value::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i] == key)
      return &items[i];
  return nullptr;
}

void value::add(std::string key, value what) {
  keys.push_back(std::move(key));
  items.push_back(std::move(what));
}

value null_value() { return {}; }
value bool_value(bool b) { return {value::kind::boolean, b ? "true" : "false", {}, {}}; }
value int_value(std::int64_t n) { return {value::kind::integer, std::to_string(n), {}, {}}; }
value text_value(std::string text) { return {value::kind::text, std::move(text), {}, {}}; }
value list_value(std::vector<value> items) { return {value::kind::list, {}, {}, std::move(items)}; }
value map_value() { return {value::kind::map, {}, {}, {}}; }

value real_value(double d) {
  auto made = [](std::string text) { return value{value::kind::real, std::move(text), {}, {}}; };
  if (std::isnan(d))
    return made(".nan");
  if (std::isinf(d))
    return made(d < 0 ? "-.inf" : ".inf");
  char digits[64];
  auto size = std::abs(d) != 0 && (std::abs(d) < 1e-4 || std::abs(d) >= 1e16);
  auto end =
    std::to_chars(digits, digits + sizeof digits, d, size ? std::chars_format::scientific : std::chars_format::fixed)
      .ptr;
  auto text = std::string{digits, end};
  if (text.find_first_of(".e") == std::string::npos)
    text += ".0";
  return made(std::move(text));
}

value plain_value(std::string_view text) {
  using kind = value::kind;
  auto made = [&](kind is, std::string_view as) { return value{is, std::string{as}, {}, {}}; };
  if (text.empty() || is_one_of(text, {"~", "null", "Null", "NULL"}))
    return {};
  if (!resolves_otherwise(text))
    return made(kind::text, text);
  if (is_one_of(text, {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}))
    return made(kind::boolean, text);
  if (is_one_of(text, {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}))
    return made(kind::boolean, text);
  if (whole_number(text))
    return made(kind::integer, text);
  return made(real_number(text) ? kind::real : kind::text, text);
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+'))
    text.remove_prefix(1);
  if (text.empty() || text.front() < '0' || text.front() > '9')
    return std::nullopt;
  auto prefix = text.substr(0, 2);
  if (prefix == "0x" || prefix == "0b")
    return digits(text.substr(2), prefix == "0x" ? 16 : 2, negative);
  return digits(text, text.size() > 1 && text.front() == '0' ? 8 : 10, negative);
}

std::optional<double> real_number(std::string_view text) {
  auto bare = text;
  bool negative = !bare.empty() && bare.front() == '-';
  if (!bare.empty() && (bare.front() == '-' || bare.front() == '+'))
    bare.remove_prefix(1);
  if (is_one_of(bare, {".inf", ".Inf", ".INF", "Infinity"}))
    return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  if (is_one_of(text, {".nan", ".NaN", ".NAN", "NaN"}))
    return std::numeric_limits<double>::quiet_NaN();
  auto clean = std::string{negative ? "-" : ""};
  for (char c : bare)
    if (c != '_')
      clean += c;
  double out = 0;
  auto [end, failed] = std::from_chars(clean.data(), clean.data() + clean.size(), out);
  if (failed != std::errc{} || end != clean.data() + clean.size())
    return std::nullopt;
  return out;
}

} // namespace hyakki::tickets
