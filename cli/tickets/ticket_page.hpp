#pragma once
// A ticket as a page, and the parts of it that other commands show as well.

#include "cli/tickets/page.hpp"
#include "core/clock.hpp"
#include "tickets/model/ticket.hpp"

namespace hyakki::ticket_cli {

void print_ticket(const tickets::ticket& t, wall_ms now);
void add_requirements(page& p, const tickets::ticket& t);
/// Logged, estimated and remaining hours, and what runs.
void add_time(page& p, const tickets::ticket& t, wall_ms now);
void add_time_logs(page& p, const tickets::ticket& t);

} // namespace hyakki::ticket_cli
