#pragma once
// The small files of a store: config.yaml (the format's), hyakki.yaml (ours), the agents' learning profiles and the
// schema versions.

#include "tickets/model/ticket.hpp"

#include <map>

namespace hyakki::tickets {

/// config.yaml. Other tools that read the format refuse any further key, so ours are in `own_settings`.
struct store_config {
  std::string default_status = "open";
  std::string id_prefix = "TICKET";
  words labels{"bug", "feature", "enhancement", "documentation", "urgent"};
  words priorities{"critical", "high", "medium", "low"};
  words statuses{"open", "in-progress", "blocked", "closed", "cancelled"};
  value unknown = map_value();
};

/// hyakki.yaml beside config.yaml; absent = these values.
struct own_settings {
  std::string id_style = "sequential"; ///< one of id_styles: FIX-3, or FIX-9K2M7QX3 that no other branch will make
  value unknown = map_value();
};

/// How one agent fared with one type of task.
struct task_performance {
  std::string task_type;
  std::int64_t total_tasks = 0;
  std::int64_t completed_tasks = 0;
  std::int64_t failed_tasks = 0;
  double total_duration_minutes = 0;
  double success_rate = 0;         ///< 0..1
  double avg_duration_minutes = 0; ///< over completed tasks that took at least a minute
  value unknown = map_value();
};

struct learning_profile {
  std::string agent_id;
  std::string agent_name;
  std::vector<task_performance> task_type_performance; ///< in the order of the file; a map by task_type there
  double overall_success_rate = 0;
  std::int64_t total_tasks = 0;
  words preferred_task_types;
  words weak_task_types;
  std::string last_updated;
  value unknown = map_value();
};

struct schema_version {
  std::int64_t version = 1;
  std::string name;
  std::string applied_at; ///< with a blank in the place of the T
  std::string description;
  value unknown = map_value();
};

result<store_config> read_store_config(const value& from);
value write_store_config(const store_config& from);
result<own_settings> read_own_settings(const value& from);
value write_own_settings(const own_settings& from);
result<std::vector<learning_profile>> read_learning_profiles(const value& from);
value write_learning_profiles(const std::vector<learning_profile>& from);
result<std::vector<schema_version>> read_schema_versions(const value& from);
value write_schema_versions(const std::vector<schema_version>& from);

} // namespace hyakki::tickets
