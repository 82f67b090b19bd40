#include "adapters/http/json.hpp"

#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

namespace hyakki {

namespace {

std::string_view kind_of(const simdjson::dom::element& e) {
  using simdjson::dom::element_type;
  switch (e.type()) {
  case element_type::ARRAY: return "an array";
  case element_type::OBJECT: return "an object";
  case element_type::INT64:
  case element_type::UINT64: return "a whole number";
  case element_type::DOUBLE: return "a number with a fraction";
  case element_type::STRING: return "a text";
  case element_type::BOOL: return "true or false";
  case element_type::NULL_VALUE: return "null";
  }
  return "something else";
}

/// A value takes a hundred times as much memory as its two bytes in an answer; the largest real ones (a hundred
/// issues with long documents) have a tenth of this.
constexpr std::size_t most_parts = 400'000;

/// Values and names, as the marks outside of strings tell; counted no further than the bound.
bool has_too_many_parts(std::string_view text) {
  if (text.size() <= most_parts)
    return false;
  std::size_t parts = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size() && parts <= most_parts; ++i) {
    auto c = text[i];
    if (quoted) {
      i += c == '\\' ? 1 : 0;
      quoted = c != '"';
    } else {
      quoted = c == '"';
      parts += c == ',' || c == ':' || c == '[' || c == '{' ? 1 : 0;
    }
  }
  return parts > most_parts;
}

} // namespace

json_node json_node::child(std::string_view key) const {
  shared_->steps.push_back({at_, 0, key});
  json_node node{shared_, static_cast<std::uint32_t>(shared_->steps.size())};
  simdjson::dom::element found;
  if (is_object() && !value_.at_key(key).get(found)) {
    node.value_ = found;
    node.is_there_ = !found.is_null();
  }
  return node;
}

std::string json_node::where() const {
  std::vector<const step*> way;
  for (auto at = at_; at != 0; at = shared_->steps[at - 1].parent)
    way.push_back(&shared_->steps[at - 1]);
  std::string out;
  for (auto s = way.rbegin(); s != way.rend(); ++s) {
    if ((*s)->key.empty()) {
      out += "[" + std::to_string((*s)->index) + "]";
    } else {
      if (!out.empty())
        out += '.';
      out += printable(cut_utf8((*s)->key, 64));
    }
  }
  return out.empty() ? "the answer" : out;
}

void json_node::wrong(std::string_view expected) const {
  if (shared_->fault)
    return;
  std::string seen = "nothing";
  if (is_there_) {
    seen = kind_of(value_);
    if (!value_.is_object() && !value_.is_array())
      seen += " (" + printable(cut_utf8(json(), 60)) + ")";
  }
  // Not the service's own answer, it seems: a page or a message of somebody in between, which may pass.
  shared_->fault = error{ec::unavailable,
                         shared_->called + " answered " + seen + " in " + where() + " where " + std::string{expected} +
                           " was expected; is this address that service, in a version that is supported?"};
}

json_node json_node::maybe(std::string_view key) const {
  if (is_there_ && !value_.is_object())
    wrong("an object");
  return child(key);
}

json_node json_node::object(std::string_view key) const {
  auto node = maybe(key);
  if (!node.is_object()) {
    node.wrong("an object");
    node.is_there_ = false;
  }
  return node;
}

std::vector<json_node> json_node::items() const {
  std::vector<json_node> out;
  simdjson::dom::array all;
  if (!is_there_ || value_.get(all)) {
    wrong("an array");
    return out;
  }
  out.reserve(all.size());
  std::uint32_t index = 0;
  for (auto e : all) {
    shared_->steps.push_back({at_, index++, {}});
    out.push_back(json_node{shared_, static_cast<std::uint32_t>(shared_->steps.size()), e});
  }
  return out;
}

std::vector<json_node> json_node::items(std::string_view key) const { return maybe(key).items(); }

