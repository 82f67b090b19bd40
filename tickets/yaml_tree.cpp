#include "tickets/yaml_tree.hpp"

#include "tickets/text.hpp"
#include "tickets/yaml_dialect.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <unordered_set>

namespace hyakki::tickets {
namespace {

constexpr std::size_t most_key_bytes = 128; // what YAML allows before a key's colon

constexpr std::size_t most_nodes = 20'000;
constexpr std::size_t most_levels = 64;

struct refused {
  std::size_t line;
  std::string why;
};

/// yaml-cpp writes the escapes \N and \_ as one byte each, which is no UTF-8; the file itself is known to be good.
std::string mended(const std::string& text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return text;
  auto out = std::string{};
  for (std::size_t at = 0; at < text.size();) {
    auto byte = static_cast<unsigned char>(text[at]);
    append_utf8(out, next_code_point(text, at).value_or(byte));
  }
  return out;
}

/// Builds the tree while the parser speaks; stops it by throwing as soon as a bound is passed.
class tree_builder final : public YAML::EventHandler {
public:
  yaml_node root;
  std::size_t last_quoted = 0; ///< where the last quoted text begins, in bytes
  std::size_t last_quoted_line = 0;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& at, const std::string&) override { refuse(at, "anchors are not allowed"); }
  void OnAlias(const YAML::Mark& at, YAML::anchor_t) override { refuse(at, "aliases are not allowed"); }

  void OnNull(const YAML::Mark& at, YAML::anchor_t) override { add(at, yaml_node::kind::null, {}); }

  void OnScalar(const YAML::Mark& at, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    check_tag(at, tag);
    if (tag == "!") {
      last_quoted = at_least_0(at.pos);
      last_quoted_line = at_least_0(at.line);
    }
    bool null = tag == "?" && (value.empty() || value == "~" || value == "null" || value == "Null" || value == "NULL");
    auto* node = add(at, null ? yaml_node::kind::null : yaml_node::kind::scalar, null ? std::string{} : mended(value));
    if (node)
      node->plain = tag == "?";
  }

  void OnSequenceStart(const YAML::Mark& at, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value style) override {
    check_tag(at, tag);
    open(at, yaml_node::kind::sequence, style);
  }
  void OnSequenceEnd() override { open_.pop_back(); }

  void OnMapStart(const YAML::Mark& at, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value style) override {
    check_tag(at, tag);
    open(at, yaml_node::kind::map, style);
  }
  void OnMapEnd() override { open_.pop_back(); }

private:
  struct level {
    yaml_node* node;
    bool key_next = true;
    std::unordered_set<std::string> seen;
  };

  static std::size_t at_least_0(int n) { return n < 0 ? 0 : static_cast<std::size_t>(n); }

  [[noreturn]] static void refuse(const YAML::Mark& at, std::string why) {
    throw refused{at_least_0(at.line), std::move(why)};
  }
  static void check_tag(const YAML::Mark& at, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!" && tag != "tag:yaml.org,2002:str")
      refuse(at, "the tag " + printable(tag) + " is not allowed");
  }

  yaml_node* add(const YAML::Mark& at, yaml_node::kind is, const std::string& text) {
    if (++count_ > most_nodes)
      refuse(at, "more than " + std::to_string(most_nodes) + " values");
    auto made = yaml_node{};
    made.is = is;
    made.line = at_least_0(at.line);
    made.column = at_least_0(at.column);
    made.text = text;
    if (open_.empty()) {
      root = std::move(made);
      return &root;
    }
    auto& up = open_.back();
    if (up.node->is == yaml_node::kind::map) {
      if (up.key_next) {
        if (is != yaml_node::kind::scalar)
          refuse(at, "a key must be a word");
        if (text.size() > most_key_bytes || text.find('\n') != std::string::npos)
          refuse(at, "a key must be one line of at most " + std::to_string(most_key_bytes) + " bytes");
        if (!up.seen.insert(text).second)
          refuse(at, "the key " + printable(text) + " stands there twice");
        up.node->keys.push_back(text);
        up.node->key_lines.push_back(made.line);
        up.node->key_columns.push_back(made.column);
        up.key_next = false;
        return nullptr;
      }
      up.key_next = true;
    }
    up.node->children.push_back(std::move(made));
    return &up.node->children.back();
  }

