#include "tickets/yaml_scalar.hpp"

#include "tickets/text.hpp"

#include <cstddef>
#include <cstdio>

namespace hyakki::tickets {
namespace {

constexpr std::ptrdiff_t best_width = 80;

std::u32string decoded(std::string_view text) {
  auto out = std::u32string{};
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size())
    out += next_code_point(text, at).value_or(0xFFFD);
  return out;
}

bool is_one_of(char32_t c, std::string_view set) {
  return c < 0x80 && set.find(static_cast<char>(c)) != std::string_view::npos;
}
bool is_blank(char32_t c) { return c == 0 || is_one_of(c, " \t\r\n") || c == 0x85 || c == 0x2028 || c == 0x2029; }

enum class style { plain, single_quoted, double_quoted };

/// The dumper's choice for a value in block context.
style choose(std::string_view raw, std::u32string_view text) {
  if (text.empty())
    return style::single_quoted;
  bool indicator = text.substr(0, 3) == U"---" || text.substr(0, 3) == U"...";
  bool line_break = false;
  bool space_after_break = false;
  bool previous_space = false;
  bool previous_break = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    bool blank_before = i == 0 || is_blank(text[i - 1]);
    bool blank_after = i + 1 == text.size() || is_blank(text[i + 1]);
    if (c != '\n' && (c < 0x20 || c > 0x7E))
      return style::double_quoted;
    if (i == 0)
      indicator = indicator || is_one_of(c, "#,[]{}&*!|>'\"%@`") || (is_one_of(c, "?:-") && blank_after);
    else
      indicator = indicator || (c == ':' && blank_after) || (c == '#' && blank_before);
    if (c == ' ') {
      space_after_break = space_after_break || previous_break;
    } else if (c == '\n') {
      line_break = true;
      if (previous_space)
        return style::double_quoted;
    }
    previous_space = c == ' ';
    previous_break = c == '\n';
  }
  if (space_after_break)
    return style::double_quoted;
  bool edge = text.front() == ' ' || text.back() == ' ';
  if (line_break || edge || indicator || resolves_otherwise(raw))
    return style::single_quoted;
  return style::plain;
}

/// Collects output and knows its column.
class sink {
public:
  explicit sink(scalar_place place) : place_(place), column_(place.column + 1) {}

  void put(std::string_view ascii) {
    out_ += ascii;
    column_ += ascii.size();
  }
  void put(std::u32string_view ascii) {
    for (auto c : ascii)
      out_ += static_cast<char>(c);
    column_ += ascii.size();
  }
  void line_break() {
    out_ += '\n';
    column_ = 0;
  }
  void indent() {
    if (column_ > 0)
      line_break();
    out_.append(place_.indent, ' ');
    column_ = place_.indent;
  }
  bool beyond(std::ptrdiff_t ahead = 0) const {
    return place_.fold && static_cast<std::ptrdiff_t>(column_) + ahead > best_width;
  }
  std::string take() { return std::move(out_); }

private:
  scalar_place place_;
  std::string out_;
  std::size_t column_;
};

/// A run of blanks: a single one beyond the width becomes a fold.
void put_blanks(sink& out, std::size_t count, bool may_fold) {
  if (count == 1 && may_fold && out.beyond())
    out.indent();
  else
    out.put(std::string(count, ' '));
}

std::string plain(std::u32string_view text, scalar_place place) {
  auto out = sink{place};
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.size();
    if (text[at] == ' ') {
      end = text.find_first_not_of(U' ', at);
      end = end == std::u32string_view::npos ? text.size() : end;
      put_blanks(out, end - at, true);
    } else {
      end = text.find(U' ', at);
      end = end == std::u32string_view::npos ? text.size() : end;
      out.put(text.substr(at, end - at));
    }
    at = end;
  }
  return out.take();
}

std::string single_quoted(std::u32string_view text, scalar_place place) {
  auto out = sink{place};
  out.put("'");
  for (std::size_t at = 0; at < text.size();) {
    auto c = text[at];
    auto end = at;
    if (c == ' ' || c == '\n') {
      end = text.find_first_not_of(c, at);
      end = end == std::u32string_view::npos ? text.size() : end;
      if (c == ' ') {
        put_blanks(out, end - at, at != 0 && end != text.size());
      } else {
        out.line_break(); // one break alone would read as a blank
        for (auto i = at; i < end; ++i)
          out.line_break();
        out.indent();
      }
    } else if (c == '\'') {
      out.put("''");
      end = at + 1;
    } else {
      end = text.find_first_of(U" \n'", at);
      end = end == std::u32string_view::npos ? text.size() : end;
      out.put(text.substr(at, end - at));
    }
    at = end;
  }
  out.put("'");
  return out.take();
}

std::string escaped(char32_t c) {
  switch (c) {
  case 0x00: return "\\0";
  case 0x07: return "\\a";
  case 0x08: return "\\b";
  case 0x09: return "\\t";
  case 0x0A: return "\\n";
  case 0x0B: return "\\v";
  case 0x0C: return "\\f";
  case 0x0D: return "\\r";
  case 0x1B: return "\\e";
  case '"': return "\\\"";
  case '\\': return "\\\\";
  case 0x85: return "\\N";
  case 0xA0: return "\\_";
  case 0x2028: return "\\L";
  case 0x2029: return "\\P";
  default: break;
  }
  char text[12];
  auto n = static_cast<unsigned>(c);
  std::snprintf(text, sizeof text, n <= 0xFF ? "\\x%02X" : n <= 0xFFFF ? "\\u%04X" : "\\U%08X", n);
  return text;
}

std::string double_quoted(std::u32string_view text, scalar_place place) {
  auto out = sink{place};
  out.put("\"");
  std::size_t start = 0; // of what is not written yet
  for (std::size_t at = 0; at <= text.size(); ++at) {
    bool last = at == text.size();
    if (last || text[at] == '"' || text[at] == '\\' || text[at] < 0x20 || text[at] > 0x7E) {
      if (start < at)
        out.put(text.substr(start, at - start));
      start = at;
      if (!last) {
        out.put(escaped(text[at]));
        start = at + 1;
      }
    }
    bool inside = at > 0 && at + 1 < text.size();
    if (inside && (text[at] == ' ' || start >= at) &&
        out.beyond(static_cast<std::ptrdiff_t>(at) - static_cast<std::ptrdiff_t>(start))) {
      if (start < at) {
        out.put(text.substr(start, at - start));
        start = at;
      }
      out.put("\\");
      out.indent();
      if (text[start] == ' ')
        out.put("\\");
    }
  }
  out.put("\"");
  return out.take();
}

} // namespace

std::string yaml_string(std::string_view text, scalar_place place) {
  auto wide = decoded(text);
  switch (choose(text, wide)) {
  case style::plain: return plain(wide, place);
  case style::single_quoted: return single_quoted(wide, place);
  case style::double_quoted: break;
  }
  return double_quoted(wide, place);
}

} // namespace hyakki::tickets
