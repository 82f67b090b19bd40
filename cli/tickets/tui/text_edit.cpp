#include "cli/tickets/tui/text_edit.hpp"

#include "cli/tickets/tui/glyph.hpp"

#include <algorithm>
#include <string_view>

namespace hyakki::ticket_tui {
namespace {

std::string utf8(char32_t c) {
  auto out = std::string{};
  auto more = [&](int shift) { out += static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    more(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    more(6);
    more(0);
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    more(12);
    more(6);
    more(0);
  }
  return out;
}

/// A line break is a glyph too, as far as the caret goes.
std::size_t step(std::string_view rest) { return rest.empty() ? 0 : first_glyph(rest).bytes; }

/// Begin of the glyph before `at`, within its line.
std::size_t before(const std::string& text, std::size_t at) {
  auto begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  if (begin == at)
    return at == 0 ? 0 : at - 1; // the line break
  while (true) {
    auto next = begin + step(std::string_view{text}.substr(begin));
    if (next >= at)
      return begin;
    begin = next;
  }
}

/// Where the glyph at a column begins, in a line.
std::size_t at_column(std::string_view line, int column) {
  std::size_t at = 0;
  for (int used = 0; at < line.size();) {
    auto g = first_glyph(line.substr(at));
    if (used + g.columns > column)
      break;
    used += g.columns;
    at += g.bytes;
  }
  return at;
}

} // namespace

std::size_t text_edit::line_begin() const { return caret == 0 ? 0 : text.rfind('\n', caret - 1) + 1; }
std::size_t text_edit::line_end() const { return std::min(text.find('\n', caret), text.size()); }

void text_edit::insert(char32_t c) {
  auto bytes = utf8(c);
  if (text.size() + bytes.size() > most_edited_bytes)
    return;
  text.insert(caret, bytes);
  caret += bytes.size();
}

bool text_edit::press(const key& k, bool lines) {
  auto begin = lines ? line_begin() : 0;
  auto end = lines ? line_end() : text.size();
  auto cut = [&](std::size_t from, std::size_t to) {
    text.erase(from, to - from);
    caret = from;
  };
  switch (k.what) {
  case press::letter: insert(k.letter); return true;
  case press::left: caret = before(text, caret); return true;
  case press::right: caret += step(std::string_view{text}.substr(caret)); return true;
  case press::home: caret = begin; return true;
  case press::end: caret = end; return true;
  case press::backspace: cut(before(text, caret), caret); return true;
  case press::erase: cut(caret, caret + step(std::string_view{text}.substr(caret))); return true;
  case press::control: break;
  default: return false;
  }
  switch (k.letter) {
  case 'a': caret = begin; return true;
  case 'e': caret = end; return true;
  case 'k': cut(caret, end); return true;
  case 'u': cut(begin, caret); return true;
  case 'w': {
    auto from = caret;
    while (from > begin && text[from - 1] == ' ')
      --from;
    while (from > begin && text[from - 1] != ' ')
      --from;
    cut(from, caret);
    return true;
  }
  default: return false;
  }
}

bool text_edit::line_up() {
  auto begin = line_begin();
  if (begin == 0)
    return false;
  auto column = columns(std::string_view{text}.substr(begin, caret - begin));
  caret = begin - 1;
  auto line = line_begin();
  caret = line + at_column(std::string_view{text}.substr(line, begin - 1 - line), column);
  return true;
}

bool text_edit::line_down() {
  auto begin = line_begin(), end = line_end();
  if (end == text.size())
    return false;
  auto column = columns(std::string_view{text}.substr(begin, caret - begin));
  caret = end + 1;
  caret += at_column(std::string_view{text}.substr(caret, line_end() - caret), column);
  return true;
}

shown_edit show(const text_edit& e, int width) {
  width = std::max(width, 2);
  auto out = shown_edit{{""}, 0, 0};
  int used = 0;
  for (std::size_t at = 0;;) {
    if (at == e.caret) {
      out.caret_row = out.rows.size() - 1;
      out.caret_column = used;
    }
    if (at >= e.text.size())
      break;
    if (e.text[at] == '\n') {
      out.rows.emplace_back();
      used = 0;
      ++at;
      continue;
    }
    auto g = first_glyph(std::string_view{e.text}.substr(at));
    // The last column is the caret's when it stands behind the text.
    if (used + g.columns > width - 1) {
      out.rows.emplace_back();
      used = 0;
      if (at == e.caret) {
        out.caret_row = out.rows.size() - 1;
        out.caret_column = 0;
      }
    }
    out.rows.back() += g.text;
    used += g.columns;
    at += g.bytes;
  }
  return out;
}

std::pair<std::string, int> show_line(const text_edit& e, int width) {
  auto text = std::string_view{e.text};
  auto caret = columns(text.substr(0, e.caret));
  auto skip = std::max(0, caret - std::max(width - 1, 1));
  std::size_t from = 0;
  int skipped = 0;
  while (skipped < skip) {
    auto g = first_glyph(text.substr(from));
    skipped += g.columns;
    from += g.bytes;
  }
  auto out = std::string{};
  int used = 0;
  for (auto rest = text.substr(from); !rest.empty();) {
    auto g = first_glyph(rest);
    if (used + g.columns > width)
      break;
    out += g.text;
    used += g.columns;
    rest.remove_prefix(g.bytes);
  }
  return {out, caret - skipped};
}

} // namespace hyakki::ticket_tui
