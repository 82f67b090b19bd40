#pragma once
// Small, forgiving reads of a JSON line that a stranger wrote. For .cpp files of this room only.
//
// A missing field, or one of another type, reads as nothing. The whole line is validated before anything is read.

#include "core/utf8.hpp"

#include <simdjson.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hyakki::json_view {

using element = simdjson::dom::element;

/// A parsed line. Its own parser each time: an agent that once wrote a megabyte should not hold it for ever.
class document {
public:
  explicit document(std::string_view line) {
    if (auto first = line.find_first_not_of(" \t\r"); first == std::string_view::npos || line[first] != '{')
      return;
    auto failed = parser_.parse(line.data(), line.size(), true).get(root_);
    if (failed == simdjson::UTF8_ERROR) {
      auto mended = repair_utf8(line);
      failed = parser_.parse(mended.data(), mended.size(), true).get(root_);
    }
    is_object_ = !failed && root_.is_object();
  }
  bool is_object() const { return is_object_; }
  const element& root() const { return root_; }

private:
  simdjson::dom::parser parser_;
  element root_;
  bool is_object_ = false;
};

inline std::optional<element> at(const element& e, std::string_view key) {
  element found;
  if (!e.is_object() || e.at_key(key).get(found))
    return std::nullopt;
  return found;
}

inline std::string_view text(const element& e, std::string_view key) {
  std::string_view found;
  auto value = at(e, key);
  return value && !value->get(found) ? found : std::string_view{};
}

inline bool flag(const element& e, std::string_view key, bool otherwise) {
  bool found = otherwise;
  auto value = at(e, key);
  return value && !value->get(found) ? found : otherwise;
}

/// A count; nothing below zero, nothing beyond 2^53.
inline std::uint64_t count(const element& e, std::string_view key) {
  auto value = at(e, key);
  double number = 0;
  if (!value || value->get(number) || !std::isfinite(number) || number < 0 || number > 9007199254740992.0)
    return 0;
  return static_cast<std::uint64_t>(number);
}

/// A sum of money in dollars, as millionths.
inline std::int64_t microusd(const element& e, std::string_view key) {
  auto value = at(e, key);
  double number = 0;
  if (!value || value->get(number) || !std::isfinite(number) || number < 0 || number > 1e9)
    return 0;
  return std::llround(number * 1e6);
}

/// What a JSON pointer leads to, as text: a string as it is, anything else as JSON.
inline std::optional<std::string> pointed_text(const element& e, std::string_view pointer) {
  element found;
  if (e.at_pointer(pointer).get(found) || found.is_null())
    return std::nullopt;
  std::string_view text;
  if (!found.get(text))
    return std::string{text};
  return simdjson::minify(found);
}

} // namespace hyakki::json_view
