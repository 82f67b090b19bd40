#pragma once
// Tickets out of files that the user gives: JSON with the keys of a ticket, every one of them checked.

#include "core/error.hpp"
#include "tickets/model/ticket.hpp"

namespace hyakki::ticket_cli {

/// A new ticket. `rejected` for an id (the store gives it), a key that a ticket does not have, or a wrong value.
result<tickets::ticket> ticket_of(const tickets::value& fields);

/// The ticket with some of its keys changed; the same rules.
result<tickets::ticket> with_fields(const tickets::ticket& t, const tickets::value& fields);

} // namespace hyakki::ticket_cli
