#include "adapters/atlassian/adf.hpp"

#include "adapters/atlassian/blocks.hpp"
#include "adapters/atlassian/longest_cut.hpp"
#include "adapters/http/time_text.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace hyakki::atlassian {
namespace {

using nlohmann::json;

constexpr std::string_view gap = "\xE2\x80\x8B";
constexpr std::size_t most_comment_bytes = 32'000; // Jira takes 32,767 characters; of what, it does not say
constexpr int most_depth = 40;
constexpr std::size_t most_id = 128;    ///< bytes of an account's id
constexpr std::size_t widest_cell = 60; ///< that others are moved for
constexpr std::string_view language_signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+#-";

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
    std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

json text_of(const span& s) {
  auto out = json{{"type", "text"}, {"text", s.text}};
  auto marks = json::array();
  if (!s.href.empty())
    marks.push_back({{"type", "link"}, {"attrs", {{"href", s.href}}}});
  if (s.code) { // goes with links only
    marks.push_back({{"type", "code"}});
  } else {
    for (auto [on, name] : {std::pair{s.strong, "strong"}, std::pair{s.em, "em"}, std::pair{s.strike, "strike"}})
      if (on)
        marks.push_back({{"type", name}});
  }
  if (!marks.empty())
    out["marks"] = std::move(marks);
  return out;
}

json inline_of(const std::vector<line>& lines) {
  auto out = json::array();
  for (auto& l : lines) {
    if (&l != &lines.front())
      out.push_back({{"type", "hardBreak"}});
    auto whole = std::string{};
    for (auto& s : l)
      whole += s.text;
    if (whole.compare(0, 7, "hyakki:") == 0) // put together of several: no marker either
      out.push_back({{"type", "text"}, {"text", gap}});
    for (auto& s : l)
      out.push_back(text_of(s));
  }
  return out;
}

json node(const char* type, json content) { return {{"type", type}, {"content", std::move(content)}}; }

bool is_list(const block& b) { return b.is == block::kind::bullet || b.is == block::kind::ordered; }

json row_of(const std::vector<line>& cells, const char* type) {
  auto out = json::array();
  for (auto& c : cells)
    out.push_back(node(type, json::array({node("paragraph", c.empty() ? json::array() : inline_of({c}))})));
  return node("tableRow", std::move(out));
}

json table_of(const block& b) {
  auto rows = json::array({row_of(b.rows.front(), "tableHeader")});
  for (std::size_t i = 1; i < b.rows.size(); ++i)
    rows.push_back(row_of(b.rows[i], "tableCell"));
  return node("table", std::move(rows));
}

/// A table as text, its columns one below the other: where the format lets no table be.
std::string text_table(const block& b) {
  auto cells = std::vector<std::vector<std::string>>{};
  auto widths = std::vector<std::size_t>{};
  for (auto& row : b.rows) {
    cells.emplace_back();
    for (auto& c : row) {
      auto& text = cells.back().emplace_back();
      for (auto& s : c)
        text += s.text;
      if (widths.size() < cells.back().size())
        widths.push_back(0);
      auto& width = widths[cells.back().size() - 1];
      width = std::max(width, std::min(characters(text), widest_cell));
    }
  }
  auto out = std::string{};
  for (auto& row : cells) {
    auto line = std::string{};
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += (i > 0 ? " | " : "") + row[i];
      line.append(widths[i] - std::min(widths[i], characters(row[i])), ' ');
    }
    out += (out.empty() ? "" : "\n") + line.substr(0, line.find_last_not_of(' ') + 1);
  }
  return out;
}

json code_of(const std::string& text, const std::string& language) {
  auto out = json{{"type", "codeBlock"}};
  if (!text.empty())
    out["content"] = json::array({{{"type", "text"}, {"text", text}}});
  auto known = !language.empty() && language.size() <= 20 && language != "text" &&
               language.find_first_not_of(language_signs) == std::string::npos;
  if (known)
    out["attrs"] = {{"language", language}};
  return out;
}

/// A quote where the format lets none be.
json signed_quote(std::vector<line> lines) {
  for (auto& l : lines) {
    auto sign = span{};
    sign.text = "> ";
    l.insert(l.begin(), sign);
  }
  return node("paragraph", inline_of(lines));
}

/// What stands in a frame or in an item of a list, or in neither: both hold less than a document does.
enum class framed : std::uint8_t { no, yes };

json blocks_of(const std::vector<block>& blocks, framed within);

