#pragma once
// From the state to a screen of cells. Pure; costs what is on the screen, however many tickets there are.

#include "cli/tickets/tui/grid.hpp"
#include "cli/tickets/tui/layout.hpp"
#include "cli/tickets/tui/state.hpp"

#include <string_view>

namespace hyakki::ticket_tui {

grid view(const state& s);

// Its parts.
void draw_side(grid& g, const state& s, area where);
void draw_panels(grid& g, const state& s, area where);
void draw_table(grid& g, const state& s, area where);
void draw_page(grid& g, const state& s, const page& p);
void draw_form(grid& g, const state& s, const form& f);
void draw_search(grid& g, const state& s, area where);

/// How words of a ticket are shown.
look look_of_status(std::string_view status);
look look_of_priority(std::string_view priority);

} // namespace hyakki::ticket_tui
