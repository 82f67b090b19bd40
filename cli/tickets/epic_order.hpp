#pragma once
// The epics as lists show them.

#include "cli/tickets/session.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {

/// The oldest first.
inline result<std::vector<tickets::epic>> oldest_first(const session& at) {
  auto all = at.all<tickets::epic>();
  if (all)
    std::stable_sort(all->begin(), all->end(), [](auto& a, auto& b) { return a.created_at < b.created_at; });
  return all;
}

} // namespace hyakki::ticket_cli
