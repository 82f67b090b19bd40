#pragma once
// Tables of fields: one row a key, with its member, its rule and its place in the file. Inner header of the model:
// the .cpp files of the records hold the tables; nobody else includes it.

#include "core/error.hpp"
#include "tickets/model/value.hpp"
#include "tickets/model/words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hyakki::tickets {

/// A failure that names the key: `comments[3].content: ...`.
error bad_field(std::string_view key, const std::string& why);
/// The same failure one level further out.
error inside(std::string_view key, error e);
error inside(std::string_view key, std::size_t place, error e);

// One pair of these for each type that a member may have. `from` is never null for the plain ones.
result<void> take(const value& from, std::string& to);
result<void> take(const value& from, std::vector<std::string>& to);
result<void> take(const value& from, bool& to);
result<void> take(const value& from, std::int64_t& to);
result<void> take(const value& from, double& to);
result<void> take(const value& from, value& to);
value give(const std::string& from);
value give(const std::vector<std::string>& from);
value give(bool from);
value give(std::int64_t from);
value give(double from);
value give(const value& from);

template <class T>
result<void> take(const value& from, std::optional<T>& to) {
  if (from.is == value::kind::null)
    return to = std::nullopt, result<void>{};
  return take(from, to.emplace());
}
template <class T>
value give(const std::optional<T>& from) {
  return from ? give(*from) : null_value();
}

/// What a text must be besides a text.
enum class rule : std::uint8_t {
  free,
  required, ///< the key must be there
  filled,   ///< required, and not blank
  id,       ///< required, [A-Z0-9-]+
};

template <class T>
struct field {
  std::string_view key;
  result<void> (*read)(const value&, T&);
  value (*write)(const T&);
  rule must;
  word_list allowed;                    ///< empty = any
  const std::string& (*text)(const T&); ///< for `must` and `allowed`; null for other types than text
};

/// The rows of a record; specialised beside its table.
template <class T>
struct field_table; // static const std::vector<field<T>>& rows();

template <class T>
result<T> read_record(const value& from);
template <class T>
value write_record(const T& from);

// Lists of records.
template <class T, class = std::enable_if_t<std::is_same_v<decltype(field_table<T>::rows().data()), const field<T>*>>>
result<void> take(const value& from, std::vector<T>& to) {
  to.clear();
  if (from.is == value::kind::null)
    return {};
  if (from.is != value::kind::list)
    return {ec::rejected, "must be a list of records"};
  to.reserve(from.items.size());
  for (auto& item : from.items) {
    auto record = read_record<T>(item);
    if (!record)
      return inside({}, to.size(), record.error());
    to.push_back(std::move(*record));
  }
  return {};
}
template <class T, class = std::enable_if_t<std::is_same_v<decltype(field_table<T>::rows().data()), const field<T>*>>>
value give(const std::vector<T>& from) {
  auto out = list_value();
  out.items.reserve(from.size());
  for (auto& record : from)
    out.items.push_back(write_record(record));
  return out;
}

template <class T>
struct member_of;
template <class R, class T>
struct member_of<T R::*> {
  using record = R;
  using type = T;
};

template <auto Member>
auto row(std::string_view key, rule must = rule::free, word_list allowed = {}) {
  using record = typename member_of<decltype(Member)>::record;
  using type = typename member_of<decltype(Member)>::type;
  auto out = field<record>{};
  out.key = key;
  out.must = must;
  out.allowed = allowed;
  out.read = [](const value& from, record& to) { return take(from, to.*Member); };
  out.write = [](const record& from) { return give(from.*Member); };
  if constexpr (std::is_same_v<type, std::string>)
    out.text = [](const record& from) -> const std::string& { return from.*Member; };
  else
    out.text = nullptr;
  return out;
}

template <class T>
result<T> read_record(const value& from) {
  if (from.is != value::kind::map)
    return {ec::rejected, "must be a map of keys and values"};
  auto out = T{};
  auto& rows = field_table<T>::rows();
  for (auto& r : rows)
    if (r.must != rule::free && !from.find(r.key))
      return bad_field(r.key, "is missing");
  std::size_t next = 0; // keys mostly come in the order of the table
  for (std::size_t i = 0; i < from.keys.size(); ++i) {
    const field<T>* found = nullptr;
    for (std::size_t n = 0; n < rows.size() && !found; ++n)
      if (auto& r = rows[(next + n) % rows.size()]; r.key == from.keys[i]) {
        found = &r;
        next = (next + n + 1) % rows.size();
      }
    if (!found) {
      out.unknown.add(from.keys[i], from.items[i]);
      continue;
    }
    // Null in the place of a plain value means what a missing key means.
    if (auto done = found->read(from.items[i], out); !done)
      return inside(found->key, done.error());
  }
  return out;
}

template <class T>
value write_record(const T& from) {
  auto out = map_value();
  for (auto& r : field_table<T>::rows())
    out.add(std::string{r.key}, r.write(from));
  for (std::size_t i = 0; i < from.unknown.keys.size(); ++i)
    out.add(from.unknown.keys[i], from.unknown.items[i]);
  return out;
}

/// The rule and the words of one text.
result<void> check_text(std::string_view key, std::string_view text, rule must, word_list allowed);

/// Rules and words of every row of a record.
template <class T>
result<void> check_rows(const T& what) {
  for (auto& r : field_table<T>::rows())
    if (r.text)
      if (auto good = check_text(r.key, r.text(what), r.must, r.allowed); !good)
        return good;
  return {};
}

template <class T>
result<void> check_rows(std::string_view key, const std::vector<T>& all) {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (auto good = check_rows(all[i]); !good)
      return inside(key, inside({}, i, good.error()));
  return {};
}

template <class N>
result<void> check_range(std::string_view key, const std::optional<N>& n, double least, double most) {
  if (n && (!(static_cast<double>(*n) >= least) || !(static_cast<double>(*n) <= most)))
    return bad_field(key, most > 1e15 ? "must not be negative"
                                      : "must lie between " + real_value(least).text + " and " + real_value(most).text);
  return {};
}

} // namespace hyakki::tickets
