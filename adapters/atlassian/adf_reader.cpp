#include "adapters/atlassian/adf.hpp"

#include "adapters/atlassian/blocks.hpp"
#include "adapters/http/time_text.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <charconv>

namespace hyakki::atlassian {
namespace {

constexpr int most_depth = 40;
constexpr std::size_t most_id = 128; ///< bytes of an account's id

std::string word(const json_node& n, std::string_view key) {
  if (!n.is_object())
    return {};
  auto value = n.maybe(key);
  return value.is_string() ? value.text() : std::string{};
}

std::vector<json_node> content_of(const json_node& n) {
  if (!n.is_object())
    return {};
  auto value = n.maybe("content");
  return value.is_array() ? value.items() : std::vector<json_node>{};
}

json_node attrs_of(const json_node& n) { return n.is_object() ? n.maybe("attrs") : n; }

std::string fence(const std::string& text, std::string language) {
  auto longest = std::size_t{0}, run = std::size_t{0};
  for (auto c : text)
    longest = std::max(longest, run = c == '`' ? run + 1 : 0);
  auto sign = std::string(std::max<std::size_t>(3, longest + 1), '`');
  if (!is_language(language))
    language.clear();
  return sign + language + "\n" + text + (text.empty() || text.back() == '\n' ? "" : "\n") + sign;
}

class adf_reader {
public:
  explicit adf_reader(std::size_t most) : most_(most) {}

  std::string blocks(const json_node& parent, int depth) {
    auto out = std::string{};
    for (auto& n : content_of(parent)) {
      auto text = block(n, depth);
      if (!text.empty())
        out += (out.empty() ? "" : "\n\n") + text;
    }
    return out;
  }

  /// True when the document holds more than was read.
  bool is_cut() const { return used_ > most_; }

private:
  std::string plain(const json_node& parent, int depth) {
    auto out = std::string{};
    if (depth > most_depth)
      return out;
    for (auto& n : content_of(parent))
      out += word(n, "type") == "hardBreak" ? "\n" : word(n, "text") + plain(n, depth + 1);
    return out;
  }

  std::string inlines(const json_node& parent, int depth) {
    auto out = std::string{};
    if (depth > most_depth)
      return out;
    for (auto& n : content_of(parent)) {
      if (used_ > most_)
        break;
      auto type = word(n, "type");
      auto text = std::string{};
      if (type == "text")
        text = marked(n);
      else if (type == "hardBreak")
        text = "\n";
      else if (type == "mention")
        text = called(attrs_of(n));
      else if (type == "status" || (type == "emoji" && !word(attrs_of(n), "text").empty()))
        text = plain_to_markdown(word(attrs_of(n), "text"));
      else if (type == "emoji")
        text = plain_to_markdown(word(attrs_of(n), "shortName"));
      else if (type == "date")
        text = day(attrs_of(n));
      else if (type == "inlineCard")
        text = address(word(attrs_of(n), "url"));
      else
        text = inlines(n, depth + 1);
      used_ += text.size();
      out += text;
    }
    return out;
  }

  /// "@" and a name, or the id of an account where Jira left the name out.
  static std::string called(const json_node& attrs) {
    auto name = word(attrs, "text");
    if (auto id = clean_line(cut_utf8(word(attrs, "id"), most_id)); name.empty() && !id.empty())
      name = "@" + id;
    return plain_to_markdown(name);
  }

  /// Milliseconds since the epoch as a day; what is no such number stays as it is written.
  static std::string day(const json_node& attrs) {
    auto value = attrs.is_object() ? attrs.maybe("timestamp") : attrs;
    auto text = value.is_object() || value.is_array() || !value.exists() ? std::string{}
                : value.is_string()                                      ? value.text()
                                                                         : value.json();
    auto at_ms = std::int64_t{0};
    auto end = text.data() + text.size();
    auto read = std::from_chars(text.data(), end, at_ms);
    auto out = read.ec == std::errc{} && read.ptr == end ? day_of(at_ms) : std::string{};
    return out.empty() ? plain_to_markdown(clean_line(cut_utf8(text, most_id))) : out;
  }

  static std::string address(const std::string& url) { return is_link(url) ? "<" + url + ">" : plain_to_markdown(url); }

  static std::string marked(const json_node& n) {
    auto raw = word(n, "text");
    auto first = raw.find_first_not_of(' ');
    if (first == std::string::npos)
      return raw;
    auto last = raw.find_last_not_of(' ') + 1;
    auto lead = raw.substr(0, first), trail = raw.substr(last);
    auto core = raw.substr(first, last - first);
    auto is_code = false;
    auto around = std::string{}, href = std::string{};
    auto marks = n.maybe("marks");
    for (auto& m : marks.is_array() ? marks.items() : std::vector<json_node>{}) {
      auto type = word(m, "type");
      if (type == "code")
        is_code = core.find('`') == std::string::npos && core.find('\n') == std::string::npos;
      else if (type == "strong" && around.find("**") == std::string::npos)
        around += "**";
      else if (type == "em" && around.find('_') == std::string::npos)
        around += "_";
      else if (type == "strike" && around.find('~') == std::string::npos)
        around += "~~";
      else if (type == "link" && href.empty())
        href = word(attrs_of(m), "href");
    }
    auto text = is_code ? "`" + core + "`" : plain_to_markdown(core);
    text = around + text + std::string(around.rbegin(), around.rend());
    if (is_link(href))
      text = href == core ? "<" + href + ">" : "[" + text + "](" + href + ")";
    return lead + text + trail;
  }

