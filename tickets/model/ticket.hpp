#pragma once
// A ticket and the records inside it, as plain values. Members stand in the order in which their keys are written;
// a member's initial value is what a missing key means. Times are local, without a zone, as text
// (`2026-11-21T01:42:07.985468`, see tickets/local_time.hpp). `unknown` holds keys that we do not know: they are
// written back after the known ones.

#include "core/error.hpp"
#include "tickets/model/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hyakki::tickets {

using words = std::vector<std::string>;

struct comment_record {
  std::string id;
  std::string author;
  std::string email;
  std::string content; ///< not blank
  std::string created_at;
  value unknown = map_value();
};

struct journal_entry {
  std::string id;
  std::string author;
  std::string email;
  std::string content;    ///< not blank
  std::string entry_type; ///< one of journal_types when we write it
  std::string created_at;
  std::optional<double> effort_estimate_hours;       ///< >= 0
  std::optional<double> effort_spent_hours;          ///< >= 0
  std::optional<std::int64_t> completion_percentage; ///< 0..100
  std::optional<std::string> milestone;
  words dependencies;
  words risks;
  words decisions;
  value unknown = map_value();
};

struct time_log {
  std::string id;
  std::string start_time;
  std::optional<std::string> end_time;
  std::optional<std::int64_t> duration_minutes; ///< of a closed log: whole minutes from start to end, cut
  std::string description;
  std::string entry_type = "work"; ///< one of time_types when we write it
  std::string author;
  std::string created_at;
  value unknown = map_value();

  /// Still running.
  bool active() const { return !end_time && !duration_minutes; }
};

struct requirement {
  std::string id;
  std::string title; ///< not blank
  std::string description;
  std::string priority = "medium"; ///< one of priorities
  std::string status = "draft";    ///< one of requirement_statuses
  words acceptance_criteria;
  std::string created_at;
  std::string updated_at;
  std::string author;
  value unknown = map_value();
};

struct user_story {
  std::string id;
  std::string persona; ///< not blank
  std::string goal;    ///< not blank
  std::string benefit; ///< not blank
  std::string priority = "medium";
  std::optional<std::int64_t> story_points;
  words acceptance_criteria;
  std::string created_at;
  std::string author;
  value unknown = map_value();
};

struct expected_result {
  std::string id;
  std::string description; ///< not blank
  words success_criteria;
  std::string verification_method = "manual"; ///< one of verification_methods
  std::string status = "pending";             ///< one of result_statuses
  std::string created_at;
  std::optional<std::string> verified_at;
  std::string verified_by;
  std::string notes;
  value unknown = map_value();
};

struct gherkin_scenario {
  std::string id;
  std::string title;      ///< not blank
  std::string background; ///< lines joined by newlines
  words given;            ///< given, when and then: at least one step together
  words when;
  words then;
  words tags;                   ///< without @
  std::string status = "draft"; ///< one of scenario_statuses
  std::string created_at;
  std::string author;
  value unknown = map_value();
};

struct ticket {
  std::string id;    ///< [A-Z0-9-]+; given by the store
  std::string title; ///< not blank
  std::string description;
  std::string status = "open";     ///< one of ticket_statuses
  std::string priority = "medium"; ///< one of priorities
  std::optional<std::string> assignee;
  std::string reporter;
  std::string reporter_email;
  words labels; ///< no blanks around them, none empty, none twice; their order is kept
  std::string created_at;
  std::string updated_at;
  std::vector<comment_record> comments;
  std::string branch;
  std::optional<std::string> commit;
  std::vector<journal_entry> journal_entries;
  std::vector<time_log> time_logs;
  std::optional<double> estimated_hours;
  std::optional<std::int64_t> story_points;
  words blocked_by; ///< ids of tickets
  words blocks;
  words related_to;
  std::optional<std::string> epic_id;
  std::optional<std::string> parent_ticket_id;
  words child_ticket_ids;
  std::optional<std::string> assigned_agent; ///< the first agent that ever got a task of it
  words agent_tasks;                         ///< ids of tasks
  std::vector<requirement> requirements;
  std::vector<user_story> user_stories;
  std::vector<expected_result> expected_results;
  std::vector<gherkin_scenario> gherkin_scenarios;
  std::string requirements_status = "draft"; ///< one of requirements_statuses
  bool acceptance_criteria_met = false;
  std::optional<double> test_coverage_percentage; ///< 0..100
  value unknown = map_value();
};

/// Closed and cancelled tickets lie in closed/.
bool is_over(std::string_view status);

/// From the tree of a file; `rejected` says which key is wrong, what was found and what is allowed.
result<ticket> read_ticket(const value& from);
value write_ticket(const ticket& from);
/// What the rules above say and a file may not hold: empty texts, words that are none of the list, ranges. Used
/// before every write; reading is more lenient, so that one odd value does not hide a ticket.
result<void> check(const ticket& what);

} // namespace hyakki::tickets
