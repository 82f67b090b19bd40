// Keys of the records inside a ticket, in the order in which they are written.

#include "tickets/model/ticket_tables.hpp"

namespace hyakki::tickets {

const std::vector<field<comment_record>>& field_table<comment_record>::rows() {
  using r = comment_record;
  static const std::vector<field<r>> all{
    row<&r::id>("id", rule::required),
    row<&r::author>("author", rule::required),
    row<&r::email>("email", rule::required),
    row<&r::content>("content", rule::filled),
    row<&r::created_at>("created_at", rule::required),
  };
  return all;
}

const std::vector<field<journal_entry>>& field_table<journal_entry>::rows() {
  using r = journal_entry;
  static const std::vector<field<r>> all{
    row<&r::id>("id", rule::required),
    row<&r::author>("author", rule::required),
    row<&r::email>("email", rule::required),
    row<&r::content>("content", rule::filled),
    row<&r::entry_type>("entry_type", rule::required),
    row<&r::created_at>("created_at"),
    row<&r::effort_estimate_hours>("effort_estimate_hours"),
    row<&r::effort_spent_hours>("effort_spent_hours"),
    row<&r::completion_percentage>("completion_percentage"),
    row<&r::milestone>("milestone"),
    row<&r::dependencies>("dependencies"),
    row<&r::risks>("risks"),
    row<&r::decisions>("decisions"),
  };
  return all;
}

const std::vector<field<time_log>>& field_table<time_log>::rows() {
  using r = time_log;
  static const std::vector<field<r>> all{
    row<&r::id>("id", rule::required),   row<&r::start_time>("start_time", rule::required),
    row<&r::end_time>("end_time"),       row<&r::duration_minutes>("duration_minutes"),
    row<&r::description>("description"), row<&r::entry_type>("entry_type"),
    row<&r::author>("author"),           row<&r::created_at>("created_at"),
  };
  return all;
}

const std::vector<field<requirement>>& field_table<requirement>::rows() {
  using r = requirement;
  static const std::vector<field<r>> all{
    row<&r::id>("id", rule::required),
    row<&r::title>("title", rule::filled),
    row<&r::description>("description"),
    row<&r::priority>("priority", rule::free, priorities),
    row<&r::status>("status", rule::free, requirement_statuses),
    row<&r::acceptance_criteria>("acceptance_criteria"),
    row<&r::created_at>("created_at"),
    row<&r::updated_at>("updated_at"),
    row<&r::author>("author"),
  };
  return all;
}

const std::vector<field<user_story>>& field_table<user_story>::rows() {
  using r = user_story;
  static const std::vector<field<r>> all{
    row<&r::id>("id", rule::required),
    row<&r::persona>("persona", rule::filled),
    row<&r::goal>("goal", rule::filled),
    row<&r::benefit>("benefit", rule::filled),
    row<&r::priority>("priority"),
    row<&r::story_points>("story_points"),
    row<&r::acceptance_criteria>("acceptance_criteria"),
    row<&r::created_at>("created_at"),
    row<&r::author>("author"),
  };
  return all;
}

const std::vector<field<expected_result>>& field_table<expected_result>::rows() {
  using r = expected_result;
  static const std::vector<field<r>> all{
    row<&r::id>("id", rule::required),
    row<&r::description>("description", rule::filled),
    row<&r::success_criteria>("success_criteria"),
    row<&r::verification_method>("verification_method", rule::free, verification_methods),
    row<&r::status>("status", rule::free, result_statuses),
    row<&r::created_at>("created_at"),
    row<&r::verified_at>("verified_at"),
    row<&r::verified_by>("verified_by"),
    row<&r::notes>("notes"),
  };
  return all;
}

const std::vector<field<gherkin_scenario>>& field_table<gherkin_scenario>::rows() {
  using r = gherkin_scenario;
  static const std::vector<field<r>> all{
    row<&r::id>("id", rule::required),
    row<&r::title>("title", rule::filled),
    row<&r::background>("background"),
    row<&r::given>("given"),
    row<&r::when>("when"),
    row<&r::then>("then"),
    row<&r::tags>("tags"),
    row<&r::status>("status", rule::free, scenario_statuses),
    row<&r::created_at>("created_at"),
    row<&r::author>("author"),
  };
  return all;
}

} // namespace hyakki::tickets
