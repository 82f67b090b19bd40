#pragma once
// A workflow: steps of a ticket, some after others. A JSON file in `.tickets/workflows/`, beside the format, which does
// not know it. Members in the order of their keys; see ticket.hpp for times and unknown keys.

#include "tickets/model/ticket.hpp"

namespace hyakki::tickets {

struct workflow_step {
  std::string id;   ///< the workflow's id and the name
  std::string name; ///< not blank, unlike the others
  std::string task_type;
  std::string description;
  std::string agent_id;           ///< empty = who fits best
  words depends_on;               ///< names
  std::string condition;          ///< a query that the ticket must meet when its turn has come; empty = none
  std::string status = "pending"; ///< one of step_statuses
  std::string task_id;            ///< of the task, or the key of the story, that does it now or did it
  std::string error;
  std::int64_t retry_count = 0;
  std::int64_t max_retries = 0;
  value unknown = map_value();
};

struct workflow {
  std::string id; ///< WF- and eight upper-case hex digits; given by the store
  std::string name;
  std::string ticket_id;
  std::string driven_by = "calls"; ///< one of workflow_drivers
  std::string status = "created";  ///< one of workflow_statuses
  std::string created_at;
  std::string started_at; ///< empty = not yet, as completed_at
  std::string completed_at;
  std::vector<workflow_step> steps;
  value unknown = map_value();
};

result<workflow> read_workflow(const value& from);
value write_workflow(const workflow& from);
/// Gives each step its id, from the workflow's.
void name_steps(workflow& w);
/// Besides the rules of the fields: 1 to 100 steps, names are there, each once; what steps wait for is there, and no
/// circle; conditions can be read.
result<void> check(const workflow& what);

} // namespace hyakki::tickets
