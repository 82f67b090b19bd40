#include "tickets/json_text.hpp"

#include "tickets/text.hpp"
#include "tickets/yaml_tree.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace hyakki::tickets {
namespace {

using kind = value::kind;

constexpr std::size_t most_levels = 64;
constexpr std::size_t most_values = 100'000;

/// Builds values from the parser's events, and stops it at the first thing out of bounds. Numbers keep their text.
class builder final : public nlohmann::json_sax<nlohmann::json> {
public:
  value root;
  std::string why;

  bool null() override { return add(null_value()); }
  bool boolean(bool b) override { return add(bool_value(b)); }
  bool number_integer(number_integer_t n) override { return add(int_value(n)); }
  bool number_unsigned(number_unsigned_t n) override { return add(value{kind::integer, std::to_string(n), {}, {}}); }
  bool number_float(number_float_t, const string_t& text) override { return add(value{kind::real, text, {}, {}}); }
  bool string(string_t& text) override { return add(text_value(std::move(text))); }
  bool binary(binary_t&) override { return refuse("binary data"); }
  bool start_object(std::size_t) override { return open(map_value()); }
  bool start_array(std::size_t) override { return open(list_value()); }
  bool end_object() override { return open_.pop_back(), true; }
  bool end_array() override { return open_.pop_back(), true; }
  bool key(string_t& name) override {
    auto& keys = open_.back()->keys;
    if (std::find(keys.begin(), keys.end(), name) != keys.end())
      return refuse("the key " + printable(name) + " stands there twice");
    keys.push_back(std::move(name));
    // Every key is compared with those before it.
    return keys.size() <= 1000 || refuse("more than 1000 keys in one object");
  }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
    return refuse("not JSON at byte " + std::to_string(at));
  }

private:
  bool refuse(std::string text) {
    why = std::move(text);
    return false;
  }
  bool add(value v) {
    if (++count_ > most_values)
      return refuse("more than " + std::to_string(most_values) + " values");
    if (open_.empty()) {
      root = std::move(v);
      return true;
    }
    open_.back()->items.push_back(std::move(v));
    return true;
  }
  bool open(value v) {
    if (open_.size() >= most_levels)
      return refuse("more than " + std::to_string(most_levels) + " levels");
    if (!add(std::move(v)))
      return false;
    open_.push_back(open_.empty() ? &root : &open_.back()->items.back());
    return true;
  }

  // Children of one value never move while a deeper one is open.
  std::vector<value*> open_;
  std::size_t count_ = 0;
};

void put_string(std::string& out, const std::string& text, json_letters letters) {
  out += nlohmann::json(text).dump(-1, ' ', letters == json_letters::ascii, nlohmann::json::error_handler_t::replace);
}

void put(std::string& out, const value& v, std::size_t indent, json_letters letters) {
  if (v.is == kind::null)
    out += "null";
  else if (v.is == kind::text)
    put_string(out, v.text, letters);
  else if (v.scalar())
    out += v.text == ".nan" ? "NaN" : v.text == ".inf" ? "Infinity" : v.text == "-.inf" ? "-Infinity" : v.text;
  else if (v.items.empty())
    out += v.is == kind::list ? "[]" : "{}";
  else {
    out += v.is == kind::list ? '[' : '{';
    for (std::size_t i = 0; i < v.items.size(); ++i) {
      out += i > 0 ? ",\n" : "\n";
      out.append(indent + 2, ' ');
      if (v.is == kind::map) {
        put_string(out, v.keys[i], letters);
        out += ": ";
      }
      put(out, v.items[i], indent + 2, letters);
    }
    out += '\n';
    out.append(indent, ' ');
    out += v.is == kind::list ? ']' : '}';
  }
}

} // namespace

result<value> read_json(std::string_view bytes) {
  if (bytes.size() > most_file_bytes)
    return {ec::rejected, "larger than 1 MiB"};
  auto events = builder{};
  if (!nlohmann::json::sax_parse(bytes.begin(), bytes.end(), &events))
    return {ec::rejected, events.why.empty() ? "not JSON" : events.why};
  return std::move(events.root);
}

std::string json_text(const value& what, json_letters letters) {
  auto out = std::string{};
  put(out, what, 0, letters);
  return out;
}

} // namespace hyakki::tickets