/// Markdown of somebody else: read, and held together by its frame.
json panel_of(const std::string& markdown) {
  auto content = blocks_of(read_blocks(markdown), framed::yes);
  if (content.empty())
    content.push_back(node("paragraph", json::array()));
  auto out = node("panel", std::move(content));
  out["attrs"] = {{"panelType", "info"}};
  return out;
}

/// Any block but an item of a list.
json block_of(const block& b, framed within) {
  switch (b.is) {
  case block::kind::heading: {
    auto out = node("heading", inline_of(b.lines));
    out["attrs"] = {{"level", b.level}};
    return out;
  }
  case block::kind::code:
    return b.language == "markdown" && within == framed::no ? panel_of(b.text) : code_of(b.text, b.language);
  case block::kind::quote:
    return within == framed::yes ? signed_quote(b.lines)
                                 : node("blockquote", json::array({node("paragraph", inline_of(b.lines))}));
  case block::kind::rule: return {{"type", "rule"}};
  case block::kind::table: return within == framed::yes ? code_of(text_table(b), {}) : table_of(b);
  default: return node("paragraph", inline_of(b.lines));
  }
}

/// A block that belongs to an item, which holds neither headings nor rules.
json block_in_item(const block& b) {
  if (b.is != block::kind::heading && b.is != block::kind::rule)
    return block_of(b, framed::yes);
  auto lines = b.lines;
  if (b.is == block::kind::rule) {
    auto dashes = span{};
    dashes.text = "---";
    lines = {{dashes}};
  }
  for (auto& l : lines)
    for (auto& s : l)
      s.strong = b.is == block::kind::heading;
  return node("paragraph", inline_of(lines));
}

/// The list that begins at `at`, with all that is deeper, and what belongs to its items, inside them; recursion ends
/// with the six levels.
json list_of(const std::vector<block>& all, std::size_t& at) {
  auto& first = all[at];
  auto items = json::array();
  for (; at < all.size(); ++at) {
    auto& b = all[at];
    if ((is_list(b) ? b.level : b.within) < first.level)
      break;
    if (!is_list(b)) {
      items.back()["content"].push_back(block_in_item(b));
    } else if (b.level > first.level) {
      auto inner = list_of(all, at);
      items.back()["content"].push_back(std::move(inner));
      --at;
    } else if (b.is == first.is) {
      items.push_back(node("listItem", json::array({node("paragraph", inline_of(b.lines))})));
    } else {
      break;
    }
  }
  auto out = node(first.is == block::kind::bullet ? "bulletList" : "orderedList", std::move(items));
  if (first.is == block::kind::ordered && first.number != 1)
    out["attrs"] = {{"order", first.number}};
  return out;
}

json blocks_of(const std::vector<block>& blocks, framed within) {
  auto content = json::array();
  for (std::size_t at = 0; at < blocks.size();)
    content.push_back(is_list(blocks[at]) ? list_of(blocks, at) : block_of(blocks[at++], within));
  return content;
}

json doc(json content) { return {{"type", "doc"}, {"version", 1}, {"content", std::move(content)}}; }

std::size_t size_of(const json& j) { return j.dump(-1, ' ', false, json::error_handler_t::replace).size(); }

} // namespace

json adf_of_markdown(std::string_view markdown) { return doc(blocks_of(read_blocks(markdown), framed::no)); }

json adf_comment(std::string_view markdown, std::string_view marker, std::size_t most) {
  auto last = node("paragraph", json::array({{{"type", "text"},
                                              {"text", "hyakki:" + std::string{marker}},
                                              {"marks", {{{"type", "subsup"}, {"attrs", {{"type", "sub"}}}}}}}}));
  auto out = json{};
  auto room = std::min(most, most_comment_bytes) - std::min(most / 2, size_of(last) + 200);
  auto fits = [&](std::string_view part) {
    out = adf_of_markdown(part);
    return size_of(out) <= room;
  };
  if (markdown.size() > most_comment_bytes || !fits(markdown)) {
    out = adf_of_markdown(longest_cut(markdown, most_comment_bytes, fits));
    auto note = span{};
    note.text = "(cut here: a comment in Jira holds no more)";
    note.em = true;
    out["content"].push_back(node("paragraph", inline_of({{note}})));
  }
  out["content"].push_back(std::move(last));
  return out;
}

namespace {

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
  if (language.find_first_not_of(language_signs) != std::string::npos)
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
