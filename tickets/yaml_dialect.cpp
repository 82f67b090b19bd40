#include "tickets/yaml_dialect.hpp"

#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::tickets {
namespace {

using kind = yaml_node::kind;

constexpr std::size_t most_nodes = 100'000;
constexpr std::size_t most_levels = 24;
constexpr std::size_t most_keys = 64;
constexpr auto npos = std::string_view::npos;

bool is_key_char(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
bool is_alphanumeric(char c) { return is_key_char(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// Each step returns false for "not ours", which ends the whole attempt.
class reader {
public:
  explicit reader(std::string_view bytes) : bytes_(bytes) {}

  bool document(yaml_node& root) {
    return !bytes_.empty() && bytes_.back() == '\n' && map(root, 0, 0) && at_ == bytes_.size();
  }

private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < bytes_.size() ? bytes_[at_ + ahead] : '\0'; }
  bool starts_with(std::string_view text) const { return bytes_.substr(at_, text.size()) == text; }

  void new_line() {
    ++at_;
    ++line_;
    line_start_ = at_;
  }
  bool end_of_line() {
    if (peek() != '\n')
      return false;
    new_line();
    return true;
  }
  /// Whether the line begins with so many blanks and then something else. Looks only.
  bool indented(std::size_t blanks) const {
    for (std::size_t i = 0; i < blanks; ++i)
      if (peek(i) != ' ')
        return false;
    return peek(blanks) != ' ' && peek(blanks) != '\n' && peek(blanks) != '\0';
  }
  bool dash_at(std::size_t blanks) const { return indented(blanks) && peek(blanks) == '-' && peek(blanks + 1) == ' '; }
  /// Length of a key that stands here, its colon not counted; 0 when there is none.
  std::size_t key_here(std::size_t ahead) const {
    std::size_t n = 0;
    while (is_key_char(peek(ahead + n)))
      ++n;
    bool key = peek(ahead + n) == ':' && (peek(ahead + n + 1) == ' ' || peek(ahead + n + 1) == '\n');
    return key && bytes_.substr(at_ + ahead, n) != "null" ? n : 0;
  }

  bool begin(yaml_node& node, kind is) {
    node.is = is;
    node.line = line_;
    node.column = at_ - line_start_;
    return ++nodes_ <= most_nodes;
  }

  /// Keys at column `indent`; the position is at the first of them.
  bool map(yaml_node& node, std::size_t indent, std::size_t level) {
    if (level > most_levels || !begin(node, kind::map))
      return false;
    node.block = true;
    for (bool first = true; first || key_line(indent); first = false) {
      if (!first)
        at_ += indent;
      auto length = key_here(0);
      auto key = bytes_.substr(at_, length);
      if (length == 0 || node.keys.size() == most_keys ||
          std::find(node.keys.begin(), node.keys.end(), key) != node.keys.end())
        return false;
      node.keys.emplace_back(key);
      node.key_lines.push_back(line_);
      node.key_columns.push_back(at_ - line_start_);
      ++nodes_;
      at_ += length + 1;
      node.children.emplace_back();
      if (!value(node.children.back(), indent, level))
        return false;
    }
    return true;
  }
  bool key_line(std::size_t indent) const { return indented(indent) && key_here(indent) > 0; }

  bool value(yaml_node& node, std::size_t indent, std::size_t level) {
    if (peek() == '\n') {
      new_line();
      return dash_at(indent) && (at_ += indent, sequence(node, indent, level + 1));
    }
    ++at_; // the blank after the colon
    return scalar(node, indent + 2);
  }

  /// Dashes at column `indent`; the position is at the first of them.
  bool sequence(yaml_node& node, std::size_t indent, std::size_t level) {
    if (level > most_levels || !begin(node, kind::sequence))
      return false;
    node.block = true;
    for (bool first = true; first || dash_at(indent); first = false) {
      at_ += first ? 2 : indent + 2;
      node.children.emplace_back();
      auto& item = node.children.back();
      if (!(key_here(0) > 0 ? map(item, indent + 2, level + 1) : scalar(item, indent + 2)))
        return false;
    }
    return true;
  }

  bool scalar(yaml_node& node, std::size_t indent) {
    if (!begin(node, kind::scalar))
      return false;
    for (auto [text, is] : {std::pair{"[]\n", kind::sequence}, std::pair{"{}\n", kind::map}})
      if (starts_with(text)) {
        node.is = is;
        at_ += 2;
        return end_of_line();
      }
    if (peek() == '\'')
      return single_quoted(node.text, indent);
    if (peek() == '"')
      return double_quoted(node.text, indent);
    if (!plain(node.text, indent))
      return false;
    node.plain = true;
    auto& t = node.text;
    if (t == "~" || t == "null" || t == "Null" || t == "NULL") {
      node.is = kind::null;
      t.clear();
    }
    return true;
  }

  /// One line of a plain text.
  bool plain_line(std::string& out) {
    auto first = peek();
    if (!is_alphanumeric(first)) {
      bool harmless = std::string_view{"()$^+./;<=\\~"}.find(first) != npos ||
                      ((first == '-' || first == '?' || first == ':') && is_alphanumeric(peek(1)));
      if (!harmless)
        return false;
    }
    auto start = at_;
    for (; peek() != '\n'; ++at_) {
      auto c = peek();
      if (c < 0x20 || c > 0x7E || (c == ':' && (peek(1) == ' ' || peek(1) == '\n')) || (c == ' ' && peek(1) == '#') ||
          (c == ' ' && peek(1) == '\n'))
        return false;
    }
    out += bytes_.substr(start, at_ - start);
    return true;
  }

  bool plain(std::string& out, std::size_t indent) {
    if (!plain_line(out))
      return false;
    new_line();
    while (indented(indent) && !dash_at(indent)) {
      at_ += indent;
      out += ' ';
      if (!plain_line(out))
        return false;
      new_line();
    }
    return !indented(indent);
  }

  bool single_quoted(std::string& out, std::size_t indent) {
    for (++at_;;) {
      auto stop = bytes_.find_first_of("'\n", at_);
      if (stop == npos)
        return false;
      auto part = bytes_.substr(at_, stop - at_);
      if (std::any_of(part.begin(), part.end(), [](char c) { return c < 0x20 || c > 0x7E; }))
        return false;
      out += part;
      at_ = stop;
      if (peek() == '\'' && peek(1) == '\'') {
        out += '\'';
        at_ += 2;
      } else if (peek() == '\'') {
        ++at_;
        return end_of_line();
      } else {
        if (at_ == line_start_ || bytes_[at_ - 1] == ' ')
          return false;
        std::size_t breaks = 0;
        for (; peek() == '\n'; ++breaks)
          new_line();
        if (!indented(indent))
          return false;
        at_ += indent;
        out += breaks == 1 ? std::string{" "} : std::string(breaks - 1, '\n');
      }
    }
  }

  bool hex(std::string& out, std::size_t digits) {
    char32_t c = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      auto d = peek(i);
      int n = d >= '0' && d <= '9' ? d - '0' : d >= 'A' && d <= 'F' ? d - 'A' + 10 : -1;
      if (n < 0)
        return false;
      c = c * 16 + static_cast<char32_t>(n);
    }
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
      return false;
    append_utf8(out, c);
    at_ += digits;
    return true;
  }

  bool escape(std::string& out, std::size_t indent) {
    auto c = peek();
    ++at_;
    constexpr std::string_view letters = "0abtnvfre\"\\ ";
    constexpr std::string_view meant{"\0\a\b\t\n\v\f\r\x1B\"\\ ", 12};
    if (auto i = letters.find(c); i != npos)
      return out += meant[i], true;
    switch (c) {
    case 'N': return append_utf8(out, 0x85), true;
    case '_': return append_utf8(out, 0xA0), true;
    case 'L': return append_utf8(out, 0x2028), true;
    case 'P': return append_utf8(out, 0x2029), true;
    case 'x': return hex(out, 2);
    case 'u': return hex(out, 4);
    case 'U': return hex(out, 8);
    case '\n':
      --at_;
      new_line();
      return indented(indent) && (at_ += indent, true);
    default: return false;
    }
  }

  bool double_quoted(std::string& out, std::size_t indent) {
    for (++at_;;) {
      auto c = peek();
      if (c < 0x20 || c > 0x7E)
        return false;
      ++at_;
      if (c == '"')
        return end_of_line();
      if (c != '\\')
        out += c;
      else if (!escape(out, indent))
        return false;
    }
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;
  std::size_t line_start_ = 0;
  std::size_t nodes_ = 0;
};

} // namespace

std::optional<yaml_node> read_dialect(std::string_view bytes) {
  auto root = yaml_node{};
  if (!reader{bytes}.document(root))
    return std::nullopt;
  return root;
}

} // namespace hyakki::tickets
