#pragma once
// Who works on what right now: claims with an end, in a file of our own, never in a ticket.
//
// A claim is a matter of this clone, not of its history: the file, hyakki-claims.json, lies in the git directory that
// all work trees share, or as .claims.json in .tickets where there is none. Whoever has it open for changing is alone
// with it, across work trees; it is written as a whole.

#include "core/clock.hpp"
#include "core/error.hpp"
#include "tickets/directory.hpp"
#include "tickets/store.hpp"

#include <string>
#include <utility>
#include <vector>

namespace hyakki::ticket_cli {

struct lease {
  std::string ticket;
  std::string holder;
  wall_ms since_ms = 0;
  wall_ms until_ms = 0;
  std::string until; ///< local time, "2026-11-20 13:00"
};

class session;

class claims_file {
public:
  /// Of the repository with that root. `alone` waits until nobody else has it so; `unavailable` after half a minute.
  static result<claims_file> open(const std::string& root, bool alone);

  /// Those that have not ended, in order of tickets.
  result<std::vector<lease>> leases(wall_ms now) const;
  /// Only when it was opened `alone`.
  result<void> save(std::vector<lease> leases) const;

private:
  claims_file(tickets::directory folder, std::string name) : folder_(std::move(folder)), name_(std::move(name)) {}

  tickets::directory folder_; ///< its descriptor carries the lock
  std::string name_;
};

/// Its ticket is over or gone.
bool is_idle(const lease& l, const tickets::ticket_store& store);
/// After a change of tickets: nobody works any more on those that are over or gone.
void end_idle_claims(const session& at);

} // namespace hyakki::ticket_cli
