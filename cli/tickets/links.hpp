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

/// The lists of links that a ticket has, and what a word in each of them means.
struct link_row {
  const char* key;
  link_kind kind;
  tickets::words tickets::ticket::*list;
};
inline constexpr link_row link_rows[] = {
  {"blocked_by", link_kind::blocked_by, &tickets::ticket::blocked_by},
  {"blocks", link_kind::blocks, &tickets::ticket::blocks},
  {"related_to", link_kind::relates, &tickets::ticket::related_to},
  {"child_ticket_ids", link_kind::child, &tickets::ticket::child_ticket_ids},
};

/// A ticket has one parent: before a child is joined to another one, the former forgets it. Answers the former's id, or
/// nothing.
result<std::string> leave_former_parent(tickets::turn& turn, link_kind kind, const tickets::ticket& a,
                                        const tickets::ticket& b);

/// What moving a ticket to an epic did.
struct epic_move {
  bool changed = false;
  std::string former; ///< the epic that listed it until now
};
/// Lets a ticket serve the epic of that id, or none for ""; the epics know it. The ticket is left to the caller to put.
result<epic_move> move_to_epic(tickets::turn& turn, tickets::ticket& t, const std::string& id);

/// For a ticket that was put as `is`: the other sides of the links and the epic that it no longer names forget it.
result<void> untie(tickets::turn& turn, const tickets::ticket& was, const tickets::ticket& is);
/// And those that it names anew know of it; what is not there is passed over.
result<void> tie(tickets::turn& turn, const tickets::ticket& was, const tickets::ticket& is);

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
