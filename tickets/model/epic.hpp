#pragma once
// An epic: a goal that several tickets serve. Members in the order of their keys; see ticket.hpp for times and
// unknown keys.

#include "tickets/model/ticket.hpp"

namespace hyakki::tickets {

struct epic {
  std::string id;    ///< [A-Z0-9-]+; given by the store
  std::string title; ///< not blank
  std::string description;
  std::string status = "draft";    ///< one of epic_statuses
  std::string priority = "medium"; ///< one of priorities
  std::string owner;
  std::string owner_email;
  words labels; ///< as a ticket's
  std::string created_at;
  std::string updated_at;
  std::string target_version;
  std::optional<std::string> start_date;
  std::optional<std::string> target_date;
  std::optional<std::string> completed_date;
  std::optional<std::int64_t> estimated_story_points;
  words ticket_ids; ///< in the order in which they were added
  words goals;
  words success_criteria;
  value unknown = map_value();
};

result<epic> read_epic(const value& from);
value write_epic(const epic& from);
result<void> check(const epic& what);

} // namespace hyakki::tickets
