#include "tickets/model/fields.hpp"

#include "tickets/text.hpp"

#include <cmath>

namespace hyakki::tickets {
namespace {

using kind = value::kind;

std::string_view name_of(kind is) {
  constexpr std::string_view names[] = {"nothing", "a boolean", "a whole number", "a number",
                                        "a text",  "a list",    "a map"};
  return names[static_cast<std::size_t>(is)];
}

error wrong(const value& found, std::string_view wanted) {
  auto what =
    found.scalar() && found.is != kind::null ? "'" + printable(found.text) + "'" : std::string{name_of(found.is)};
  return {ec::rejected, "must be " + std::string{wanted} + ", found " + what};
}

/// "comments" + "[3]" + "content: ..." in one.
std::string joined(std::string_view outer, const std::string& inner) {
  if (outer.empty())
    return inner;
  bool sentence = inner.compare(0, 4, "must") == 0;
  return std::string{outer} + (sentence ? ": " : inner.front() == '[' ? "" : ".") + inner;
}

} // namespace

error bad_field(std::string_view key, const std::string& why) { return {ec::rejected, std::string{key} + ": " + why}; }

error inside(std::string_view key, error e) {
  e.text = joined(key, e.text);
  return e;
}

error inside(std::string_view key, std::size_t place, error e) {
  e.text = std::string{key} + joined("[" + std::to_string(place) + "]", e.text);
  return e;
}

result<void> take(const value& from, std::string& to) {
  if (from.is == kind::null)
    return {};
  if (!from.scalar())
    return wrong(from, "a text");
  to = from.text;
  return {};
}

result<void> take(const value& from, std::vector<std::string>& to) {
  to.clear();
  if (from.is == kind::null)
    return {};
  if (from.is != kind::list)
    return wrong(from, "a list of texts");
  to.reserve(from.items.size());
  for (auto& item : from.items) {
    if (!item.scalar())
      return inside({}, to.size(), wrong(item, "a text"));
    to.push_back(item.text);
  }
  return {};
}

result<void> take(const value& from, bool& to) {
  if (from.is == kind::null)
    return {};
  if (from.is != kind::boolean)
    return wrong(from, "true or false");
  auto first = from.text.size() > 1 ? from.text.substr(0, 2) : from.text;
  to = first[0] == 't' || first[0] == 'T' || first[0] == 'y' || first[0] == 'Y' || first == "on" || first == "On" ||
       first == "ON";
  return {};
}

result<void> take(const value& from, std::int64_t& to) {
  if (from.is == kind::null)
    return {};
  if (auto n = from.is == kind::integer ? whole_number(from.text) : std::nullopt)
    return to = *n, result<void>{};
  auto d = from.is == kind::real ? real_number(from.text) : std::nullopt;
  if (!d || !(std::abs(*d) < 9e15) || std::floor(*d) != *d)
    return wrong(from, "a whole number");
  to = static_cast<std::int64_t>(*d);
  return {};
}

result<void> take(const value& from, double& to) {
  if (from.is == kind::null)
    return {};
  if (auto n = from.is == kind::integer ? whole_number(from.text) : std::nullopt)
    return to = static_cast<double>(*n), result<void>{};
  auto d = from.is == kind::real ? real_number(from.text) : std::nullopt;
  if (!d)
    return wrong(from, "a number");
  to = *d;
  return {};
}

result<void> take(const value& from, value& to) {
  to = from.is == kind::null ? map_value() : from;
  return {};
}

value give(const std::string& from) { return text_value(from); }
value give(const std::vector<std::string>& from) {
  auto out = list_value();
  out.items.reserve(from.size());
  for (auto& text : from)
    out.items.push_back(text_value(text));
  return out;
}
value give(bool from) { return bool_value(from); }
value give(std::int64_t from) { return int_value(from); }
value give(double from) { return real_value(from); }
value give(const value& from) { return from; }

result<void> check_text(std::string_view key, std::string_view text, rule must, word_list allowed) {
  if (allowed.size() > 0 && !allowed.has(text)) {
    auto all = std::string{};
    for (auto word : allowed)
      all += (all.empty() ? "" : ", ") + std::string{word};
    return bad_field(key, "must be one of " + all + "; found '" + printable(text) + "'");
  }
  if ((must == rule::filled || must == rule::id) && stripped(text).empty())
    return bad_field(key, "must not be blank");
  if (must == rule::id &&
      (text.size() > 100 || text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != std::string_view::npos))
    return bad_field(key, "must be made of letters A-Z, digits and '-', at most 100 of them");
  return {};
}

} // namespace hyakki::tickets
