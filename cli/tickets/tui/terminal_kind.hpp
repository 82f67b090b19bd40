#pragma once

namespace hyakki::ticket_tui {

/// Whether the terminfo of the machine knows a terminal of that name, and it can place its cursor.
bool can_place_cursor(const char* name);

} // namespace hyakki::ticket_tui
