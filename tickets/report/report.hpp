#pragma once
// The report of a ticket store as numbers and series: what `tickets report` draws.
//
// Plain values, all computed (see collect.hpp); a page only shows them. Texts are shown texts (shown_text.hpp): one
// line, cut, honest, but not yet escaped. A ticket is *over* when it is closed or cancelled, else it is *open*; no
// file says when a ticket was closed, so its last change counts as that (as repo-tickets does).

#include "core/clock.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hyakki::tickets {

/// A word of a table (ticket_statuses, priorities, …) with how many have it. What no table knows counts as "other".
struct share {
  std::string name;
  std::size_t count = 0;
};

struct ticket_row {
  std::string id;
  std::string title;
  std::uint8_t status = 0;   ///< place in ticket_statuses; 5 = other
  std::uint8_t priority = 2; ///< place in priorities; 4 = other
  bool over = false;
  std::uint32_t assignee = 0; ///< place in report::people; 0 = nobody
  std::vector<std::string> labels;
  std::size_t more_labels = 0; ///< labels that are not among `labels`
  std::string epic;            ///< its id; empty = none
  std::int64_t points = -1;    ///< -1 = not estimated
  wall_ms created = 0;         ///< 0 = the file's time cannot be read
  wall_ms updated = 0;
  std::int64_t age_days = 0;                   ///< whole days since it was made
  std::uint32_t requirements = 0, covered = 0; ///< covered: implemented or verified
  std::uint32_t stories = 0;
  std::uint32_t results = 0, verified = 0;
  std::uint32_t scenarios = 0, passing = 0;
  bool accepted = false; ///< acceptance_criteria_met
  bool stale = false;    ///< open for more than 30 days

  bool specified() const { return requirements + stories + results + scenarios != 0; }
};

struct person_load {
  std::string name;
  std::size_t total = 0; ///< tickets, over ones too
  std::size_t open = 0;  ///< status open
  std::size_t in_progress = 0;
  std::size_t blocked = 0;
  double hours = 0; ///< logged by this name
  std::size_t load() const { return open + in_progress + blocked; }
};

/// One ground for worry: how many, what each weighs in the score, and the worst of them.
struct risk_row {
  std::string name;
  std::string meaning;
  std::size_t count = 0;
  std::int64_t weight = 0;           ///< points each; 0 = told, not weighed
  std::vector<std::size_t> examples; ///< places in report::tickets; at most five, worst first
};

struct risk_view {
  std::int64_t score = 0; ///< 0..100
  std::string level;      ///< low, medium, high
  std::vector<risk_row> rows;
};

/// Seven days that end with the time of the report or a whole number of weeks before it.
struct week {
  std::string from; ///< its first day, YYYY-MM-DD
  std::size_t created = 0;
  std::size_t closed = 0;
  std::size_t open_at_end = 0;
  double hours = 0;
};

struct flow_view {
  std::vector<week> weeks;      ///< oldest first, at most 26
  std::size_t closed_week = 0;  ///< within 7 days
  std::size_t closed_month = 0; ///< within 30 days
  double average_days = 0;      ///< from made to over, whole days each, over all that are over
  std::int64_t median_days = 0;
  std::int64_t slowest_tenth_days = 0; ///< nine of ten took no longer
  std::array<share, 5> ages;           ///< of all tickets
  std::array<share, 5> open_ages;      ///< of open ones
  std::array<share, 6> cycle;          ///< of those that are over: days that they took
};

/// What is left, day by day.
struct burndown {
  std::string id;
  std::string title;
  std::string unit;           ///< "points" or "tickets"
  std::string from, to;       ///< first and last day shown
  std::string target;         ///< empty = none
  std::vector<double> left;   ///< one a day from `from`, to today
  double scope = 0;           ///< all of it, today
  std::size_t days = 0;       ///< from `from` to `to`
  std::size_t target_day = 0; ///< counted from `from`; 0 = none
};

struct epic_row {
  std::string id;
  std::string title;
  std::string status;
  std::string priority;
  std::string owner;
  std::string target;  ///< YYYY-MM-DD; empty = none
  std::string version; ///< target version
  bool overdue = false;
  std::size_t tickets = 0; ///< that are there and not cancelled
  std::size_t done = 0;
  std::size_t in_progress = 0;
  std::size_t blocked = 0;
  std::size_t missing = 0; ///< listed, but not there
  std::int64_t points = 0;
  std::int64_t done_points = 0;
  double percent() const;
};

struct sprint_row {
  std::string id;
  std::string name;
  std::size_t items = 0;
  std::size_t done = 0;
  std::int64_t points = 0;
  std::int64_t done_points = 0;
  double percent() const;
};