  void open(const YAML::Mark& at, yaml_node::kind is, YAML::EmitterStyle::value style) {
    if (open_.size() >= most_levels)
      refuse(at, "more than " + std::to_string(most_levels) + " levels");
    auto* node = add(at, is, {});
    if (!node)
      refuse(at, "a key must be a word");
    node->block = style == YAML::EmitterStyle::Block;
    open_.push_back({node, true, {}});
  }

  // Children of one node never move while a deeper level is open: only the innermost level grows.
  std::vector<level> open_;
  std::size_t count_ = 0;
};

/// Lets the parser read the bytes where they are.
class view_buffer final : public std::streambuf {
public:
  explicit view_buffer(const std::string& bytes) {
    auto* begin = const_cast<char*>(bytes.data()); // never written to: there is no put area
    setg(begin, begin, begin + bytes.size());
  }
};

/// yaml-cpp takes the end of the file for the end of a quoted text: the mark of a file that was cut short.
bool is_closed(std::string_view bytes, std::size_t at) {
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF")
    at += 3; // not counted in the parser's positions
  if (at >= bytes.size() || (bytes[at] != '\'' && bytes[at] != '"'))
    return true;
  auto quote = bytes[at++];
  while (at < bytes.size()) {
    if (quote == '"' && bytes[at] == '\\')
      ++at;
    else if (bytes[at] == quote && !(quote == '\'' && at + 1 < bytes.size() && bytes[at + 1] == quote))
      return true;
    else if (bytes[at] == quote)
      ++at;
    ++at;
  }
  return false;
}

result<yaml_node> refusal(std::size_t line, const std::string& why) {
  return {ec::rejected, "line " + std::to_string(line + 1) + ": " + why};
}

/// Of a text that is not YAML: a merge that a person must end is the usual reason, and better to be told than a sign.
result<yaml_node> not_yaml(const std::string& bytes, std::size_t line, const std::string& why) {
  constexpr std::string_view mark = "<<<<<<< ";
  auto at = bytes.compare(0, mark.size(), mark) == 0 ? 0 : bytes.find("\n" + std::string{mark});
  if (at == std::string::npos || bytes.find("\n>>>>>>> ", at) == std::string::npos)
    return refusal(line, why);
  auto before = std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at + 1), '\n');
  return refusal(static_cast<std::size_t>(before),
                 "a merge conflict: keep what is right of both sides, and take the lines "
                 "with <<<<<<<, ======= and >>>>>>> out");
}

} // namespace

const yaml_node* yaml_node::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i] == key)
      return &children[i];
  return nullptr;
}

bool same_content(const yaml_node& a, const yaml_node& b) {
  return a.is == b.is && a.text == b.text && a.keys == b.keys && a.children.size() == b.children.size() &&
         std::equal(a.children.begin(), a.children.end(), b.children.begin(), same_content);
}

result<yaml_node> read_yaml(const std::string& bytes) {
  if (bytes.size() > most_file_bytes)
    return refusal(0, "larger than 1 MiB");
  if (auto quick = read_dialect(bytes))
    return std::move(*quick);
  return read_any_yaml(bytes);
}

result<yaml_node> read_any_yaml(const std::string& bytes) {
  if (bytes.size() > most_foreign_bytes)
    return refusal(0, "larger than 256 KiB, and not in the form that repo-tickets writes");
  if (auto bad = first_bad_byte(bytes)) {
    auto line = std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(*bad), '\n');
    return refusal(static_cast<std::size_t>(line), "bytes that are no UTF-8 text");
  }
  try {
    auto buffer = view_buffer{bytes};
    auto stream = std::istream{&buffer};
    auto parser = YAML::Parser{stream};
    auto builder = tree_builder{};
    if (!parser.HandleNextDocument(builder))
      return refusal(0, "the file is empty");
    if (!is_closed(bytes, builder.last_quoted))
      return refusal(builder.last_quoted_line, "not YAML: a quoted text that is never closed");
    auto rest = tree_builder{};
    if (parser.HandleNextDocument(rest))
      return refusal(rest.root.line, "a second document in one file");
    return std::move(builder.root);
  } catch (const refused& r) {
    return not_yaml(bytes, r.line, r.why);
  } catch (const YAML::Exception& e) {
    return not_yaml(bytes, e.mark.line < 0 ? 0 : static_cast<std::size_t>(e.mark.line),
                    "not YAML: " + printable(e.msg));
  } catch (const std::exception& e) {
    return refusal(0, "not readable: " + printable(e.what()));
  }
}

} // namespace hyakki::tickets
