#pragma once
// Who names whom: links between tickets, epics, backlog items and tasks, kept whole on both sides.

#include "core/error.hpp"
#include "tickets/turn.hpp"

#include <string>
#include <vector>

namespace hyakki::ticket_cli {

/// Removes tickets within a turn. One that others name, or that has tasks or workflows, is refused, unless `force`:
/// then they forget it, its tasks and workflows go, and the agents that had the tasks are free.
result<void> remove_tickets(tickets::turn& turn, const std::vector<std::string>& ids, bool force,
                            std::vector<tickets::ticket>& gone);

/// Takes a word out of a list; true when it was there.
bool drop_word(tickets::words& list, const std::string& word);
/// Adds it at the end unless it is there; true when it was not.
bool add_word(tickets::words& list, const std::string& word);
bool has_word(const tickets::words& list, const std::string& word);

} // namespace hyakki::ticket_cli
