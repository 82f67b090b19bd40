#include "adapters/atlassian/blocks.hpp"

#include "adapters/atlassian/list_levels.hpp"
#include "core/ascii.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <utility>

namespace hyakki::atlassian {
namespace {

struct item {
  block::kind is = block::kind::bullet;
  int number = 1;
  std::size_t text_at = 0; ///< the column where its text begins
  std::string_view text;
};

/// A line of a list: "- x", "* x", "1. x".
bool read_item(std::string_view text, std::size_t indent, item& out) {
  auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  auto sign = std::size_t{0};
  out.is = block::kind::bullet;
  if (text.size() > 2 && (text[0] == '-' || text[0] == '*' || text[0] == '+') && text[1] == ' ')
    sign = 1;
  else if (digits > 0 && digits <= 9 && text.size() > digits + 2 && (text[digits] == '.' || text[digits] == ')') &&
           text[digits + 1] == ' ')
    sign = digits + 1, out.is = block::kind::ordered;
  else
    return false;
  out.number = 0;
  for (auto c : text.substr(0, out.is == block::kind::ordered ? digits : 0))
    out.number = out.number * 10 + (c - '0');
  out.text = trimmed(text.substr(sign));
  auto blanks = std::min(text.find_first_not_of(' ', sign), text.size()) - sign;
  out.text_at = indent + sign + (blanks > 4 ? 1 : blanks);
  return !out.text.empty();
}

/// The signs of a fence that opens a block of code with this line; 0 = none does.
std::size_t fence_of(std::string_view text) {
  if (text.empty() || (text[0] != '`' && text[0] != '~'))
    return 0;
  auto signs = std::min(text.find_first_not_of(text[0]), text.size());
  return signs >= 3 && (text[0] == '~' || text.find('`', signs) == std::string_view::npos) ? signs : 0;
}

bool is_rule(std::string_view text) {
  return text.size() >= 3 && (text[0] == '-' || text[0] == '*' || text[0] == '_') &&
         text.find_first_not_of(text[0]) == std::string_view::npos;
}

constexpr std::size_t most_columns = 50;

/// The cells of "| a | b |". A bar behind a backslash is text.
std::vector<std::string_view> cells_of(std::string_view text) {
  auto out = std::vector<std::string_view>{};
  text.remove_prefix(1);
  for (std::size_t at = 0; at < text.size() && out.size() < most_columns;) {
    if (text[at] == '\\') {
      at += 2;
    } else if (text[at] == '|') {
      out.push_back(trimmed(text.substr(0, at)));
      text.remove_prefix(at + 1);
      at = 0;
    } else {
      ++at;
    }
  }
  if (!text.empty())
    out.push_back(trimmed(text));
  return out;
}

/// "|---|:-:|", which makes the line above it the heading of a table.
bool is_table_rule(std::string_view text) {
  return begins(text, "|") && text.find('-') != std::string_view::npos &&
         text.find_first_not_of("|-: ") == std::string_view::npos;
}

/// A cell as it would stand outside of a table, where a bar needs no backslash: one in code would be seen.
std::string without_bars(std::string_view cell) {
  auto out = std::string{};
  for (std::size_t at = 0; at < cell.size(); ++at) {
    if (cell[at] == '\\' && at + 1 < cell.size() && cell[++at] != '|')
      out += '\\';
    out += cell[at];
  }
  return out;
}

std::vector<line> row_of(std::string_view text, std::size_t columns) {
  auto out = std::vector<line>{};
  for (auto cell : cells_of(text))
    if (out.size() < columns)
      out.push_back(read_spans(without_bars(cell)));
  out.resize(columns);
  return out;
}

} // namespace

std::vector<block> read_blocks(std::string_view markdown) {
  auto clean = clean_text(markdown);
  auto rest = std::string_view{clean};
  auto out = std::vector<block>{};
  auto fence = std::string{};
  auto strip = std::size_t{0};  // columns before code that are not the code's
  auto is_indented = false;     // the code that is open is told by its indent
  auto blanks = std::size_t{0}; // empty lines that are part of it when it goes on
  auto whole = true;            // the next line begins a block of its own
  auto in_table = false;
  auto levels = list_levels{};
  auto comments_end = true; // none that was met so far goes on to the end
  while (!rest.empty()) {
    auto end = rest.find('\n');
    auto raw = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    auto text = trimmed(raw);
    auto indent = indent_of(raw);
    auto mark = text.empty() ? char{0} : text[0];
    if (!fence.empty()) {
      auto closes = text.size() >= fence.size() && text.find_first_not_of(fence[0]) == std::string_view::npos;
      if (closes) {
        fence.clear();
        whole = true;
      } else {
        out.back().text += disarmed(without_indent(raw, strip)) + "\n";
      }
      continue;
    }
    if (is_indented && text.empty()) {
      ++blanks;
      continue;
    }
    auto holder = levels.holding(indent);
    auto listed = item{};
    auto is_item = read_item(text, indent, listed);
    // what looks like one more item of a list is one, and a fence is one wherever it stands
    auto begins_code = whole && !text.empty() && indent >= levels.code_at(holder) && fence_of(text) == 0 &&
                       !(is_item && holder > 0) && !(in_table && mark == '|');
    auto begin = [&](block::kind is) -> block& {
      levels.end_below(holder);
      out.push_back({});
      out.back().is = is;
      out.back().within = holder;
      return out.back();
    };
    if (is_indented ? indent >= strip : begins_code) {
      in_table = false;
      if (!is_indented) {
        begin(block::kind::code);
        strip = levels.code_at(holder);
        is_indented = true;
      }
      out.back().text += std::string(blanks, '\n') + disarmed(without_indent(raw, strip)) + "\n";
      blanks = 0;
      continue;
    }
    is_indented = false;
    blanks = 0;
    auto begin_fence = [&](std::string_view line, std::size_t signs, std::size_t at) {
      fence = std::string(signs, line[0]);
      strip = at;
      begin(block::kind::code).language = trimmed(line.substr(signs));
    };
    auto add = [&](block::kind is, int level, std::string_view words) {
      if (auto spans = read_spans(words); !spans.empty()) {
        auto& b = begin(is);
        b.level = level;
        b.lines.push_back(std::move(spans));
      }
    };
    auto below = trimmed(rest.substr(0, rest.find('\n')));
    auto heads = mark == '|' && !in_table && is_table_rule(below) && cells_of(text).size() == cells_of(below).size();
    in_table = heads || (mark == '|' && in_table);
    auto hashes = mark == '#' ? std::min(text.find_first_not_of('#'), text.size()) : std::size_t{0};
    if (comments_end && begins(text, "<!--")) {
      auto from = static_cast<std::size_t>(text.data() - clean.data());
      auto last = clean.find("-->", from + 2); // "<!-->" is one, too
      comments_end = last != std::string::npos;
      if (comments_end) { // what follows it is seen
        rest = std::string_view{clean}.substr(last + 3);
        whole = true;
        continue;
      }
    }
    if (text.empty()) {
      whole = true;
    } else if (auto signs = fence_of(text); signs > 0) {
      begin_fence(text, signs, indent);
    } else if (in_table) {
      if (heads) {
        begin(block::kind::table);
        rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
      }
      auto& rows = out.back().rows;
      rows.push_back(row_of(text, heads ? cells_of(text).size() : rows.front().size()));
      whole = true;
    } else if (hashes > 0 && hashes <= 6 && hashes < text.size() && text[hashes] == ' ') {
      add(block::kind::heading, static_cast<int>(hashes), trimmed(text.substr(hashes)));
      whole = true;
    } else if (is_rule(text)) {
      begin(block::kind::rule);
      whole = true;
    } else if (is_item) {
      holder = levels.begin_item(indent, listed.text_at);
      auto inner = fence_of(listed.text);
      auto spans = inner > 0 ? line{} : read_spans(listed.text);
      if (inner > 0 || !spans.empty()) {
        auto& b = begin(listed.is);
        b.level = holder;
        b.number = listed.number;
        b.lines.push_back(std::move(spans));
      }
      if (inner > 0)
        begin_fence(listed.text, inner, listed.text_at);
      whole = false;
    } else {
      auto is = mark == '>' ? block::kind::quote : block::kind::paragraph;
      auto words = is == block::kind::quote ? trimmed(text.substr(1)) : text;
      auto joins = !whole && !out.empty() && !out.back().lines.empty() && out.back().is != block::kind::heading &&
                   (is == block::kind::quote ? out.back().is == is : true);
      if (!joins) {
        add(is, 1, words);
      } else if (auto spans = read_spans(words); !spans.empty()) {
        out.back().lines.push_back(std::move(spans));
      }
      whole = false;
    }
  }
  for (auto& b : out)
    if (b.is == block::kind::code && !b.text.empty())
      b.text.pop_back();
  return out;
}

std::string in_cell(std::string_view markdown) {
  auto out = std::string{};
  for (auto c : markdown)
    if (c == '|')
      out += "\\|";
    else
      out += c == '\n' ? ' ' : c;
  return out;
}

} // namespace hyakki::atlassian
