#pragma once
// The life of a story: one table, checked by the compiler.
//
// Pure: a state and a move give the next state, or nothing. A move that is not in the table is a late answer,
// ignored and counted by whoever drives it. docs/lifecycle.md is drawn from this table.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hyakki {

/// Where a story stands. Numbers are on disk: never renumber, only add.
enum class state : std::uint8_t {
  queued = 1,           // taken in, waits for its turn
  routing = 2,          // which repository?
  waiting_for_repo = 3, // the repository is busy
  preparing = 4,        // clone, fetch, working tree
  implementing = 5,     // the coding agent works
  reviewing = 6,        // a second session of the agent reads the change
  checking = 7,         // the engine runs the configured commands
  fixing = 8,           // the agent mends what review or checks found
  committing = 9,
  pushing = 10,
  opening_pull_request = 11,
  reporting = 12,   // comments and labels on the story
  backing_off = 13, // waits for a durable due time, then goes on where it stopped
  parked = 14,      // a person lifts it
  done = 15,
  no_changes = 16, // the agent changed nothing
  cancelled = 17,
  failed = 18,    // dead letter: out of attempts
  answering = 19, // rework: what reviewers wrote is answered on the pull request
};
inline constexpr std::size_t state_count = 19;

/// What happened to a story. Numbers are on disk.
enum class move : std::uint8_t {
  dispatched = 1,
  routed = 2,
  repo_granted = 3,
  prepared = 4,
  implemented = 5,
  implemented_unreviewed = 6, // no review is configured: straight to the checks
  review_passed = 7,
  findings = 8, // by review or by checks: back to the agent
  checks_passed = 9,
  fixed = 10,
  committed = 11,
  pushed = 12,
  pull_request_opened = 13,
  reported = 14,
  nothing_changed = 15,
  tree_lost = 16, // the working tree is gone: prepare it again
  try_again_later = 17,
  due = 18,
  went_wrong = 19,   // the verdict in the record says how; the tracker is told first
  needs_person = 20, // parked with a reason
  gave_up = 21,      // dead letter
  cancel = 22,
  retry = 23, // an operator's word
  // after a back-off: go on where it stopped, so that nothing paid for is done again
  resume_implementing = 24,
  resume_reviewing = 25,
  resume_checking = 26,
  resume_fixing = 27,
  resume_committing = 28,
  resume_pushing = 29,
  resume_opening = 30,
  resume_reporting = 31,
  // rework: a pull request that is there goes another round
  rework = 32,       // reviewers, or a label, want changes
  pushed_again = 33, // the branch of the pull request has the round's commit
  answered = 34,     // every remark that was worked on has its answer
  resume_answering = 35,
  words_alone = 36, // the round changed nothing; what it says of the remarks is answered all the same
};
inline constexpr std::size_t move_count = 36;

struct transition {
  state from;
  move on;
  state to;
};

