#include "tickets/model/epic.hpp"

#include "tickets/model/ticket_tables.hpp"

namespace hyakki::tickets {

template <>
struct field_table<epic> {
  static const std::vector<field<epic>>& rows();
};

const std::vector<field<epic>>& field_table<epic>::rows() {
  using r = epic;
  static const std::vector<field<r>> all{
    row<&r::id>("id", rule::id),
    row<&r::title>("title", rule::filled),
    row<&r::description>("description"),
    row<&r::status>("status", rule::free, epic_statuses),
    row<&r::priority>("priority", rule::free, priorities),
    row<&r::owner>("owner"),
    row<&r::owner_email>("owner_email"),
    row<&r::labels>("labels"),
    row<&r::created_at>("created_at"),
    row<&r::updated_at>("updated_at"),
    row<&r::target_version>("target_version"),
    row<&r::start_date>("start_date"),
    row<&r::target_date>("target_date"),
    row<&r::completed_date>("completed_date"),
    row<&r::estimated_story_points>("estimated_story_points"),
    row<&r::ticket_ids>("ticket_ids"),
    row<&r::goals>("goals"),
    row<&r::success_criteria>("success_criteria"),
  };
  return all;
}

result<epic> read_epic(const value& from) {
  auto out = read_record<epic>(from);
  if (out)
    tidy(out->labels);
  return out;
}

value write_epic(const epic& from) { return write_record(from); }

result<void> check(const epic& what) { return check_rows(what); }

} // namespace hyakki::tickets
