#pragma once
// Links between tickets, kept on both sides, and what can be started because nothing stands before it.

#include "cli/tickets/leases.hpp"
#include "cli/tickets/references.hpp"
#include "core/error.hpp"
#include "tickets/turn.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::ticket_cli {

enum class link_kind : std::uint8_t { blocks, blocked_by, relates, parent, child };

/// "blocked-by"; empty for another word.
std::optional<link_kind> link_of(std::string_view word);
/// "is blocked by"
std::string phrase_of(link_kind kind);

/// Sets or takes the link on both tickets; true when anything changed.
bool join(link_kind kind, tickets::ticket& a, tickets::ticket& b);
bool part(link_kind kind, tickets::ticket& a, tickets::ticket& b);

/// `rejected` when the link from a to b would close a circle; names its way.
result<void> refuse_cycle(const tickets::turn& turn, link_kind kind, const tickets::ticket& a,
                          const tickets::ticket& b);

/// Whether a ticket that is not over can be started, and why.
struct verdict {
  const tickets::ticket* about = nullptr;
  std::vector<std::string> waits_for; ///< reasons against; empty = ready
  std::vector<std::string> because;   ///< what to say of it
  std::size_t unblocks = 0;           ///< open tickets that wait for it
  bool ready() const { return waits_for.empty(); }
};
/// Of every ticket that is not over; ready ones first, in the order in which they should be taken.
std::vector<verdict> readiness_of(const std::vector<tickets::ticket>& all, const std::vector<lease>& leases);

} // namespace hyakki::ticket_cli
