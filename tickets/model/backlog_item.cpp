#include "tickets/model/backlog_item.hpp"

#include "tickets/model/fields.hpp"

namespace hyakki::tickets {

template <>
struct field_table<backlog_item> {
  static const std::vector<field<backlog_item>>& rows();
};

const std::vector<field<backlog_item>>& field_table<backlog_item>::rows() {
  using r = backlog_item;
  static const std::vector<field<r>> all{
    row<&r::id>("id", rule::filled),
    row<&r::title>("title", rule::filled),
    row<&r::description>("description"),
    row<&r::item_type>("item_type", rule::free, item_types),
    row<&r::priority>("priority", rule::free, priorities),
    row<&r::status>("status", rule::free, item_statuses),
    row<&r::story_points>("story_points"),
    row<&r::business_value>("business_value"),
    row<&r::effort_estimate>("effort_estimate"),
    row<&r::risk_level>("risk_level", rule::free, risk_levels),
    row<&r::product_owner>("product_owner"),
    row<&r::assigned_to>("assigned_to"),
    row<&r::created_at>("created_at"),
    row<&r::updated_at>("updated_at"),
    row<&r::epic_id>("epic_id"),
    row<&r::ticket_id>("ticket_id"),
    row<&r::dependencies>("dependencies"),
    row<&r::acceptance_criteria>("acceptance_criteria"),
    row<&r::definition_of_done>("definition_of_done"),
    row<&r::sprint_id>("sprint_id"),
    row<&r::sprint_name>("sprint_name"),
    row<&r::labels>("labels"),
    row<&r::component>("component"),
    row<&r::theme>("theme"),
  };
  return all;
}

result<backlog_item> read_backlog_item(const value& from) { return read_record<backlog_item>(from); }
value write_backlog_item(const backlog_item& from) { return write_record(from); }

result<void> check(const backlog_item& what) {
  for (auto good : {check_rows(what), check_range("story_points", what.story_points, 0, 1e300),
                    check_range("business_value", what.business_value, 1, 100)})
    if (!good)
      return good;
  return {};
}

} // namespace hyakki::tickets
