#pragma once
// What is computed from a ticket, as JSON.

#include "cli/tickets/json.hpp"
#include "core/clock.hpp"
#include "tickets/measure.hpp"

namespace hyakki::ticket_cli {

/// `derived` of a ticket's JSON.
json derived_json(const tickets::ticket& t, wall_ms now);

} // namespace hyakki::ticket_cli
