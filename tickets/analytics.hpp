#pragma once
// What follows from all tickets together: numbers for status, stats and the report. Pure; the clock is handed in.

#include "core/clock.hpp"
#include "tickets/model/agent.hpp"
#include "tickets/model/ticket.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace hyakki::tickets {

/// In the order of first appearance; what a table or a chart shows.
using counts = std::vector<std::pair<std::string, std::size_t>>;

/// Newest created first; equal times in order of id.
void newest_first(std::vector<ticket>& all);

/// How many tickets have each status, in the order of ticket_statuses; words that are none of them come last.
counts by_status(const std::vector<ticket>& all);

struct workload {
  std::size_t total = 0;
  std::size_t open = 0; ///< status open
  std::size_t in_progress = 0;
};

struct activity {
  std::string at;   ///< time as files hold it
  std::string type; ///< created or comment
  std::string ticket_id;
  std::string title;
  std::string priority;
  std::string status;
};

struct requirement_totals {
  std::size_t tickets = 0; ///< with any of the four kinds
  std::size_t requirements = 0;
  std::size_t user_stories = 0;
  std::int64_t story_points = 0;
  std::size_t expected_results = 0;
  std::size_t scenarios = 0;
  std::size_t accepted_tickets = 0;
  double coverage = 0;        ///< % of all requirements implemented or verified; 0 when there are none
  double test_pass_rate = 0;  ///< % of all scenarios; 0 when there are none
  double acceptance_rate = 0; ///< % of `tickets`
  counts by_requirement_status;
  counts by_scenario_status;
  counts by_verification_method;
};
requirement_totals total_requirements(const std::vector<ticket>& all);

struct risk_totals {
  std::size_t blocked = 0;
  std::size_t critical_open = 0; ///< neither closed nor cancelled, as all below
  std::size_t old_open = 0;      ///< more than 30 days
  std::size_t unassigned = 0;
  std::size_t high_priority_stalled = 0; ///< critical or high, more than 7 days
  std::int64_t score = 0;                ///< 0..100
  std::string_view level() const { return score < 20 ? "low" : score < 50 ? "medium" : "high"; }

  /// Counts one ticket; `age` in whole days.
  void add(std::string_view status, std::string_view priority, bool assigned, std::int64_t age);
  /// Makes the score of what was counted.
  void weigh();
};

struct velocity_totals {
  std::size_t week = 0;    ///< closed or cancelled, last changed within 7 days
  std::size_t month = 0;   ///< the same within 30
  double average_days = 0; ///< from creation to last change, one decimal
  std::size_t projected_year() const { return month * 12; }
};

struct analytics {
  std::size_t total = 0;
  std::size_t open = 0; ///< neither closed nor cancelled
  std::size_t over = 0;
  counts statuses;
  counts priorities;
  counts labels;                                           ///< the ten most frequent, most frequent first
  std::vector<std::pair<std::string, workload>> assignees; ///< "Unassigned" among them
  counts ages;                                             ///< five buckets, youngest first
  std::vector<activity> timeline;                          ///< newest 20
  double completion = 0;                                   ///< % closed, one decimal
  std::size_t in_progress = 0;
  std::size_t backlog = 0; ///< status open
  risk_totals risk;
  velocity_totals velocity;
  requirement_totals requirements;
};
/// `all` in any order.
analytics analyse(const std::vector<ticket>& all, wall_ms now);

struct status_numbers {
  std::size_t total = 0;
  std::size_t open = 0; ///< status open
  std::size_t in_progress = 0;
  std::size_t closed = 0;
  std::size_t critical_open = 0; ///< status other than closed
  std::size_t high_open = 0;
  std::vector<const ticket*> recently_closed; ///< within `days`, newest created first
};
status_numbers status_of(const std::vector<ticket>& all, wall_ms now, int days);

struct agent_numbers {
  std::size_t agents = 0;
  std::size_t active_agents = 0;
  std::size_t tasks = 0;
  std::size_t active_tasks = 0; ///< assigned or in progress
};
agent_numbers count_agents(const std::vector<agent>& agents, const std::vector<agent_task>& tasks);

/// Rounded to one decimal as Python does.
double one_decimal(double d);

} // namespace hyakki::tickets
