#pragma once
// A workflow: steps of a ticket, some after others, each done by an agent as a task. Decisions only; files and tasks
// are the caller's.
//
// Kept in .tickets/workflows/WF-….json, files of our own beside the format.

#include "cli/tickets/json.hpp"
#include "core/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hyakki::ticket_cli {

struct workflow_step {
  std::string id; ///< the workflow's id and the name
  std::string name;
  std::string task_type;
  std::string description;
  std::string agent_id;                ///< empty = who fits best
  std::vector<std::string> depends_on; ///< names
  std::string status = "pending";      ///< pending, in_progress, completed, failed
  std::string task_id;
  std::string error;
  std::int64_t retry_count = 0;
  std::int64_t max_retries = 0;
};

struct workflow {
  std::string id;
  std::string name;
  std::string ticket_id;
  std::string status = "created"; ///< created, running, completed, failed, cancelled
  std::string created_at;
  std::string started_at;
  std::string completed_at;
  std::vector<workflow_step> steps;
};

/// "NAME:TYPE", "NAME:TYPE:AFTER,AFTER".
result<workflow_step> step_of(const std::string& text);
/// The steps of "feature", "bug" or "linear".
std::vector<workflow_step> steps_of_template(const std::string& name);
/// Names are there, each once; what steps wait for is there, and no circle.
result<void> check(const workflow& w);

/// Steps that can begin now.
std::vector<std::size_t> startable(const workflow& w);
/// Takes in how the tasks of running steps ended: completed, or failed with a retry when there is one left. Sets the
/// state of the whole.
void settle(workflow& w, const std::vector<tickets::agent_task>& tasks, const std::string& now);

json to_json(const workflow& w);
result<workflow> read_workflow(const tickets::value& from);

} // namespace hyakki::ticket_cli
