#pragma once
// The state of the whole project in numbers. Pure.

#include "cli/tickets/json.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "tickets/analytics.hpp"

#include <string>
#include <vector>

namespace hyakki::ticket_cli {

struct closed_ticket {
  std::string id;
  std::string title;
  std::string date; ///< of its last change
};

struct project_figures {
  tickets::status_numbers numbers;
  tickets::agent_numbers agents;
  tickets::requirement_totals requirements;
  std::size_t blocked = 0, cancelled = 0;
  std::vector<closed_ticket> recent; ///< closed within the days asked for, newest created first
};

/// `all` must outlive the answer.
project_figures figures_of(const std::vector<tickets::ticket>& all, const std::vector<tickets::agent>& agents,
                           const std::vector<tickets::agent_task>& tasks, wall_ms now, std::int64_t days);
json to_json(const project_figures& f);

/// The block between the markers in a README, both markers included.
std::string readme_block(const project_figures& f, const std::string& time);
/// `text` with the block in it: in the place of the one that is there, else behind a heading in the first line, else at
/// the top. Nothing else is touched. `rejected` when a begin marker has no end.
result<std::string> with_block(const std::string& text, const std::string& block);

/// The page for STATUS.md.
std::string status_page(const project_figures& f, const std::vector<tickets::ticket>& all, const std::string& time,
                        std::int64_t days);

} // namespace hyakki::ticket_cli
