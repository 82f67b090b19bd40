#pragma once
// What a ticket's file may hold, because reading is lenient, and no command stores: times that are none, numbers below
// zero, links that cannot be. Batches refuse it, `health` names it.

#include "core/error.hpp"
#include "tickets/turn.hpp"

#include <string>
#include <vector>

namespace hyakki::ticket_cli {

/// A sentence for each: "created_at is "soon"; it must be …". Pure.
std::vector<std::string> odd_values(const tickets::ticket& t);

/// `rejected` for the first odd value and the first link that `was` did not have: to a ticket or an epic that is not
/// there, or one that closes a circle. Links are looked up as the turn leaves them.
result<void> refuse_odd(const tickets::turn& turn, const tickets::ticket& was, const tickets::ticket& is);

/// Every circle of blockers and of parents: "FIX-1 > FIX-2 > FIX-1 wait for each other". Pure.
std::vector<std::string> circles_of(const std::vector<tickets::ticket>& all);

} // namespace hyakki::ticket_cli
