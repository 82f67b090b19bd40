#include "tickets/model/settings.hpp"

#include "tickets/model/fields.hpp"

namespace hyakki::tickets {

template <>
struct field_table<store_config> {
  static const std::vector<field<store_config>>& rows();
};
template <>
struct field_table<own_settings> {
  static const std::vector<field<own_settings>>& rows();
};
template <>
struct field_table<task_performance> {
  static const std::vector<field<task_performance>>& rows();
};
template <>
struct field_table<learning_profile> {
  static const std::vector<field<learning_profile>>& rows();
};
template <>
struct field_table<schema_version> {
  static const std::vector<field<schema_version>>& rows();
};

// A map by type there, a list here.
static result<void> take(const value& from, std::vector<task_performance>& to) {
  to.clear();
  for (std::size_t i = 0; i < from.keys.size(); ++i) {
    auto read = read_record<task_performance>(from.items[i]);
    if (!read)
      return inside(from.keys[i], read.error());
    read->task_type = from.keys[i];
    to.push_back(std::move(*read));
  }
  return {};
}
static value give(const std::vector<task_performance>& from) {
  auto out = map_value();
  for (auto& p : from)
    out.add(p.task_type, write_record(p));
  return out;
}

const std::vector<field<store_config>>& field_table<store_config>::rows() {
  using r = store_config;
  static const std::vector<field<r>> all{
    row<&r::default_status>("default_status"), row<&r::id_prefix>("id_prefix"), row<&r::labels>("labels"),
    row<&r::priorities>("priorities"),         row<&r::statuses>("statuses"),
  };
  return all;
}

const std::vector<field<own_settings>>& field_table<own_settings>::rows() {
  static const std::vector<field<own_settings>> all{
    row<&own_settings::id_style>("id_style", rule::free, id_styles),
  };
  return all;
}

const std::vector<field<task_performance>>& field_table<task_performance>::rows() {
  using r = task_performance;
  static const std::vector<field<r>> all{
    row<&r::task_type>("task_type"),
    row<&r::total_tasks>("total_tasks"),
    row<&r::completed_tasks>("completed_tasks"),
    row<&r::failed_tasks>("failed_tasks"),
    row<&r::total_duration_minutes>("total_duration_minutes"),
    row<&r::success_rate>("success_rate"),
    row<&r::avg_duration_minutes>("avg_duration_minutes"),
  };
  return all;
}

const std::vector<field<learning_profile>>& field_table<learning_profile>::rows() {
  using r = learning_profile;
  static const std::vector<field<r>> all{
    row<&r::agent_id>("agent_id"),
    row<&r::agent_name>("agent_name"),
    row<&r::task_type_performance>("task_type_performance"),
    row<&r::overall_success_rate>("overall_success_rate"),
    row<&r::total_tasks>("total_tasks"),
    row<&r::preferred_task_types>("preferred_task_types"),
    row<&r::weak_task_types>("weak_task_types"),
    row<&r::last_updated>("last_updated"),
  };
  return all;
}

const std::vector<field<schema_version>>& field_table<schema_version>::rows() {
  using r = schema_version;
  static const std::vector<field<r>> all{
    row<&r::version>("version"),
    row<&r::name>("name"),
    row<&r::applied_at>("applied_at"),
    row<&r::description>("description"),
  };
  return all;
}

result<store_config> read_store_config(const value& from) { return read_record<store_config>(from); }
value write_store_config(const store_config& from) { return write_record(from); }

result<own_settings> read_own_settings(const value& from) {
  auto out = read_record<own_settings>(from);
  if (out)
    if (auto good = check_rows(*out); !good)
      return good.error();
  return out;
}
value write_own_settings(const own_settings& from) { return write_record(from); }

result<std::vector<learning_profile>> read_learning_profiles(const value& from) {
  auto out = std::vector<learning_profile>{};
  if (from.is != value::kind::map)
    return {ec::rejected, "must be a map from an agent's id to its profile"};
  for (std::size_t i = 0; i < from.keys.size(); ++i) {
    auto read = read_record<learning_profile>(from.items[i]);
    if (!read)
      return inside(from.keys[i], read.error());
    read->agent_id = from.keys[i];
    out.push_back(std::move(*read));
  }
  return out;
}

value write_learning_profiles(const std::vector<learning_profile>& from) {
  auto out = map_value();
  for (auto& p : from)
    out.add(p.agent_id, write_record(p));
  return out;
}

result<std::vector<schema_version>> read_schema_versions(const value& from) {
  auto out = std::vector<schema_version>{};
  if (auto done = take(from, out); !done)
    return done.error();
  return out;
}

value write_schema_versions(const std::vector<schema_version>& from) { return give(from); }

} // namespace hyakki::tickets
