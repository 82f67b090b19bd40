#pragma once
// An answer read as JSON: bounded, validated as a whole, with errors that name the service, the call and the field.
//
// Reads look like assignments and the first fault is kept: read everything, then ask `fault()` once. A field of
// another type than wanted, or a wanted one that is missing, reads as nothing and is a fault. Views live as long as
// the document they come from. Where a fault in one item must not hide the others, `forget()` it after keeping it.
// An answer of more than 400,000 names and values is refused unread.
// For .cpp files only: brings simdjson with it.

#include "adapters/http_client.hpp"

#include <nlohmann/json_fwd.hpp>
#include <simdjson.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// What keepers read of an answer, so that a huge one takes less than 16 MB.
inline constexpr std::size_t most_json_bytes = 14u << 20;

class json_document;
class json_node;
result<json_document> read_json(const http_request& asked, const http_answer& answer, std::size_t most_depth);

/// One value of the answer, or nothing. Cheap to copy.
class json_node {
public:
  bool exists() const { return is_there_; } ///< and is not null
  bool is_object() const { return is_there_ && value_.is_object(); }
  bool is_array() const { return is_there_ && value_.is_array(); }
  bool is_string() const { return is_there_ && value_.is_string(); }

  /// A field that may be missing or null: then a node that does not exist.
  json_node maybe(std::string_view key) const;
  /// A field that must be an object.
  json_node object(std::string_view key) const;
  /// The elements of a field that must be an array; `maybe_items` takes a missing one for an empty one.
  std::vector<json_node> items(std::string_view key) const;
  std::vector<json_node> maybe_items(std::string_view key) const;
  /// The elements of this node, which must be an array.
  std::vector<json_node> items() const;
  /// The names and values of this node, which must be an object.
  std::vector<std::pair<std::string_view, json_node>> fields() const;

  /// Fields that must be there.
  std::string text(std::string_view key) const;
  std::int64_t integer(std::string_view key) const;
  bool flag(std::string_view key) const;
  /// A string or a whole number, as text: what services use for ids.
  std::string id(std::string_view key) const;
  /// Fields that may be missing or null, but not of another type.
  std::string text_or(std::string_view key, std::string_view otherwise) const;
  std::int64_t integer_or(std::string_view key, std::int64_t otherwise) const;
  bool flag_or(std::string_view key, bool otherwise) const;

  /// This node itself as text; must be a string.
  std::string text() const;
  /// As minified JSON.
  std::string json() const;
  /// "issues[3].fields.summary"
  std::string where() const;
  /// Says that what stands here is not what was expected, in the words of the caller.
  void wrong(std::string_view expected) const;

private:
  friend class json_document;
  friend result<json_document> read_json(const http_request&, const http_answer&, std::size_t);
  struct step {
    std::uint32_t parent; // position in steps; 0 = the answer as a whole
    std::uint32_t index;  // for an element of an array
    std::string_view key; // empty = an element
  };
  struct shared {
    std::string called; // service, host, method and path
    std::deque<step> steps;
    simdjson::dom::parser parser;
    std::optional<error> fault;
  };

  json_node(shared* s, std::uint32_t at) : shared_(s), at_(at) {}
  json_node(shared* s, std::uint32_t at, simdjson::dom::element v)
    : shared_(s), value_(v), at_(at), is_there_(!v.is_null()) {}
  json_node child(std::string_view key) const;
  std::string where_is(std::string_view key) const;

  shared* shared_;
  simdjson::dom::element value_;
  std::uint32_t at_;
  bool is_there_ = false;
};

class json_document {
public:
  const json_node& root() const { return root_; }
  /// The first thing that was not as expected, as an error of the call: `rejected`.
  const std::optional<error>& fault() const { return shared_->fault; }
  void forget() { shared_->fault.reset(); }

private:
  friend result<json_document> read_json(const http_request&, const http_answer&, std::size_t);
  explicit json_document(std::unique_ptr<json_node::shared> s) : shared_(std::move(s)), root_(shared_.get(), 0) {}

  std::unique_ptr<json_node::shared> shared_;
  json_node root_;
};

/// Reads the whole answer. What is no JSON is `unavailable` where it looks like a page of a proxy or was cut off (the
/// same call may succeed later), and names what was there instead. Deeper than `most_depth` is `rejected`.
result<json_document> read_json(const http_request& asked, const http_answer& answer, std::size_t most_depth = 64);

/// A body as it is sent: without white space, and what is no UTF-8 replaced.
std::string written(const nlohmann::json& body);

} // namespace hyakki
