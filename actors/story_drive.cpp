#include "actors/story_drive.hpp"

#include "core/branch_name.hpp"

namespace hyakki::drive {
namespace {

using namespace std::chrono_literals;

constexpr auto store_retry = 1s;

/// Opens the run of an agent state, so that its intent is durable before it costs.
void open_agent_run(pointer self, state to) {
  auto& st = self->state;
  auto& r = st.record;
  auto& agent = st.with->agent;
  auto role = role_of(r, to);
  auto known = agent.can_resume && role != run_role::review ? session_to_resume(r) : std::string{};
  auto session = !known.empty() ? known : agent.names_session ? st.with->new_session() : std::string{};
  auto& begun = begin_run(r, role, agent.name, session, !known.empty(), now(self));
  // A tree that was just prepared holds nothing of what the session did: it is told everything again. Findings, too,
  // may not have reached a session that was interrupted.
  bool goes_on = !known.empty() && r.at != state::preparing;
  auto prompt = role == run_role::fix      ? st.with->texts.fix_prompt(r)
                : role == run_role::review ? std::string{}
                : role == run_role::rework ? st.with->texts.rework_prompt(r)
                : goes_on                  ? st.with->texts.resume_prompt(r)
                                           : st.with->texts.prompt(r);
  note(self, event_kind::before_agent_run, on_prompt{r.tree, prompt, begun.session, begun.number});
  st.rare.edit().prompt = std::move(prompt);
}

/// What must be in the record before the state is durable.
void prepare_entry(pointer self, state to) {
  auto& st = self->state;
  auto& r = st.record;
  if (to == state::preparing && r.branch.empty())
    r.branch =
      branch_name(project_for(st.with->settings, r.story.tracker).repo_hosting.branch_pattern, r.story, r.taken_ms);
  if (is_agent_state(to))
    open_agent_run(self, to);
  if (to == state::committing && r.commit->at_ms == 0)
    r.commit.edit().at_ms = now(self);
  // Publishing and telling have tries of their own; who comes back to one of them after a back-off goes on counting.
  if ((to == state::committing || to == state::reporting) && r.resume_at != to)
    r.attempts = 0;
  if (to == state::checking)
    st.next_check = 0;
  if (to != state::backing_off && to != state::queued && has_effects(to))
    r.resume_at = state::queued;
}

/// After a step was stored: what came in while the store could not take it. May stop half way, at the next step.
void take_up(pointer self) {
  auto& st = self->state;
  while (!st.unsaved && !st.rested && !st.rare->put_off.empty()) {
    auto& line = st.rare.edit().put_off;
    auto what = std::move(line.front());
    line.erase(line.begin());
    what();
  }
}

/// Enters the state that was just stored; or rests there, when the process is about to end.
void go_on(pointer self) {
  auto& st = self->state;
  if (!st.stopping)
    return enter(self);
  if (is_agent_state(st.record.at) && open_run(st.record)) {
    run_report unstarted;
    unstarted.code = ec::cancelled;
    return agent_answered(self, unstarted);
  }
  rest(self, "stopped");
}

void commit(pointer self, change step, std::function<void()> then) {
  auto& st = self->state;
  st.unsaved = std::make_unique<change>(step);
  auto saved = [=] {
    self->state.unsaved.reset();
    self->state.commit_uncertain = false;
    then();
    take_up(self);
  };
  auto question = self->request(st.with->writer, store_deadline, atom::commit::value, std::move(step));
  question.await(
    [=, id = question.id()](atom::ok_atom) {
      forget_deadline(self, id);
      saved();
    },
    [=](caf::error& raw) {
      auto& inner = self->state;
      auto e = from_caf(raw);
      if (e == ec::conflict && inner.commit_uncertain) {
        // The step whose answer was lost is the one that stands in the way.
        return saved();
      }
      auto about = log_about{inner.record.story.key, {}};
      if (e == ec::conflict || band_of(e.code) == band::defect) {
        inner.with->log->error("this story's record was changed by somebody else; its supervisor ends", about,
                               {{"error", to_string(e)}});
        return rest(self, to_string(e));
      }
      inner.commit_uncertain = inner.commit_uncertain || e == ec::timed_out;
      inner.with->log->error("the store cannot take a step; trying again", about, {{"error", to_string(e)}});
      inner.rare.edit().after_save = then;
      if (inner.stopping)
        return rest(self, "stopped; the store could not take its last step");
      self->delayed_send(self, store_retry, story_word::save_again);
    });
}

} // namespace

std::int64_t now(pointer self) { return self->state.with->time->now(); }

std::chrono::milliseconds git_deadline(pointer self) {
  return std::chrono::seconds{4 * self->state.with->settings.git.timeout_seconds};
}

publisher_actor publisher_for(pointer self) { return self->state.with->publisher_of(self->state.record.repository); }

bool put_off(pointer self, std::function<void()> what) {
  auto& st = self->state;
  if (!st.unsaved)
    return false;
  st.rare.edit().put_off.push_back(std::move(what));
  return true;
}

void note(pointer self, event_kind kind, event_payload payload) {
  self->state.pending.edit().push_back(make_event(self->state.record, kind, now(self), std::move(payload)));
}

void remark(pointer self, std::string text) { note(self, event_kind::noted, on_note{std::move(text)}); }

void late(pointer self, const char* what) {
  ++self->state.late;
  self->state.with->log->debug("a late answer was ignored", {self->state.record.story.key, {}}, {{"what", what}});
}

void save(pointer self, std::function<void()> then) {
  auto& st = self->state;
  ++st.record.version;
  st.record.changed_ms = now(self);
  change step{st.record, std::move(st.pending.edit())};
  st.pending = {};
  commit(self, std::move(step), std::move(then));
}

void save_again(pointer self) {
  auto& st = self->state;
  if (st.unsaved && !st.rested)
    commit(self, *st.unsaved, st.rare->after_save);
}

void pass(pointer self, move by, std::string reason) {
  auto& st = self->state;
  auto to = next(st.record.at, by);
  if (!to)
    return late(self, "a move");
  ++st.turn;
  auto from = st.record.at;
  if (is_agent_state(from) && open_run(st.record)) {
    // What an agent answered was booked before; this run never began.
    run unstarted;
    unstarted.outcome = run_outcome::cancelled;
    unstarted.error = "it was never started";
    end_run(st.record, unstarted, now(self), st.pending.edit());
  }
  prepare_entry(self, *to);
  st.record.at = *to;
  note(self, event_kind::moved, on_move{from, by, *to, std::move(reason)});
}

void apply(pointer self, move by, std::string reason) {
  auto& st = self->state;
  auto& r = st.record;
  // Somebody wants the story ended: whatever came back, the next move is the end.
  bool can_cancel = r.at != state::reporting && by != move::cancel;
  if (st.rare->cancelled && can_cancel) {
    by = move::cancel;
    reason = st.rare->cancel_reason;
  }
  if (by == move::cancel && st.rare->cancelled && r.at != state::reporting)
    reason = st.rare->cancel_reason; // what ended the agent is no reason to a person
  if (!next(r.at, by))
    return late(self, "a move");
  if (by == move::cancel && r.at != state::reporting) {
    r.verdict = state::cancelled;
    r.why = trouble{st.withdrawn ? ec::withdrawn : ec::cancelled, reason, r.at, now(self)};
    r.has_trouble = true;
  }
  pass(self, by, std::move(reason));
  if (!has_effects(r.at))
    return enter(self);
  save(self, [=] { go_on(self); });
}

void fail(pointer self, const error& e) {
  auto& st = self->state;
  auto& r = st.record;
  auto d = after_failure(e, r, st.with->settings.retry, now(self), st.with->seed());
  if (d.by == move::cancel) {
    st.withdrawn = st.withdrawn || (e == ec::withdrawn && !st.rare->cancelled);
    return apply(self, move::cancel, e.text);
  }
  st.with->log->warning("a step failed", {r.story.key, r.runs.empty() ? "" : r.runs.back().session},
                        {{"in", to_string(r.at)}, {"error", to_string(e)}});
  auto text = to_string(e);
  r.why = trouble{e.code, e.text, r.at, now(self)};
  r.has_trouble = true;
  if (d.by == move::try_again_later) {
    if (e != ec::rate_limited)
      ++r.attempts;
    r.due_ms = d.due_ms;
    if (has_effects(r.at))
      r.resume_at = r.at == state::preparing ? state::queued : r.at;
  } else {
    r.verdict = d.verdict;
  }
  // The whole text stands in the record and in on_failure; a move says it in short.
  apply(self, d.by, d.by == move::try_again_later ? std::move(text) : std::string{to_string(e.code)});
}

void reopen_run(pointer self) {
  ++self->state.turn;
  open_agent_run(self, self->state.record.at);
  save(self, [=] { go_on(self); });
}

void acquire(pointer self) {
  auto& st = self->state;
  if (st.stopping)
    return rest(self, "stopped");
  auto turn = st.turn;
  st.lease = lease::waited_for;
  auto question = self->request(st.with->lock, store_deadline, atom::acquire::value, st.record.repository,
                                caf::actor_cast<story_supervisor_actor>(self));
  question.then(
    [=, id = question.id()](bool granted) {
      forget_deadline(self, id);
      if (granted)
        return self->send(self, atom::granted::value, self->state.record.repository);
      // Somebody else works there: let people see it. The grant comes as a message of its own.
      if (self->state.turn == turn && self->state.record.at == state::waiting_for_repo && !self->state.unsaved) {
        remark(self, "another story works in " + self->state.record.repository + "; waits for its turn there");
        save(self, [] {});
      }
    },
    [=](caf::error& e) {
      auto why = from_caf(e);
      auto failed = [=] {
        if (self->state.turn == turn)
          fail(self, why);
      };
      if (!put_off(self, failed))
        failed();
    });
}

void leave_line(pointer self) {
  auto& st = self->state;
  if (st.lease != lease::waited_for)
    return;
  st.lease = lease::none;
  self->send(st.with->lock, atom::release::value, st.record.repository, caf::actor_cast<story_supervisor_actor>(self));
}

void leave_repository(pointer self) {
  auto& st = self->state;
  // A runner that has not answered by its deadline may still work in the tree: it ends with its supervisor.
  if (st.lease != lease::held || st.agent_busy || st.runner_stuck)
    return;
  st.lease = lease::none;
  auto me = caf::actor_cast<story_supervisor_actor>(self);
  // The lock first: who is started by the other word finds the lease free.
  self->send(st.with->lock, atom::release::value, st.record.repository, me);
  self->send(st.dispatcher, atom::release::value, st.record.id());
}

void end_agent(pointer self) {
  auto& st = self->state;
  if (st.agent_busy && st.rare->runner)
    self->send(st.rare->runner, atom::cancel::value);
}

void rest(pointer self, std::string reason) {
  auto& st = self->state;
  auto& r = st.record;
  if (st.rested || st.rare->resting)
    return;
  if (st.runner_stuck && st.rare->runner) {
    // It may still work in the tree: the lease and the story's turn are given up only when it has ended.
    st.rare.edit().resting = [=] { rest(self, reason); };
    self->send_exit(st.rare->runner, caf::exit_reason::user_shutdown);
    return;
  }
  st.rested = true;
  auto me = caf::actor_cast<story_supervisor_actor>(self);
  if (st.lease != lease::none)
    self->send(st.with->lock, atom::release::value, r.repository, me);
  rest_notice last{{r.id(), r.at, r.story.priority, r.story.created_ms, r.due_ms, r.repository}, std::move(reason)};
  if (last.reason.empty() && r.has_trouble)
    last.reason = r.why->text;
  self->send(st.dispatcher, atom::rested::value, std::move(last));
  self->quit();
}

} // namespace hyakki::drive
