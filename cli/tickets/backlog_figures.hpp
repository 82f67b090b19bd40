#pragma once
// What an item of the backlog lacks, and how far a sprint is. Pure.

#include "tickets/model/backlog_item.hpp"
#include "tickets/model/ticket.hpp"

#include <string>
#include <vector>

namespace hyakki::ticket_cli {

/// What it needs to be ready for a sprint, as words; empty when it is.
std::vector<std::string> lacks_of(const tickets::backlog_item& b);

struct sprint_figures {
  std::string name;
  std::size_t items = 0; ///< all but cancelled ones
  std::size_t done = 0;  ///< done, or their ticket is closed
  std::int64_t points = 0;
  std::int64_t done_points = 0;
  double percent() const;
};
sprint_figures sprint_progress(const std::vector<const tickets::backlog_item*>& items,
                               const std::vector<tickets::ticket>& all);

} // namespace hyakki::ticket_cli