std::vector<json_node> json_node::maybe_items(std::string_view key) const {
  auto node = maybe(key);
  return node.exists() ? node.items() : std::vector<json_node>{};
}

std::vector<std::pair<std::string_view, json_node>> json_node::fields() const {
  std::vector<std::pair<std::string_view, json_node>> out;
  simdjson::dom::object all;
  if (!is_there_ || value_.get(all)) {
    wrong("an object");
    return out;
  }
  out.reserve(all.size());
  for (auto field : all) {
    shared_->steps.push_back({at_, 0, field.key});
    out.emplace_back(field.key, json_node{shared_, static_cast<std::uint32_t>(shared_->steps.size()), field.value});
  }
  return out;
}

std::string json_node::text() const {
  std::string_view found;
  if (!is_there_ || value_.get(found)) {
    wrong("a text");
    return {};
  }
  return std::string{found};
}

std::string json_node::text(std::string_view key) const { return maybe(key).text(); }

std::int64_t json_node::integer(std::string_view key) const {
  auto node = maybe(key);
  std::int64_t found = 0;
  if (!node.is_there_ || node.value_.get(found)) {
    node.wrong("a whole number");
    return 0;
  }
  return found;
}

bool json_node::flag(std::string_view key) const {
  auto node = maybe(key);
  bool found = false;
  if (!node.is_there_ || node.value_.get(found)) {
    node.wrong("true or false");
    return false;
  }
  return found;
}

std::string json_node::id(std::string_view key) const {
  auto node = maybe(key);
  std::int64_t number = 0;
  if (node.is_there_ && !node.value_.get(number))
    return std::to_string(number);
  if (!node.is_string()) {
    node.wrong("an id");
    return {};
  }
  return node.text();
}

std::string json_node::text_or(std::string_view key, std::string_view otherwise) const {
  auto node = maybe(key);
  return node.exists() ? node.text() : std::string{otherwise};
}

std::int64_t json_node::integer_or(std::string_view key, std::int64_t otherwise) const {
  return maybe(key).exists() ? integer(key) : otherwise;
}

bool json_node::flag_or(std::string_view key, bool otherwise) const {
  return maybe(key).exists() ? flag(key) : otherwise;
}

std::string json_node::json() const { return is_there_ ? simdjson::minify(value_) : "null"; }

result<json_document> read_json(const http_request& asked, const http_answer& answer, std::size_t most_depth) {
  auto shared = std::make_unique<json_node::shared>();
  shared->called = describe(asked);
  if (has_too_many_parts(answer.body))
    return error{ec::rejected, shared->called + " answered JSON of more than " + std::to_string(most_parts) +
                                 " parts, " + std::string{http_not_read}};
  simdjson::dom::element root;
  auto failed = shared->parser.allocate(answer.body.size(), most_depth);
  // A copy with room behind it is made by the parser.
  if (!failed)
    failed = shared->parser.parse(answer.body).get(root);
  if (failed == simdjson::UTF8_ERROR) {
    auto mended = repair_utf8(answer.body);
    failed = shared->parser.allocate(mended.size(), most_depth);
    if (!failed)
      failed = shared->parser.parse(mended).get(root);
  }
  if (failed) {
    auto begins = excerpt(answer);
    auto text = shared->called + " answered " + std::to_string(answer.status) + " with something that is no JSON (" +
                simdjson::error_message(failed) + ")";
    if (failed == simdjson::DEPTH_ERROR)
      return error{ec::rejected, shared->called + " answered JSON nested deeper than " + std::to_string(most_depth) +
                                   " levels, " + std::string{http_not_read}};
    text += begins.empty() ? ", an empty text" : ": \"" + begins + "\"";
    return error{ec::unavailable, text + ". Is the address right, and is there a login page or a proxy in between?"};
  }
  json_document document{std::move(shared)};
  document.root_.value_ = root;
  document.root_.is_there_ = !root.is_null();
  return document;
}

std::string written(const nlohmann::json& body) {
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace hyakki
