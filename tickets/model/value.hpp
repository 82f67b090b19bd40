#pragma once
// A value of a ticket file, between its text (YAML or JSON) and the records of this room.
//
// Scalars keep the characters that stood in the file beside what YAML makes of them: a title `1e3` or `yes` is
// read as these characters, and a number that nobody changed is written as it was. Plain data, no limits of its own:
// the readers bound size, depth and count before a value is made.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

struct value {
  enum class kind : std::uint8_t { null, boolean, integer, real, text, list, map };

  kind is = kind::null;
  std::string text;              ///< scalars: as it stood in the file
  std::vector<std::string> keys; ///< map: in the order of the file
  std::vector<value> items;      ///< list; map: the values in the order of `keys`

  bool scalar() const { return is != kind::list && is != kind::map; }
  /// The value of that key; null pointer when there is none, or when this is no map.
  const value* find(std::string_view key) const;
  /// Adds a key at the end of a map.
  void add(std::string key, value what);

  friend bool operator==(const value& a, const value& b) {
    return a.is == b.is && a.text == b.text && a.keys == b.keys && a.items == b.items;
  }
  friend bool operator!=(const value& a, const value& b) { return !(a == b); }
};

value null_value();
value bool_value(bool b);
value int_value(std::int64_t n);
/// As Python prints it: the shortest digits that read back the same, always with a dot or an exponent.
value real_value(double d);
value text_value(std::string text);
value list_value(std::vector<value> items = {});
value map_value();

/// What YAML 1.1 makes of plain (unquoted) characters: null, boolean, integer, real, or else a text.
value plain_value(std::string_view text);

/// A whole number as YAML 1.1 or JSON writes it: decimal with underscores, 0x, 0b, 0 (octal). Empty when it is none
/// or does not fit.
std::optional<std::int64_t> whole_number(std::string_view text);
/// A number with a dot, an exponent, `.inf`, `.nan`, or a whole one.
std::optional<double> real_number(std::string_view text);

} // namespace hyakki::tickets
