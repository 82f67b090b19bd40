#include "tickets/model/agent.hpp"

#include "tickets/model/fields.hpp"

namespace hyakki::tickets {

template <>
struct field_table<agent_capability> {
  static const std::vector<field<agent_capability>>& rows();
};
template <>
struct field_table<agent_metrics> {
  static const std::vector<field<agent_metrics>>& rows();
};
template <>
struct field_table<agent> {
  static const std::vector<field<agent>>& rows();
};
template <>
struct field_table<agent_task> {
  static const std::vector<field<agent_task>>& rows();
};

// One record that is no list.
static result<void> take(const value& from, agent_metrics& to) {
  if (from.is == value::kind::null)
    return {};
  auto read = read_record<agent_metrics>(from);
  if (!read)
    return read.error();
  to = std::move(*read);
  return {};
}
static value give(const agent_metrics& from) { return write_record(from); }

const std::vector<field<agent_capability>>& field_table<agent_capability>::rows() {
  using r = agent_capability;
  static const std::vector<field<r>> all{
    row<&r::name>("name", rule::filled),
    row<&r::description>("description"),
    row<&r::confidence_level>("confidence_level"),
    row<&r::enabled>("enabled"),
    row<&r::parameters>("parameters"),
  };
  return all;
}

const std::vector<field<agent_metrics>>& field_table<agent_metrics>::rows() {
  using r = agent_metrics;
  static const std::vector<field<r>> all{
    row<&r::tasks_completed>("tasks_completed"),
    row<&r::tasks_failed>("tasks_failed"),
    row<&r::total_execution_time_minutes>("total_execution_time_minutes"),
    row<&r::average_response_time_seconds>("average_response_time_seconds"),
    row<&r::success_rate>("success_rate"),
    row<&r::last_activity>("last_activity"),
  };
  return all;
}

const std::vector<field<agent>>& field_table<agent>::rows() {
  using r = agent;
  static const std::vector<field<r>> all{
    row<&r::id>("id", rule::filled),
    row<&r::name>("name", rule::filled),
    row<&r::description>("description"),
    row<&r::agent_type>("agent_type", rule::free, agent_types),
    row<&r::status>("status", rule::free, agent_statuses),
    row<&r::capabilities>("capabilities"),
    row<&r::max_concurrent_tasks>("max_concurrent_tasks"),
    row<&r::preferred_task_types>("preferred_task_types"),
    row<&r::endpoint>("endpoint"),
    row<&r::api_key>("api_key"),
    row<&r::model>("model"),
    row<&r::created_at>("created_at"),
    row<&r::updated_at>("updated_at"),
    row<&r::last_seen>("last_seen"),
    row<&r::metrics>("metrics"),
    row<&r::active_tasks>("active_tasks"),
  };
  return all;
}

const std::vector<field<agent_task>>& field_table<agent_task>::rows() {
  using r = agent_task;
  static const std::vector<field<r>> all{
    row<&r::id>("id", rule::filled),
    row<&r::ticket_id>("ticket_id", rule::required),
    row<&r::agent_id>("agent_id", rule::required),
    row<&r::task_type>("task_type", rule::required),
    row<&r::description>("description", rule::filled),
    row<&r::status>("status", rule::free, task_statuses),
    row<&r::priority>("priority", rule::free, priorities),
    row<&r::assigned_at>("assigned_at"),
    row<&r::started_at>("started_at"),
    row<&r::completed_at>("completed_at"),
    row<&r::instructions>("instructions"),
    row<&r::expected_output>("expected_output"),
    row<&r::context>("context"),
    row<&r::output>("output"),
    row<&r::artifacts>("artifacts"),
    row<&r::error_message>("error_message"),
    row<&r::estimated_duration_minutes>("estimated_duration_minutes"),
    row<&r::actual_duration_minutes>("actual_duration_minutes"),
  };
  return all;
}

result<agent> read_agent(const value& from) { return read_record<agent>(from); }
value write_agent(const agent& from) { return write_record(from); }

result<void> check(const agent& what) {
  for (auto good :
       {check_rows(what), check_rows("capabilities", what.capabilities),
        check_range("max_concurrent_tasks", std::optional<std::int64_t>{what.max_concurrent_tasks}, 1, 1e6)})
    if (!good)
      return good;
  for (auto& c : what.capabilities)
    if (auto good = check_range("confidence_level", std::optional<double>{c.confidence_level}, 0, 1); !good)
      return good;
  return {};
}

result<agent_task> read_agent_task(const value& from) { return read_record<agent_task>(from); }
value write_agent_task(const agent_task& from) { return write_record(from); }
result<void> check(const agent_task& what) { return check_rows(what); }
bool is_over(const agent_task& what) {
  return what.status == "completed" || what.status == "failed" || what.status == "cancelled";
}

} // namespace hyakki::tickets
