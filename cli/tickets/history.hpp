#pragma once
// What happened, as the records tell it: every process sees the same, and nothing has to be written down beside them.
// An edit that leaves no record of its own (a changed title) shows only as the ticket's last update. Pure.

#include "cli/tickets/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hyakki::ticket_cli {

struct happening {
  std::string time; ///< as the files hold it
  std::string_view type;
  std::string about; ///< id of the ticket, epic or task
  json data;
};

/// The types that there are; those that records cannot tell never come.
const std::vector<std::string_view>& event_types();

/// Oldest first.
std::vector<happening> history_of(const std::vector<tickets::ticket>& all, const std::vector<tickets::epic>& epics,
                                  const std::vector<tickets::agent_task>& tasks);
/// {"id", "type", "data", "source", "metadata", "timestamp"}
json to_json(const happening& h);

} // namespace hyakki::ticket_cli
