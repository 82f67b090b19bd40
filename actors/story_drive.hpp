#pragma once
// The driving half of the supervisor: moves, durability, failure, rest. Internal to actors/.

#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "actors/story_supervisor.hpp"

#include <chrono>
#include <utility>

#include <caf/actor_clock.hpp>

namespace hyakki::drive {

using pointer = story_supervisor_actor::stateful_pointer<story_supervisor_state>;

/// A tracker may be slow, or make us wait for its rate limit.
inline constexpr std::chrono::seconds tracker_deadline{300};
/// Nobody should read "checks passed" where nothing was checked.
inline constexpr auto no_checks = "no checks are configured";

/// Wall clock, ms.
std::int64_t now(pointer self);

/// A publisher may have other repositories' work in front of ours; its calls have deadlines of their own.
std::chrono::milliseconds git_deadline(pointer self);

/// The one that owns the working trees of the story's repository.
publisher_actor publisher_for(pointer self);

/// Looks the move up, makes the step durable where its state has effects, and enters the state.
void apply(pointer self, move by, std::string reason = {});

/// Takes a move that the next one completes, without entering or storing the state between them.
void pass(pointer self, move by, std::string reason = {});

/// Makes record and pending events durable, then goes on. Other messages wait meanwhile.
void save(pointer self, std::function<void()> then);

/// While the store cannot take a step, nothing else may happen to the record: keeps `what` for afterwards. False
/// when there is no such step, and nothing was kept.
bool put_off(pointer self, std::function<void()> what);

/// Offers a step again that the store could not take.
void save_again(pointer self);

/// Decides what follows a failure and applies it.
void fail(pointer self, const error& e);

/// One action per state (actors/story_actions.cpp).
void enter(pointer self);

/// Commits what the agent left in the tree. This and the next ones are in actors/story_publishing.cpp.
void commit_tree(pointer self);

/// Pushes, unless the pull request that the work is for was closed meanwhile: such a branch is no place for a commit.
void push_if_open(pointer self);

/// Opens the pull request, or takes up the one that an earlier life opened.
void open_pull(pointer self);

/// Answers the remarks that a round of rework was for.
void answer_remarks(pointer self);

/// Gives the tree back where its work is proven to be elsewhere, then reports (actors/story_reports.cpp).
void release_and_report(pointer self);

/// The work starts over; but not for ever, as each time costs: an agent may be what removes its tree.
void lose_tree(pointer self, const std::string& why);

/// The agent left the tree as it was: there is nothing to review, to mend or to commit.
void end_unchanged(pointer self, std::string why);

/// Asks for the repository's lease; goes on when it is granted.
void acquire(pointer self);

/// Gives the place in the line for the repository back.
void leave_line(pointer self);

/// Gives the repository back before the story ends: nothing that follows touches it.
void leave_repository(pointer self);

/// Books an agent's run and decides what follows. Answers are in actors/story_answers.cpp.
void agent_answered(pointer self, run_report& report);

/// Keeps a check's evidence and decides what follows.
void check_answered(pointer self, evidence& proof);

/// What follows from the first check that failed: back to the agent with the finding, unless it changed nothing.
void check_failed(pointer self, std::string name, std::string finding);

/// Back to the agent with findings, within the configured rounds.
void send_back(pointer self, std::vector<std::string> findings);

/// Tells the tracker that work on the story goes on. Safe to repeat.
void tell_start(pointer self);

/// Opens one more run in the present state and makes that durable before it starts.
void reopen_run(pointer self);

/// Says the last word to the dispatcher, gives the lease back and ends.
void rest(pointer self, std::string reason = {});

/// Ends what the agent runs now, if it does; its answer brings the story on.
void end_agent(pointer self);

void note(pointer self, event_kind kind, event_payload payload = {});
void remark(pointer self, std::string text);

/// Counts an answer that came too late.
void late(pointer self, const char* what);

/// The framework keeps a deadline until it passes, long after the answer came: 200 bytes a question, for an hour.
inline void forget_deadline(pointer self, caf::message_id asked) { self->clock().cancel_request_timeout(self, asked); }

/// Asks for an `Answer`, with a deadline; an answer that comes after the story moved on is late.
template <class Answer, class Handle, class Ok, class... Ts>
void ask_or(pointer self, const Handle& whom, std::chrono::milliseconds deadline, Ok ok,
            std::function<void(const error&)> failed, Ts&&... what) {
  auto turn = self->state.turn;
  auto question = self->request(whom, deadline, std::forward<Ts>(what)...);
  question.then(
    [=, id = question.id()](Answer& answered) {
      forget_deadline(self, id);
      auto go = [=]() mutable {
        if (self->state.turn == turn)
          ok(answered);
        else
          late(self, "an answer");
      };
      if (!put_off(self, go))
        go();
    },
    [=, id = question.id()](caf::error& e) {
      forget_deadline(self, id);
      auto go = [=, why = from_caf(e)] {
        if (self->state.turn == turn)
          failed(why);
        else
          late(self, "a failure");
      };
      if (!put_off(self, go))
        go();
    });
}

template <class Answer, class Handle, class Ok, class... Ts>
void ask(pointer self, const Handle& whom, std::chrono::milliseconds deadline, Ok ok, Ts&&... what) {
  ask_or<Answer>(
    self, whom, deadline, std::move(ok), [=](const error& e) { fail(self, e); }, std::forward<Ts>(what)...);
}

} // namespace hyakki::drive
