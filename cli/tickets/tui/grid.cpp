#include "cli/tickets/tui/grid.hpp"

#include <algorithm>

namespace hyakki::ticket_tui {

grid::grid(size room) : room_{std::max(room.columns, 1), std::max(room.rows, 1)} {
  cells_.resize(static_cast<std::size_t>(room_.columns) * static_cast<std::size_t>(room_.rows));
}

void grid::set(int x, int y, std::string text, look how) {
  auto& c = cells_[place(x, y)];
  // Half of a wide character cannot stay.
  if (c.text.empty() && x > 0)
    cells_[place(x - 1, y)].text = " ";
  if (x + 1 < room_.columns && cells_[place(x + 1, y)].text.empty())
    cells_[place(x + 1, y)].text = " ";
  c = {std::move(text), how};
}

int grid::put(int x, int y, std::string_view text, int most, look how) {
  most = std::min(most, room_.columns - x);
  if (most <= 0 || !inside(x, y))
    return 0;
  int used = 0;
  while (!text.empty()) {
    auto g = first_glyph(text);
    text.remove_prefix(g.bytes);
    if (g.columns == 0)
      continue;
    bool last = used + g.columns > most || (used + g.columns == most && columns(text.substr(0, 64)) > 0);
    if (last) {
      set(x + used, y, "…", how);
      return used + 1;
    }
    set(x + used, y, std::move(g.text), how);
    if (g.columns == 2) {
      set(x + used + 1, y, " ", how);
      cells_[place(x + used + 1, y)].text.clear();
    }
    used += g.columns;
  }
  return used;
}

void grid::put_right(int right, int y, std::string_view text, int most, look how) {
  put(right - std::min(columns(text), most), y, text, most, how);
}

void grid::fill(area where, look how) {
  for (int y = std::max(where.y, 0); y < std::min(where.bottom(), room_.rows); ++y)
    for (int x = std::max(where.x, 0); x < std::min(where.right(), room_.columns); ++x)
      set(x, y, " ", how);
}

void grid::paint(area where, look how) {
  for (int y = std::max(where.y, 0); y < std::min(where.bottom(), room_.rows); ++y)
    for (int x = std::max(where.x, 0); x < std::min(where.right(), room_.columns); ++x)
      cells_[place(x, y)].how = how;
}

void grid::box(area where, std::string_view title) {
  if (where.width < 2 || where.height < 2)
    return;
  auto edge = [&](int x, int y, const char* line) {
    if (inside(x, y))
      set(x, y, line, look::faint);
  };
  for (int x = where.x + 1; x < where.right() - 1; ++x) {
    edge(x, where.y, "─");
    edge(x, where.bottom() - 1, "─");
  }
  for (int y = where.y + 1; y < where.bottom() - 1; ++y) {
    edge(where.x, y, "│");
    edge(where.right() - 1, y, "│");
  }
  edge(where.x, where.y, "┌");
  edge(where.right() - 1, where.y, "┐");
  edge(where.x, where.bottom() - 1, "└");
  edge(where.right() - 1, where.bottom() - 1, "┘");
  if (!title.empty() && where.width > 6)
    put(where.x + 2, where.y, " " + std::string{title} + " ", where.width - 4, look::strong);
}

std::string grid::line(int y) const {
  auto out = std::string{};
  for (int x = 0; x < room_.columns; ++x)
    out += at(x, y).text;
  out.resize(out.find_last_not_of(' ') + 1);
  return out;
}

std::string grid::text() const {
  auto out = std::string{};
  for (int y = 0; y < room_.rows; ++y)
    out += line(y) + "\n";
  return out;
}

} // namespace hyakki::ticket_tui
