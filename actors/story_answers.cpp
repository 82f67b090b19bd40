#include "actors/story_drive.hpp"

// What each answer of an agent, a reviewer or a check means for the story, and what the tracker hears of its start.

namespace hyakki::drive {
void tell_start(pointer self) {
  auto& st = self->state;
  st.start_told = true;
  auto gateway = st.with->gateways.find(st.record.story.tracker);
  if (gateway == st.with->gateways.end())
    return;
  auto question =
    self->request(gateway->second, tracker_deadline, atom::report::value, st.with->texts.on_start(st.record));
  question.then([=, id = question.id()](atom::ok_atom) { forget_deadline(self, id); },
                [=](caf::error& e) { // telling never decides; how the story ends is told again
                  auto& inner = self->state;
                  auto why = to_string(from_caf(e));
                  inner.start_told = false;
                  inner.with->log->warning("the tracker could not be told that work starts",
                                           {inner.record.story.key, {}}, {{"error", why}});
                  remark(self, "the tracker could not be told that work starts, or refused a part of it: " + why);
                });
}

agent_runner_actor runner_of(pointer self) {
  auto& st = self->state;
  auto& runner = st.rare.edit().runner;
  if (!runner) {
    runner = st.with->make_runner(caf::actor_cast<story_supervisor_actor>(self));
    self->monitor(runner);
  }
  return runner;
}

void runner_died(pointer self) {
  auto& st = self->state;
  auto& r = st.record;
  auto why = error{ec::unavailable,
                   std::string{"what runs the "} + (r.at == state::checking ? "check" : "agent") +
                     " died, and ended it: a defect of hyakki, please report it",
                   0};
  st.with->log->error("a runner died: a defect", {r.story.key, {}}, {{"in", to_string(r.at)}});
  if (r.at != state::checking) {
    run_report report;
    report.code = why.code;
    report.what.outcome = run_outcome::failed;
    report.what.error = why.text;
    return agent_answered(self, report);
  }
  st.agent_busy = false;
  if (st.stopping)
    return rest(self, "stopped");
  fail(self, why);
}

void agent_answered(pointer self, run_report& report) {
  auto& st = self->state;
  auto& r = st.record;
  st.agent_busy = false;
  st.rare.edit().prompt = {};
  auto open = open_run(r);
  if (!open)
    return late(self, "a run's end");
  auto role = open->role;
  auto resumed = open->resumed;
  if (st.stopping && !st.rare->cancelled && !report.succeeded) {
    report.what.outcome = run_outcome::cancelled;
    report.what.error = "stopped with the engine; it goes on in the same session";
    end_run(r, report.what, now(self), st.pending.edit());
    return save(self, [=] { rest(self, "stopped"); });
  }
  end_run(r, report.what, now(self), st.pending.edit());
  if (!report.succeeded) {
    if (report.code == ec::not_found && resumed) {
      // The agent does not know the session any more: start afresh, once, since a fresh run resumes nothing.
      auto gone = r.runs.back().session;
      for (auto& past : r.runs)
        if (past.session == gone)
          past.session.clear();
      remark(self, "the agent no longer knows session " + gone + "; a new one is started");
      return reopen_run(self);
    }
    return fail(self, {report.code, r.runs.back().error, report.retry_at_ms});
  }
  bool reviewed = st.with->settings.review.enabled;
  if (role == run_role::review) {
    auto verdict = st.with->texts.read_review(r.runs.back().summary);
    r.proof.push_back({"review", "a second session of " + r.runs.back().agent, 0, verdict.passed, now(self),
                       r.runs.back().ended_ms - r.runs.back().started_ms, verdict.findings});
    if (verdict.passed)
      return apply(self, move::review_passed);
    return send_back(self, {"review: " + verdict.findings});
  }
  if (reviewed)
    return apply(self, role == run_role::fix ? move::fixed : move::implemented);
  if (st.with->settings.checks.empty()) {
    pass(self, move::implemented_unreviewed, no_checks);
    return apply(self, move::checks_passed, no_checks);
  }
  apply(self, move::implemented_unreviewed);
}

void check_answered(pointer self, evidence& proof) {
  auto& st = self->state;
  st.agent_busy = false;
  auto passed = proof.passed;
  auto finding = "check '" + proof.name + "' (" + proof.what + ") exited with " + std::to_string(proof.exit_code) +
                 ":\n" + proof.detail;
  st.record.proof.push_back(std::move(proof));
  if (st.stopping)
    return rest(self, "stopped");
  if (!passed)
    return check_failed(self, st.record.proof.back().name, std::move(finding));
  ++st.next_check;
  if (st.rare->cancelled)
    return apply(self, move::cancel);
  enter(self); // the next check
}

void send_back(pointer self, std::vector<std::string> findings) {
  auto& st = self->state;
  auto& r = st.record;
  r.findings = std::move(findings);
  if (r.fix_rounds >= st.with->settings.orchestrator.max_fix_rounds)
    return fail(self,
                {ec::over_budget,
                 "still not good after " + std::to_string(r.fix_rounds) + " rounds of fixing. " + r.findings[0], 0});
  ++r.fix_rounds;
  apply(self, move::findings);
}

} // namespace hyakki::drive