  static std::string indented(const std::string& text, const std::string& first, const std::string& others) {
    auto out = first;
    for (auto c : text) {
      out += c;
      if (c == '\n')
        out += others;
    }
    return out;
  }

  std::string list(const json_node& n, int depth, const std::string& type) {
    auto out = std::string{};
    for (auto& item : content_of(n)) {
      auto sign = std::string{type == "orderedList" ? "1. " : "- "};
      if (type == "taskList")
        sign = word(attrs_of(item), "state") == "DONE" ? "- [x] " : "- [ ] ";
      auto kind = word(item, "type");
      auto text = kind == "taskItem"   ? inlines(item, depth + 1)
                  : kind == "taskList" ? block(item, depth + 1)
                                       : tight(item, depth + 1);
      out += (out.empty() ? "" : "\n") + indented(text, sign, "   ");
    }
    return out;
  }

  /// The blocks of an item, without empty lines before lists.
  std::string tight(const json_node& parent, int depth) {
    auto out = std::string{};
    for (auto& n : content_of(parent)) {
      auto text = block(n, depth);
      auto type = word(n, "type");
      auto listed = type.size() > 4 && type.compare(type.size() - 4, 4, "List") == 0;
      if (!text.empty())
        out += (out.empty() ? "" : listed ? "\n" : "\n\n") + text;
    }
    return out;
  }

  std::string table(const json_node& n, int depth) {
    auto out = std::string{};
    for (auto& row : content_of(n)) {
      auto cells = content_of(row);
      auto line = std::string{"|"}, rule = std::string{"|"};
      for (auto& cell : cells) {
        line += " " + in_cell(blocks(cell, depth + 2)) + " |";
        rule += " --- |";
      }
      out += out.empty() ? line + "\n" + rule : "\n" + line;
    }
    return out;
  }

  std::string block(const json_node& n, int depth) {
    if (depth > most_depth || used_ > most_)
      return {};
    auto type = word(n, "type");
    if (type == "paragraph" || type == "taskItem" || type == "decisionItem")
      return inlines(n, depth + 1);
    if (type == "heading") {
      auto level = attrs_of(n).is_object() ? attrs_of(n).maybe("level").json() : std::string{};
      auto size = level.size() == 1 && level[0] >= '1' && level[0] <= '6' ? level[0] - '0' : 1;
      return std::string(static_cast<std::size_t>(size), '#') + " " + inlines(n, depth + 1);
    }
    if (type == "codeBlock") {
      auto text = plain(n, depth + 1);
      used_ += text.size();
      return fence(text, word(attrs_of(n), "language"));
    }
    if (type == "bulletList" || type == "orderedList" || type == "taskList" || type == "decisionList")
      return list(n, depth + 1, type);
    if (type == "blockquote" || type == "panel")
      return indented(blocks(n, depth + 1), "> ", "> ");
    if (type == "rule")
      return "---";
    if (type == "table")
      return table(n, depth + 1);
    if (type == "expand" || type == "nestedExpand") {
      auto title = word(attrs_of(n), "title");
      auto inner = blocks(n, depth + 1);
      return title.empty() ? inner : "**" + plain_to_markdown(title) + "**\n\n" + inner;
    }
    if (type == "media") {
      auto alt = word(attrs_of(n), "alt");
      return "(attachment" + (alt.empty() ? "" : ": " + plain_to_markdown(alt)) + ")";
    }
    if (type == "blockCard" || type == "embedCard")
      return address(word(attrs_of(n), "url"));
    if (type == "text")
      return marked(n);
    return blocks(n, depth + 1);
  }

  std::size_t most_;
  std::size_t used_ = 0;
};

} // namespace

std::string markdown_of_adf(const json_node& document, std::size_t most) {
  auto reader = adf_reader{most};
  auto out = clean_text(reader.blocks(document, 0));
  if (!reader.is_cut() && out.size() <= most)
    return out;
  return std::string{cut_utf8(out, most)} + std::string{cut_note};
}

bool adf_has_marker(const json_node& document, std::string_view marker) {
  auto wanted = "hyakki:" + std::string{marker};
  for (auto& n : content_of(document)) {
    auto inner = content_of(n);
    if (word(n, "type") == "paragraph" && inner.size() == 1 && word(inner[0], "text") == wanted)
      return true;
  }
  return false;
}

} // namespace hyakki::atlassian