namespace detail {
/// The living states but `reporting`: each may go wrong, back off and be cancelled, with the same three rows.
inline constexpr std::array living{state::queued,
                                   state::routing,
                                   state::waiting_for_repo,
                                   state::preparing,
                                   state::implementing,
                                   state::reviewing,
                                   state::checking,
                                   state::fixing,
                                   state::committing,
                                   state::pushing,
                                   state::opening_pull_request,
                                   state::answering,
                                   state::backing_off};

inline constexpr std::array forward{
  transition{state::queued, move::dispatched, state::routing},
  transition{state::routing, move::routed, state::waiting_for_repo},
  transition{state::waiting_for_repo, move::repo_granted, state::preparing},
  transition{state::preparing, move::prepared, state::implementing},
  transition{state::implementing, move::implemented, state::reviewing},
  transition{state::implementing, move::implemented_unreviewed, state::checking},
  transition{state::reviewing, move::review_passed, state::checking},
  transition{state::reviewing, move::findings, state::fixing},
  transition{state::reviewing, move::nothing_changed, state::reporting},
  transition{state::reviewing, move::tree_lost, state::preparing},
  transition{state::checking, move::checks_passed, state::committing},
  transition{state::checking, move::findings, state::fixing},
  transition{state::checking, move::nothing_changed, state::reporting},
  transition{state::checking, move::tree_lost, state::preparing},
  transition{state::fixing, move::fixed, state::reviewing},
  transition{state::fixing, move::implemented_unreviewed, state::checking},
  transition{state::fixing, move::tree_lost, state::preparing},
  transition{state::committing, move::committed, state::pushing},
  transition{state::committing, move::nothing_changed, state::reporting},
  transition{state::committing, move::tree_lost, state::preparing},
  transition{state::pushing, move::pushed, state::opening_pull_request},
  transition{state::opening_pull_request, move::pull_request_opened, state::reporting},
  transition{state::pushing, move::pushed_again, state::answering},
  transition{state::reviewing, move::words_alone, state::answering},
  transition{state::checking, move::words_alone, state::answering},
  transition{state::committing, move::words_alone, state::answering},
  transition{state::answering, move::answered, state::reporting},
  // how it ends, once the tracker was told
  transition{state::reporting, move::reported, state::done},
  transition{state::reporting, move::nothing_changed, state::no_changes},
  transition{state::reporting, move::needs_person, state::parked},
  transition{state::reporting, move::gave_up, state::failed},
  transition{state::reporting, move::cancel, state::cancelled},
  transition{state::reporting, move::try_again_later, state::backing_off},
  // going on after a back-off
  transition{state::backing_off, move::due, state::queued},
  transition{state::waiting_for_repo, move::resume_implementing, state::implementing},
  transition{state::waiting_for_repo, move::resume_reviewing, state::reviewing},
  transition{state::waiting_for_repo, move::resume_checking, state::checking},
  transition{state::waiting_for_repo, move::resume_fixing, state::fixing},
  transition{state::waiting_for_repo, move::resume_committing, state::committing},
  transition{state::waiting_for_repo, move::resume_pushing, state::pushing},
  transition{state::waiting_for_repo, move::resume_opening, state::opening_pull_request},
  transition{state::waiting_for_repo, move::resume_answering, state::answering},
  transition{state::queued, move::resume_reporting, state::reporting},
  // a person's word
  transition{state::parked, move::retry, state::queued},
  transition{state::parked, move::cancel, state::reporting},
  transition{state::failed, move::retry, state::queued},
  transition{state::cancelled, move::retry, state::queued},
  transition{state::no_changes, move::retry, state::queued},
  // another round, from wherever a story rests that has a pull request
  transition{state::done, move::rework, state::queued},
  transition{state::parked, move::rework, state::queued},
  transition{state::failed, move::rework, state::queued},
  transition{state::cancelled, move::rework, state::queued},
  transition{state::no_changes, move::rework, state::queued},
};

inline constexpr std::size_t rows = forward.size() + living.size() * 3;

constexpr std::array<transition, rows> make_table() {
  std::array<transition, rows> out{};
  std::size_t n = 0;
  for (auto& t : forward)
    out[n++] = t;
  for (auto s : living) {
    out[n++] = {s, move::try_again_later, state::backing_off};
    out[n++] = {s, move::went_wrong, state::reporting};
    out[n++] = {s, move::cancel, state::reporting};
  }
  return out;
}
} // namespace detail

/// The table.
inline constexpr auto transitions = detail::make_table();

/// The state that `on` leads to from `from`; empty for a move that the table does not know.
constexpr std::optional<state> next(state from, move on) {
  for (auto& t : transitions)
    if (t.from == from && t.on == on)
      return t.to;
  return std::nullopt;
}

/// Nothing more happens to the story by itself.
constexpr bool is_final(state s) {
  return s == state::done || s == state::no_changes || s == state::cancelled || s == state::failed;
}

/// The story holds no actor: it waits in an index for its turn, a due time or a person.
constexpr bool is_resting(state s) {
  return is_final(s) || s == state::queued || s == state::backing_off || s == state::parked;
}

/// The story is being worked on, or will be by itself.
constexpr bool is_living(state s) { return !is_final(s) && s != state::parked; }

/// The state has effects outside the store, so it is durable before its action runs. A story may pass the
/// others within one transaction.
constexpr bool has_effects(state s) { return s != state::routing && s != state::waiting_for_repo; }

constexpr bool every_living_state_can_fail_and_be_cancelled() {
  for (std::size_t i = 1; i <= state_count; ++i) {
    auto s = static_cast<state>(i);
    if (is_living(s) && !(next(s, move::cancel) && next(s, move::try_again_later) &&
                          (next(s, move::went_wrong) || next(s, move::gave_up))))
      return false;
  }
  return true;
}

constexpr bool no_two_rows_disagree() {
  for (std::size_t i = 0; i < transitions.size(); ++i)
    for (std::size_t j = i + 1; j < transitions.size(); ++j)
      if (transitions[i].from == transitions[j].from && transitions[i].on == transitions[j].on)
        return false;
  return true;
}

constexpr bool every_state_can_be_left() {
  for (std::size_t i = 1; i <= state_count; ++i) {
    auto s = static_cast<state>(i);
    bool left = false;
    for (auto& t : transitions)
      left = left || t.from == s;
    if (!left)
      return false;
  }
  return true;
}

/// What waits for a person or has ended may go another round; what goes on by itself may not.
constexpr bool a_round_begins_where_a_story_rests() {
  for (std::size_t i = 1; i <= state_count; ++i) {
    auto s = static_cast<state>(i);
    if (next(s, move::rework).has_value() == is_living(s))
      return false;
  }
  return true;
}

static_assert(every_living_state_can_fail_and_be_cancelled());
static_assert(no_two_rows_disagree());
static_assert(every_state_can_be_left());
static_assert(a_round_begins_where_a_story_rests());

std::string_view to_string(state s);
std::string_view to_string(move m);
/// The state of that name; empty when there is none.
std::optional<state> state_named(std::string_view name);
/// The table as a Mermaid diagram, as it stands in docs/lifecycle.md.
std::string lifecycle_diagram();

} // namespace hyakki
