#pragma once
// Where the parts of the list screen lie in a terminal of any size: what has no room is left out, the table last.

#include "cli/tickets/tui/grid.hpp"

namespace hyakki::ticket_tui {

struct layout {
  area head;   ///< one line
  area side;   ///< search, filters, actions; width 0 = left out
  area search; ///< the search box's line where there is no side bar
  area panels; ///< height 0 = left out
  area table;  ///< its head line and the rows
  area foot;   ///< what was said, and the keys
};

constexpr int side_columns = 22;
constexpr int panel_rows = 7;

inline layout lay_out(size room) {
  auto out = layout{};
  out.head = {0, 0, room.columns, 1};
  auto foot_rows = room.rows >= 4 ? 2 : 1;
  out.foot = {0, room.rows - foot_rows, room.columns, foot_rows};
  auto body = area{0, 1, room.columns, room.rows - 1 - foot_rows};
  if (room.columns >= 80 && body.height >= 12) {
    out.side = {0, body.y, side_columns, body.height};
    body.x = side_columns + 1;
    body.width -= side_columns + 1;
  } else if (body.height >= 3) {
    out.search = {0, body.y, body.width, 1};
    ++body.y;
    --body.height;
  }
  if (body.width >= 54 && body.height >= panel_rows + 7) {
    out.panels = {body.x, body.y, body.width, panel_rows};
    body.y += panel_rows;
    body.height -= panel_rows;
  }
  out.table = body;
  return out;
}

} // namespace hyakki::ticket_tui
