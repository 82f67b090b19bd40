#pragma once
// How far an epic is. Pure.

#include "cli/tickets/json.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "tickets/measure.hpp"

#include <string>
#include <vector>

namespace hyakki::ticket_cli {

/// "2026-12-31" (or with a time of day) as the files hold it: "2026-12-31T00:00:00". Empty stays empty. `rejected`.
result<std::string> date_text(const std::string& given);

/// The ticket of that id, or null.
const tickets::ticket* ticket_in(const std::vector<tickets::ticket>& all, const std::string& id);

/// Its progress and how many of its tickets have which status.
struct epic_state : tickets::epic_progress {
  std::size_t open = 0; ///< neither closed nor cancelled
  std::size_t in_progress = 0;
  std::size_t blocked = 0;
  std::size_t cancelled = 0;
};
epic_state state_of(const tickets::epic& e, const std::vector<tickets::ticket>& all);
json to_json(const epic_state& s);
/// "2 of 5 tickets done (40%), 8 of 20 points"
std::string text_of(const epic_state& s);

struct burndown_day {
  std::string date;
  std::size_t open = 0;
  std::int64_t open_points = 0;
  std::size_t total = 0; ///< created until then
};
/// From the first ticket (or the epic's start) to today, at most the last 366 days.
std::vector<burndown_day> burndown_of(const tickets::epic& e, const std::vector<tickets::ticket>& all, wall_ms now);

} // namespace hyakki::ticket_cli
