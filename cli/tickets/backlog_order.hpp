#pragma once
// The backlog as lists show it.

#include "cli/tickets/session.hpp"
#include "tickets/measure.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {

/// The highest score first.
inline result<std::vector<tickets::backlog_item>> best_first(const session& at) {
  auto all = at.all<tickets::backlog_item>();
  if (all)
    std::stable_sort(all->begin(), all->end(), [](auto& a, auto& b) {
      return tickets::priority_score(a) != tickets::priority_score(b)
               ? tickets::priority_score(a) > tickets::priority_score(b)
               : a.created_at < b.created_at;
    });
  return all;
}

} // namespace hyakki::ticket_cli
