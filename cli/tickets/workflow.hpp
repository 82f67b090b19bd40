#pragma once
// What people type and read of workflows. What they are and do next is in tickets/.

#include "cli/tickets/json.hpp"
#include "core/error.hpp"
#include "tickets/model/workflow.hpp"

#include <string>
#include <vector>

namespace hyakki::ticket_cli {

/// "NAME:TYPE", "NAME:TYPE:AFTER,AFTER".
result<tickets::workflow_step> step_of(const std::string& text);
/// The steps of "feature" or "bug", one after the other; none of another name.
std::vector<tickets::workflow_step> steps_of_template(const std::string& name);
/// "NAME=QUERY": the step is done only if the ticket meets the query.
result<void> set_condition(tickets::workflow& w, const std::string& text);

json to_json(const tickets::workflow& w);

} // namespace hyakki::ticket_cli
