// A page of text, and a form.

#include "cli/tickets/print.hpp"
#include "cli/tickets/tui/view.hpp"

#include <algorithm>

namespace hyakki::ticket_tui {
namespace {

constexpr int label_columns = 14;
constexpr int most_text_rows = 8;

/// A field as rows: how many it takes, and which of them has the caret.
struct drawn_field {
  int height = 1;
  shown_edit text; ///< lines
};

drawn_field shape(const field& f, int width) {
  auto out = drawn_field{};
  if (f.kind == field_kind::lines) {
    out.text = show(f.edit, width);
    out.height = std::clamp(static_cast<int>(out.text.rows.size()), 3, most_text_rows);
  }
  return out;
}

void draw_choice(grid& g, const field& f, area where) {
  int x = where.x;
  auto all = std::size_t{0};
  for (auto& word : f.allowed)
    all += word.size() + 3;
  for (std::size_t i = 0; i < f.allowed.size(); ++i) {
    // Where there is no room for all of them, the chosen one is the only one.
    bool alone = all > static_cast<std::size_t>(where.width);
    if (alone && i != f.chosen)
      continue;
    auto text = (alone ? "< " : " ") + ticket_cli::cut(f.allowed[i]) + (alone ? " >" : " ");
    x += g.put(x, where.y, text, where.right() - x, i == f.chosen ? look::chosen : look::plain) + 1;
  }
}

void draw_text(grid& g, const drawn_field& d, area where, bool here, int bottom) {
  auto rows = static_cast<std::size_t>(where.height);
  auto first = d.text.caret_row >= rows ? d.text.caret_row - rows + 1 : 0;
  for (std::size_t i = 0; i < rows && where.y + static_cast<int>(i) < bottom; ++i) {
    auto y = where.y + static_cast<int>(i);
    g.fill({where.x, y, where.width, 1}, look::field);
    if (first + i < d.text.rows.size())
      g.put(where.x, y, d.text.rows[first + i], where.width, look::field);
    if (here && first + i == d.text.caret_row)
      g.caret = std::pair{where.x + d.text.caret_column, y};
  }
}

void draw_line(grid& g, const field& f, area where, bool here) {
  auto width = where.width;
  if (!f.hint.empty() && f.edit.text.empty() && !here) {
    g.fill(where, look::field);
    g.put(where.x + 1, where.y, "(" + f.hint + ")", width - 1, look::field);
    return;
  }
  auto [text, caret] = show_line(f.edit, width);
  g.fill(where, look::field);
  g.put(where.x, where.y, text, width, look::field);
  if (here)
    g.caret = std::pair{where.x + caret, where.y};
}

} // namespace

void draw_page(grid& g, const state& s, const page& p) {
  auto rows = page_rows(s);
  for (int y = 0; y < rows; ++y) {
    auto at = p.top + static_cast<std::size_t>(y);
    if (at >= p.shown.size())
      break;
    auto& line = p.shown[at];
    bool heading = p.kind == page_kind::help && !line.empty() && line[0] != ' ';
    g.put(1, 1 + y, line, s.room.columns - 2, heading ? look::strong : look::plain);
  }
  if (p.shown.size() > static_cast<std::size_t>(std::max(rows, 1))) {
    auto last = std::min(p.top + static_cast<std::size_t>(rows), p.shown.size());
    g.put_right(s.room.columns, 0, " " + std::to_string(last * 100 / p.shown.size()) + "% ", 6, look::bar);
  }
}

void draw_form(grid& g, const state& s, const form& f) {
  auto bottom = lay_out(s.room).foot.y;
  int y = 1;
  // What is known stands above, as far as the fields leave room.
  auto room = std::max(bottom - 1 - static_cast<int>(f.fields.size()) - 1, 0);
  auto head = std::min<std::size_t>(f.head.size(), static_cast<std::size_t>(room));
  auto first = std::min(f.head_top, f.head.size() - head);
  for (std::size_t i = 0; i < head; ++i)
    g.put(1, y++, f.head[first + i], s.room.columns - 2);
  if (y + static_cast<int>(f.fields.size()) < bottom)
    ++y;
  auto labels = s.room.columns >= 60 ? label_columns : std::min(label_columns, s.room.columns / 3);
  auto width = std::max(s.room.columns - labels - 3, 2);
  auto shapes = std::vector<drawn_field>{};
  for (auto& one : f.fields)
    shapes.push_back(shape(one, width));
  // The field that is written in is always there: those above it leave when there is no room for all.
  std::size_t from = 0;
  auto height = [&] {
    int sum = 0;
    for (auto i = from; i <= f.focus; ++i)
      sum += shapes[i].height;
    return sum;
  };
  while (from < f.focus && y + height() > bottom)
    ++from;
  for (auto i = from; i < f.fields.size() && y < bottom; ++i) {
    auto& one = f.fields[i];
    bool here = i == f.focus;
    g.put(1, y, one.label, labels - 1, here ? look::strong : look::faint);
    auto where = area{labels + 1, y, width, shapes[i].height};
    if (one.kind == field_kind::choice) {
      draw_choice(g, one, where);
      if (here)
        g.caret = std::pair{labels, y};
    } else if (one.kind == field_kind::lines) {
      draw_text(g, shapes[i], where, here, bottom);
    } else {
      draw_line(g, one, where, here);
    }
    y += shapes[i].height;
  }
}

} // namespace hyakki::ticket_tui
