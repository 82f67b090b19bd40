#pragma once
// What each answer does to a story's record, and what it decides: pure functions under the supervisor.
//
// They change the record in memory and append the events that belong to the change; the supervisor makes both
// durable in one step before it acts.

#include "core/config.hpp"
#include "core/error.hpp"
#include "core/event.hpp"
#include "core/record.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hyakki {

/// Makes an event of this story.
event make_event(const story_record& r, event_kind kind, std::int64_t now, event_payload payload = {});

/// Adds a run that is about to start: its intent is durable before it costs. `session` is the one to resume or
/// to use; may be empty.
run& begin_run(story_record& r, run_role role, const std::string& agent, const std::string& session, bool resumed,
               std::int64_t now);

/// The last run of the record, if it has not ended.
run* open_run(story_record& r);

/// An open run of an earlier life: says that its turn may be lost, and that it will be repeated.
/// Returns true when there was one.
bool lose_open_run(story_record& r, std::int64_t now, std::vector<event>& events);

/// How many runs were lost one after the other, up to now. A story that takes the engine down with it would do so
/// for ever.
std::uint32_t lost_in_a_row(const story_record& r);
/// After so many a person is asked; after a retry, again after so many.
inline constexpr std::uint32_t most_lost_in_a_row = 5;

/// Books a run that has ended.
void end_run(story_record& r, const run& how, std::int64_t now, std::vector<event>& events);

/// The session in which work on this story could go on: that of the last implement or fix run that knew one.
/// Empty when there is none, or when the last run with it failed for want of it.
std::string session_to_resume(const story_record& r);

/// What the runs of a session have come to, on this story's record.
session_account account_of(const story_record& r, const std::string& session);

/// The role that belongs to a state in which an agent works.
run_role role_of(const story_record& r, state s);
/// True for the states in which an agent works.
bool is_agent_state(state s);
/// The move that leads from the repository's lease to the state where the story stopped.
move move_to_resume(state s);

/// What follows a failure.
struct failure_decision {
  move by = move::went_wrong;
  state verdict = state::failed; ///< went_wrong: how the story ends once the tracker was told
  std::int64_t due_ms = 0;       ///< try_again_later: when
};

/// When to try again after one more failure, whatever the attempts used. `seed` spreads retries.
std::int64_t due_after(const error& e, const story_record& r, const retry_config& limits, std::int64_t now,
                       std::uint64_t seed);

/// Decides by band and by the attempts used.
failure_decision after_failure(const error& e, const story_record& r, const retry_config& limits, std::int64_t now,
                               std::uint64_t seed);

/// The move that ends reporting for a verdict.
move move_for_verdict(state verdict);

/// Was it cancelled, with nothing left to do but to tell its tracker?
bool is_cancelled_untold(const story_record& r);

/// Where an operator's word (`cancel` or `retry`) leads a story that stands at `at`, once it has taken effect. The
/// state itself where there is nothing to obey.
state after_word(state at, move word);

/// Starts the story's next life on an operator's word: attempts and verdict are forgotten, history is kept, and
/// what was committed goes on from there.
void begin_life(story_record& r);

/// Why a story that was never begun here is left to others, who work on it or have done so by their label; empty = it
/// is not.
std::string left_to_others(const story_record& r, const config& c);
/// Was that why it ended?
bool was_left_to_others(const story_record& r, const config& c);

/// Makes the story's home another repository: what was done in the one before is forgotten here, and its working tree
/// gets another name.
void take_home(story_record& r, std::string repository);

} // namespace hyakki
