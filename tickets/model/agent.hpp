#pragma once
// A coding agent that the repository knows, and a task that it was given. Both are JSON files. Members in the order
// of their keys; see ticket.hpp for times and unknown keys.

#include "tickets/model/ticket.hpp"

namespace hyakki::tickets {

struct agent_capability {
  std::string name;
  std::string description;
  double confidence_level = 0; ///< 0..1
  bool enabled = true;
  value parameters = map_value();
  value unknown = map_value();
};

struct agent_metrics {
  std::int64_t tasks_completed = 0;
  std::int64_t tasks_failed = 0;
  std::int64_t total_execution_time_minutes = 0;
  double average_response_time_seconds = 0;
  double success_rate = 0; ///< 0..1
  std::optional<std::string> last_activity;
  value unknown = map_value();
};

struct agent {
  std::string id;   ///< AGENT-…; given by the store
  std::string name; ///< not blank
  std::string description;
  std::string agent_type = "general"; ///< one of agent_types
  std::string status = "active";      ///< one of agent_statuses
  std::vector<agent_capability> capabilities;
  std::int64_t max_concurrent_tasks = 1; ///< >= 1
  words preferred_task_types;
  std::optional<std::string> endpoint;
  std::optional<std::string> api_key; ///< never written by us: the file is versioned; kept when it is there
  std::optional<std::string> model;
  std::string created_at;
  std::string updated_at;
  std::optional<std::string> last_seen;
  agent_metrics metrics;
  words active_tasks; ///< ids of tasks
  value unknown = map_value();
};

struct agent_task {
  std::string id; ///< eight upper-case hex digits; given by the store
  std::string ticket_id;
  std::string agent_id;
  std::string task_type;           ///< free text; task_types are offered
  std::string description;         ///< not blank
  std::string status = "assigned"; ///< one of task_statuses
  std::string priority = "medium"; ///< one of priorities
  std::string assigned_at;
  std::optional<std::string> started_at;
  std::optional<std::string> completed_at;
  std::string instructions;
  std::string expected_output;
  value context = map_value();
  std::string output;
  words artifacts;
  std::string error_message;
  std::optional<std::int64_t> estimated_duration_minutes;
  std::optional<std::int64_t> actual_duration_minutes;
  value unknown = map_value();
};

result<agent> read_agent(const value& from);
value write_agent(const agent& from);
result<void> check(const agent& what);

result<agent_task> read_agent_task(const value& from);
value write_agent_task(const agent_task& from);
result<void> check(const agent_task& what);
/// Completed, failed or cancelled.
bool is_over(const agent_task& what);

} // namespace hyakki::tickets
