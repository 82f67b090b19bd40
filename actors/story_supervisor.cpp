#include "actors/story_supervisor.hpp"

#include "actors/story_drive.hpp"

namespace hyakki {
namespace {

using namespace drive;

/// The lease is ours: begins, or goes on where the story stands.
void on_granted(drive::pointer self) {
  auto& st = self->state;
  if (st.lease != lease::waited_for)
    return;
  st.lease = lease::held;
  auto& r = st.record;
  if (r.at == state::waiting_for_repo)
    return apply(self, r.resume_at == state::queued ? move::repo_granted : move_to_resume(r.resume_at));
  // An earlier life ended here. What it had under way is asked for again; a paid turn is said to be lost.
  bool lost = is_agent_state(r.at) && lose_open_run(r, st.with->time->now(), st.pending.edit());
  if (st.rare->cancelled)
    return apply(self, move::cancel);
  if (lost && lost_in_a_row(r) % most_lost_in_a_row == 0)
    return fail(self, {ec::over_budget,
                       "the engine died in each of the last " + std::to_string(lost_in_a_row(r)) +
                         " runs of this story, which may be why; it is not started again by itself",
                       0});
  if (r.at != state::preparing)
    tell_start(self); // that life may have ended before the tracker knew
  if (is_agent_state(r.at))
    return reopen_run(self);
  enter(self);
}

void on_start(drive::pointer self) {
  auto& st = self->state;
  auto& r = st.record;
  switch (r.at) {
  case state::backing_off:
    if (st.rare->cancelled && r.resume_at != state::reporting)
      return apply(self, move::cancel);
    pass(self, move::due);
    [[fallthrough]];
  case state::queued:
    // What is only to be told has ended already.
    if (r.resume_at == state::reporting)
      return apply(self, move::resume_reporting);
    if (st.rare->cancelled)
      return apply(self, move::cancel);
    if (r.resume_at == state::queued)
      note(self, event_kind::before_process);
    return apply(self, move::dispatched);
  case state::parked: return st.rare->cancelled ? apply(self, move::cancel) : rest(self);
  case state::reporting:
  case state::routing:
  case state::waiting_for_repo: return enter(self);
  default:
    if (is_resting(r.at))
      return rest(self);
    if (st.lease == lease::none) // else it was heard before
      acquire(self);
  }
}

void on_cancel(drive::pointer self, const std::string& reason, bool by_tracker) {
  auto& st = self->state;
  if (st.rare->cancelled)
    return;
  st.rare.edit().cancelled = true;
  st.rare.edit().cancel_reason = reason;
  st.withdrawn = by_tracker;
  if (st.agent_busy)
    return end_agent(self);
  // Where nothing is under way the end comes now; elsewhere with the next answer.
  if (st.lease == lease::waited_for && st.record.at == state::waiting_for_repo) {
    leave_line(self);
    apply(self, move::cancel);
  }
}

void on_stop(drive::pointer self) {
  auto& st = self->state;
  st.stopping = true;
  if (st.agent_busy)
    return end_agent(self);
  if (st.lease == lease::waited_for || st.unsaved)
    rest(self, "stopped");
}

/// The agent told its session: durable at once, so that a crash can resume it.
void on_session(drive::pointer self, std::uint32_t number, const std::string& session) {
  auto open = open_run(self->state.record);
  if (!open || open->number != number || open->session == session)
    return;
  open->session = session;
  save(self, [] {});
}

/// The runner is gone, and its child with it: because that was waited for, or by a defect that ends one run.
void on_runner_down(drive::pointer self) {
  auto& st = self->state;
  st.rare.edit().runner = nullptr; // the next run gets another
  st.runner_stuck = false;
  if (st.rare->resting) {
    auto go = std::exchange(st.rare.edit().resting, nullptr);
    return go();
  }
  if (!st.agent_busy)
    return;
  auto go = [=, turn = st.turn] {
    if (self->state.turn == turn && self->state.agent_busy)
      runner_died(self);
  };
  if (!put_off(self, go))
    go();
}

} // namespace

story_supervisor_actor::behavior_type story_supervisor(drive::pointer self, story_record record, const colleagues* with,
                                                       dispatcher_actor dispatcher) {
  auto& st = self->state;
  st.record = std::move(record);
  st.with = with;
  st.dispatcher = std::move(dispatcher);
  self->set_down_handler([=](caf::down_msg& down) {
    if (self->state.rare->runner && down.source == self->state.rare->runner.address())
      on_runner_down(self);
  });
  return {
    [=](story_word what) {
      switch (what) {
      case story_word::start: return on_start(self);
      case story_word::stop: return on_stop(self);
      case story_word::save_again: return save_again(self);
      }
    },
    [=](atom::granted, const std::string& repository) {
      auto go = [=] {
        if (repository == self->state.record.repository)
          on_granted(self);
      };
      if (!put_off(self, go))
        go();
    },
    [=](atom::session, std::uint32_t number, const std::string& session) {
      auto go = [=] { on_session(self, number, session); };
      if (!put_off(self, go))
        go();
    },
    [=](atom::cancel, const std::string& reason, bool by_tracker) {
      auto go = [=] { on_cancel(self, reason, by_tracker); };
      if (!put_off(self, go))
        go();
    },
  };
}

} // namespace hyakki
