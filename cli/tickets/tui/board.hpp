#pragma once
// What the list screen shows of a store: its tickets in short, which of them a search found, and figures of all.

#include "cli/tickets/command.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "tickets/analytics.hpp"
#include "tickets/catalog.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::ticket_tui {

struct row {
  std::string id, title, status, priority, assignee, created_at;
  std::uint64_t mark = 0; ///< of its file
};

/// What the keys 1 to 7 choose, in their order.
struct filter {
  const char* name;
  bool by_priority;
  bool everything;
};
inline constexpr std::array<filter, 7> filters{{{"all", false, true},
                                                {"open", false, false},
                                                {"in-progress", false, false},
                                                {"blocked", false, false},
                                                {"closed", false, false},
                                                {"critical", true, false},
                                                {"high", true, false}}};
bool passes(const filter& f, const row& r);

struct board {
  std::string place;                ///< the repository, for the head of the screen
  std::string folder;               ///< the store
  wall_ms now = 0;                  ///< when it was looked at
  std::vector<row> rows;            ///< newest created first
  std::string query;                ///< that was searched for
  bool searched = false;            ///< else `found` means nothing: all are
  std::vector<std::uint32_t> found; ///< places in `rows`, in order
  std::size_t unreadable = 0;
  std::array<std::size_t, filters.size()> counts{};
  tickets::risk_totals risk;
  double completion = 0; ///< % closed, one decimal

  /// Counts filters, risk and completion from the rows; age by `now`.
  void count();
  /// The same tickets with the same files and the same search.
  bool same_as(const board& other) const;
};

/// Reads it from the store around the directory of the call. A query that cannot be read is an error like a store that
/// cannot. Nothing of the store is kept open.
result<std::shared_ptr<const board>> read_board(const ticket_cli::call& asked, const std::string& query);

} // namespace hyakki::ticket_tui
