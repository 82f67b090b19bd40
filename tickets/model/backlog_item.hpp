#pragma once
// An item of the product backlog: work that is weighed before it becomes a ticket. Members in the order of their
// keys; see ticket.hpp for times and unknown keys.

#include "tickets/model/ticket.hpp"

namespace hyakki::tickets {

struct backlog_item {
  std::string id;    ///< given by the store
  std::string title; ///< not blank
  std::string description;
  std::string item_type = "story";            ///< one of item_types
  std::string priority = "medium";            ///< one of priorities
  std::string status = "new";                 ///< one of item_statuses
  std::optional<std::int64_t> story_points;   ///< >= 0
  std::optional<std::int64_t> business_value; ///< 1..100
  std::optional<double> effort_estimate;      ///< hours
  std::string risk_level = "low";             ///< one of risk_levels
  std::string product_owner;
  std::string assigned_to;
  std::string created_at;
  std::string updated_at;
  std::optional<std::string> epic_id;
  std::optional<std::string> ticket_id; ///< what it became
  words dependencies;
  words acceptance_criteria;
  words definition_of_done;
  std::optional<std::string> sprint_id;
  std::optional<std::string> sprint_name;
  words labels;
  std::string component;
  std::string theme;
  value unknown = map_value();
};

result<backlog_item> read_backlog_item(const value& from);
value write_backlog_item(const backlog_item& from);
result<void> check(const backlog_item& what);

} // namespace hyakki::tickets