struct backlog_row {
  std::string id;
  std::string title;
  std::string type;
  std::string priority;
  std::string status;
  std::int64_t score = 0;
  std::int64_t points = -1;
  bool ready = false;
  std::string lacks; ///< what it needs to be ready, in words
};

struct backlog_view {
  std::size_t total = 0;
  std::vector<share> statuses;
  std::size_t waiting = 0; ///< neither in progress, nor done, nor cancelled
  std::size_t ready = 0;   ///< of those that wait
  std::size_t nearly = 0;  ///< one thing is lacking
  std::int64_t ready_points = 0;
  std::vector<backlog_row> rows; ///< that wait, by score; at most 15
};

struct quality_view {
  std::size_t specified = 0; ///< tickets with a requirement, story, expected result or scenario
  std::size_t accepted = 0;
  std::size_t requirements = 0, covered = 0;
  std::size_t stories = 0;
  std::int64_t story_points = 0;
  std::size_t results = 0, verified = 0;
  std::size_t scenarios = 0, passing = 0;
  std::vector<share> requirement_statuses, result_statuses, scenario_statuses, methods;
  std::vector<std::size_t> weakest; ///< open tickets with the lowest coverage, places in report::tickets; at most five
  /// In percent; 0 where there is nothing to share.
  double coverage() const;
  double pass_rate() const;
  double verification_rate() const;
  double acceptance_rate() const;
};

struct agent_row {
  std::string id;
  std::string name;
  std::string type;
  std::string status;
  std::size_t active = 0; ///< tasks that fill its slots
  std::int64_t slots = 1;
  std::int64_t completed = 0;
  std::int64_t failed = 0;
  std::int64_t minutes = 0;
  /// 0..100; empty before its first task ended.
  std::optional<double> success() const;
};

struct agents_view {
  std::vector<agent_row> rows; ///< at most 25, the busiest first
  std::size_t total = 0;
  std::size_t active = 0; ///< status active
  std::size_t tasks = 0;
  std::vector<share> task_statuses;
};

struct time_row {
  std::string name;
  double hours = 0;
};

struct overrun {
  std::size_t ticket = 0; ///< place in report::tickets
  double logged = 0;
  double estimated = 0;
};

struct time_view {
  double total = 0;            ///< hours, running logs until now
  std::vector<time_row> kinds; ///< most first; kinds that are no word of time_types come as "other"
  std::size_t running = 0;
  double estimated = 0;           ///< hours, over tickets that have an estimate
  double logged_on_estimated = 0; ///< hours on those
  std::vector<overrun> overruns;  ///< open tickets beyond their estimate, worst first; at most five
};

struct activity_row {
  enum class kind : std::uint8_t { created, closed, cancelled, commented, noted };
  kind what = kind::created;
  wall_ms at = 0;
  std::size_t ticket = 0; ///< place in report::tickets
  std::string who;
};

struct report {
  std::string project; ///< name of the folder
  std::string branch;  ///< empty = not known
  std::string vcs;     ///< git, hg or jj; empty = none
  wall_ms at = 0;
  std::size_t unreadable = 0; ///< files that had to be left out

  std::size_t total = 0, open = 0, over = 0; ///< open: not over
  std::vector<share> statuses;
  std::vector<share> priorities;                                  ///< of all tickets
  std::array<std::array<std::size_t, 6>, 5> priority_by_status{}; ///< [priority][status]
  std::size_t labels = 0;                                         ///< different ones
  std::vector<share> top_labels;                                  ///< at most ten
  std::vector<person_load> people;                                ///< [0] is nobody
  std::vector<std::size_t> busiest; ///< places in `people` of those with open work, most first
  std::size_t team = 0;             ///< different assignees, nobody not among them
  risk_view risk;
  flow_view flow;
  std::vector<epic_row> epics; ///< active first, then by target date
  std::size_t overdue_epics = 0;
  std::vector<sprint_row> sprints;
  std::vector<burndown> burndowns; ///< of active epics and of sprints; at most six
  backlog_view backlog;
  quality_view quality;
  agents_view agents;
  time_view time;
  std::vector<activity_row> activity; ///< newest first, at most twenty
  std::vector<ticket_row> tickets;    ///< open ones first, by priority, oldest first; then over ones, latest first

  /// Closed (not cancelled) of all, in percent.
  double completion() const;
  std::size_t with_status(std::size_t place) const { return place < statuses.size() ? statuses[place].count : 0; }
};

} // namespace hyakki::tickets
