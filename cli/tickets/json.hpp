#pragma once
// Entities as JSON: the keys of their files in the order of their files, then `derived`, what is computed from them.
// docs/tickets_json.md describes every shape; the number in `version --format json` tells which edition it is.

#include "tickets/model/agent.hpp"
#include "tickets/model/backlog_item.hpp"
#include "tickets/model/epic.hpp"
#include "tickets/model/ticket.hpp"

#include <nlohmann/json.hpp>

namespace hyakki::ticket_cli {

using json = nlohmann::ordered_json;

/// Raised when a key changes its meaning or goes away; new keys do not raise it.
inline constexpr int json_edition = 1;

json to_json(const tickets::value& v);
json to_json(const tickets::ticket& t);
json to_json(const tickets::epic& e);
json to_json(const tickets::backlog_item& b);
/// Without its api_key: what a file may hold is not for a terminal.
json to_json(const tickets::agent& a);
json to_json(const tickets::agent_task& t);

} // namespace hyakki::ticket_cli
