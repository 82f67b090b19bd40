#include "adapters/atlassian/blocks.hpp"

#include "adapters/atlassian/list_levels.hpp"
#include "core/markdown.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hyakki::atlassian {
namespace {

constexpr std::string_view gap = "\xE2\x80\x8B";

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }
bool alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
}
bool punctuation(char c) { return c > ' ' && c < 0x7f && !alnum(c); }

std::string_view trimmed(std::string_view text) {
  auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The spans of one line. Each sign is looked at once but for the ends of code and links, which are sought at most a
/// bounded way ahead.
class span_reader {
public:
  explicit span_reader(std::string_view text) : rest_(text) {}

  line read() {
    while (!rest_.empty())
      step();
    flush();
    return std::move(out_);
  }

private:
  static constexpr std::size_t ahead = 2000;

  void step() {
    auto c = rest_[0];
    if (c == '\\' && rest_.size() > 1 && punctuation(rest_[1]))
      return take(rest_.substr(1, 1), 2);
    if (c == '&' && entity())
      return;
    if (c == '`' && code())
      return;
    if (c == '[' && link(0))
      return;
    if (begins(rest_, "![") && link(1)) // a picture: nobody fetches it, and its address leads there
      return;
    if (c == '<' && angle())
      return;
    if ((c == 'h' || c == 'm') && !alnum(before_) && bare())
      return;
    if ((begins(rest_, "***") || begins(rest_, "___")) && toggle_both())
      return;
    if ((begins(rest_, "**") || begins(rest_, "__")) && toggle(style_.strong, 2))
      return;
    if (begins(rest_, "~~") && toggle(style_.strike, 2))
      return;
    if ((c == '*' || c == '_') && toggle(style_.em, 1))
      return;
    take(rest_.substr(0, 1), 1);
  }

  void take(std::string_view text, std::size_t signs) {
    style_.text += text;
    before_ = rest_[signs - 1];
    rest_.remove_prefix(signs);
  }
  void flush() {
    if (!style_.text.empty()) {
      out_.push_back(style_);
      out_.back().text = disarmed(style_.text);
    }
    style_.text.clear();
  }
  void alone(span s, std::size_t signs) {
    flush();
    s.strong = style_.strong, s.em = style_.em, s.strike = style_.strike;
    if (!begins(s.href, "mailto:")) // leads to the same place and calls nobody
      for (auto at = s.href.find('@'); at != std::string::npos; at = s.href.find('@'))
        s.href.replace(at, 1, "%40");
    if (!s.text.empty()) {
      // an address that is a link is read and copied as it is
      auto scheme = std::size_t{s.href.empty()               ? 0u
                                : begins(s.text, "https://") ? 8u
                                : begins(s.text, "http://")  ? 7u
                                                             : 0u};
      s.text = s.text.substr(0, scheme) + disarmed(std::string_view{s.text}.substr(scheme));
      out_.push_back(std::move(s));
    }
    before_ = rest_[signs - 1];
    rest_.remove_prefix(signs);
  }

  bool entity() {
    constexpr auto known = std::array<std::pair<std::string_view, std::string_view>, 5>{
      {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&quot;", "\""}, {"&#39;", "'"}}};
    for (auto& [name, sign] : known)
      if (begins(rest_, name))
        return take(sign, name.size()), true;
    return false;
  }

  // opens before a word, closes after one
  bool toggle(bool& style, std::size_t signs) {
    auto after = rest_.size() > signs ? rest_[signs] : ' ';
    auto open = after != ' ' && !alnum(before_) && after != rest_[0];
    auto close = before_ != ' ' && !alnum(after);
    if (style ? !close : !open)
      return false;
    if (!style && rest_.substr(signs, ahead).find(rest_.substr(0, signs)) == std::string_view::npos)
      return false;
    flush();
    style = !style;
    before_ = style ? ' ' : rest_[0];
    rest_.remove_prefix(signs);
    return true;
  }

  /// Bold and italic at once.
  bool toggle_both() {
    if (style_.strong != style_.em)
      return false;
    auto both = style_.strong;
    if (!toggle(both, 3))
      return false;
    style_.strong = style_.em = both;
    return true;
  }

  bool code() {
    auto ticks = std::min(rest_.find_first_not_of('`'), rest_.size());
    if (ticks > 20)
      return take(rest_.substr(0, ticks), ticks), true;
    auto near = rest_.substr(0, ahead);
    for (auto at = near.find(rest_.substr(0, ticks), ticks); at != std::string_view::npos;) {
      auto end = std::min(near.find_first_not_of('`', at), near.size());
      if (end - at == ticks) {
        auto s = span{};
        s.text = trimmed(rest_.substr(ticks, at - ticks));
        s.code = true;
        alone(std::move(s), end);
        return true;
      }
      at = near.find(rest_.substr(0, ticks), end);
    }
    take(rest_.substr(0, ticks), ticks);
    return true;
  }

  /// What is left of a text behind a title, which is in quotes or parentheses; nothing when it has no end.
  static std::string_view behind_title(std::string_view text) {
    auto sign = text.front() == '(' ? ')' : text.front();
    for (std::size_t at = 1; at < text.size(); ++at)
      if (text[at] == '\\')
        ++at;
      else if (text[at] == sign)
        return text.substr(at + 1);
    return {};
  }

  static std::string_view without_blanks(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
  }

  /// [words](address "title") behind `skipped` signs. Jira has no place for the title.
  bool link(std::size_t skipped) {
    auto near = rest_.substr(skipped, ahead);
    auto close = near.find("](");
    if (close == std::string_view::npos || near.substr(1, close - 1).find('[') != std::string_view::npos)
      return false;
    auto target = without_blanks(near.substr(close + 2));
    auto address = target.substr(0, target.find_first_of(" \t)"));
    auto behind = without_blanks(target.substr(address.size()));
    auto titled = behind.size() < target.size() - address.size() && !behind.empty() &&
                  std::string_view{"\"'("}.find(behind.front()) != std::string_view::npos;
    if (titled)
      behind = without_blanks(behind_title(behind));
    if (!begins(behind, ")"))
      return false;
    if (address.size() > 1 && address.front() == '<' && address.back() == '>')
      address = address.substr(1, address.size() - 2);
    if (!is_link(address))
      return false;
    auto s = span{};
    for (auto at = std::size_t{1}; at < close; ++at) {
      if (near[at] == '\\' && at + 1 < close && punctuation(near[at + 1]))
        ++at;
      s.text += near[at];
    }
    s.href = address;
    if (trimmed(s.text).empty())
      s.text = s.href;
    alone(std::move(s), skipped + static_cast<std::size_t>(behind.data() - near.data()) + 1);
    return true;
  }

  bool angle() {
    auto near = rest_.substr(0, ahead);
    auto end = near.find('>');
    if (end == std::string_view::npos || !is_link(near.substr(1, end - 1)))
      return false;
    auto s = span{};
    s.text = s.href = near.substr(1, end - 1);
    alone(std::move(s), end + 1);
    return true;
  }

  bool bare() {
    if (!begins(rest_, "https://") && !begins(rest_, "http://"))
      return false;
    auto address = rest_.substr(0, std::min(rest_.find_first_of(" \t<>\"'`*|[]{}()\\^"), rest_.size()));
    address = address.substr(0, address.find_last_not_of(".,;:!?_~") + 1);
    if (!is_link(address))
      return false;
    auto s = span{};
    s.text = s.href = address;
    alone(std::move(s), address.size());
    return true;
  }

  std::string_view rest_;
  char before_ = ' ';
  span style_;
  line out_;
};

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
      out.push_back(span_reader{without_bars(cell)}.read());
  out.resize(columns);
  return out;
}

} // namespace

