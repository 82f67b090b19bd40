#pragma once
// What follows from one record and the time: age, coverage, readiness, scores. Pure; the clock is handed in.

#include "core/clock.hpp"
#include "tickets/model/agent.hpp"
#include "tickets/model/backlog_item.hpp"
#include "tickets/model/epic.hpp"
#include "tickets/model/settings.hpp"
#include "tickets/model/ticket.hpp"

namespace hyakki::tickets {

/// Whole days from a time as files hold it; 0 when it cannot be read.
std::int64_t days_since(std::string_view time, wall_ms now);
/// Whole minutes between two of them, cut; empty when one cannot be read.
std::optional<std::int64_t> minutes_between(std::string_view from, std::string_view to);

struct ticket_measures {
  std::int64_t age_days = 0;
  bool is_open = true;                   ///< neither closed nor cancelled
  double hours_logged = 0;               ///< closed logs and, up to now, the running one
  std::optional<double> hours_remaining; ///< of the estimate
  std::size_t requirements = 0;
  double requirements_coverage = 100; ///< % implemented or verified; 100 when there are none
  std::size_t user_stories = 0;
  std::int64_t story_points = 0; ///< of the user stories
  std::size_t expected_results = 0;
  std::size_t verified_results = 0;
  double verification_rate = 100; ///< %; 100 when there are none
  std::size_t scenarios = 0;
  std::size_t passing_scenarios = 0;
  double test_pass_rate = 0; ///< %; 0 when there are none
};
ticket_measures measure(const ticket& what, wall_ms now);

/// Minutes of a log, never below zero; of a running one up to now.
std::int64_t minutes_of(const time_log& log, wall_ms now);
/// At least one requirement, result or scenario, and all of them verified and passing. Stories do not count.
bool acceptance_met(const ticket& what);
/// Any requirement, story, result or scenario.
bool has_requirements(const ticket& what);

bool is_overdue(const epic& what, wall_ms now);

/// The tickets of an epic: those that it lists, in its order, then those that only name it. repo-tickets writes both
/// sides one after the other, and a merge may bring one of them.
struct epic_member {
  std::string id;
  const ticket* is = nullptr; ///< null = it is gone
};
std::vector<epic_member> members_of(const epic& what, const std::vector<ticket>& all);

/// How an epic stands, by its tickets. Tickets that are gone count as missing, not as done.
struct epic_progress {
  std::size_t tickets = 0;
  std::size_t done = 0;
  std::size_t missing = 0;
  std::int64_t points = 0;
  std::int64_t points_done = 0;
  double percent = 0; ///< of the tickets that are there; 0 when there are none
};
epic_progress progress_of(const epic& what, const std::vector<ticket>& all);

/// 400, 300, 200 or 100 for the priority, plus the value (50 when there is none), minus twice the points (5).
std::int64_t priority_score(const backlog_item& what);
/// Groomed or ready, with points and at least one acceptance criterion.
bool ready_for_sprint(const backlog_item& what);
/// The ticket that an item becomes. `reporter` empty = the product owner.
ticket ticket_from(const backlog_item& what, const std::string& reporter, const std::string& time);

/// How well an agent suits a task that must be done now; empty when it is not free or does not do this type.
std::optional<double> assignment_score(const agent& who, std::string_view task_type);

/// How well an agent suits a type of task by what it did before. `profile` may be null.
struct recommendation {
  std::string agent_id;
  double score = 0;
  std::string why; ///< reasons joined by " | "
};
recommendation recommend(const agent& who, const learning_profile* profile, std::string_view task_type,
                         std::size_t tasks_in_progress);
/// A profile after one more task ended. Pure: the caller sees to it that a task is counted once.
void learn(learning_profile& profile, const agent_task& ended);

} // namespace hyakki::tickets
