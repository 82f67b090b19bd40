#include "adapters/atlassian/adf.hpp"

#include "adapters/atlassian/blocks.hpp"
#include "core/keep_ends.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace hyakki::atlassian {
namespace {

using nlohmann::json;

constexpr std::string_view gap = "\xE2\x80\x8B";
constexpr std::size_t most_comment_bytes = 32'000; // Jira takes 32,767 characters; of what, it does not say
constexpr std::size_t widest_cell = 60;            ///< that others are moved for

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
  auto known = !language.empty() && language.size() <= 20 && language != "text" && is_language(language);
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
  if (markdown.size() > most_comment_bytes || !fits(markdown))
    out = adf_of_markdown(longest_markdown_ends(markdown, most_comment_bytes, left_out, fits));
  out["content"].push_back(std::move(last));
  return out;
}

} // namespace hyakki::atlassian