bool is_link(std::string_view address) {
  if (!begins(address, "http://") && !begins(address, "https://") && !begins(address, "mailto:"))
    return false;
  auto name = address.substr(address.find(':') + 1);
  return address.size() <= 1000 && name.find_first_not_of('/') != std::string_view::npos &&
         std::all_of(address.begin(), address.end(), [](char c) {
           return c > ' ' && c < 0x7f && std::string_view{"<>\"'`|[]{}()\\^*"}.find(c) == std::string_view::npos;
         });
}

std::string disarmed(std::string_view text) {
  auto calm = without_mentions(text);
  auto out = std::string{};
  out.reserve(calm.size());
  for (std::size_t i = 0; i < calm.size(); ++i) {
    auto rest = std::string_view{calm}.substr(i);
    out += calm[i];
    if (begins(rest, "[~") || begins(rest, "[^"))
      out += gap;
    else if (begins(rest, "hyakki:"))
      out += "yakki" + std::string{gap}, i += 5;
  }
  return out;
}

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
      if (auto spans = span_reader{words}.read(); !spans.empty()) {
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
      auto spans = inner > 0 ? line{} : span_reader{listed.text}.read();
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
      } else if (auto spans = span_reader{words}.read(); !spans.empty()) {
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

std::string plain_to_markdown(std::string_view text) {
  auto out = std::string{};
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    auto inner = c == '_' && i > 0 && i + 1 < text.size() && alnum(text[i - 1]) && alnum(text[i + 1]);
    if (std::string_view{"\\`*[]<"}.find(c) != std::string_view::npos || (c == '_' && !inner))
      out += '\\';
    out += c;
  }
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
