#include "actors/story_drive.hpp"

#include "core/routing.hpp"
#include "core/utf8.hpp"

#include <algorithm>

// One action per state. Each may run again after a crash at any point: it looks before it makes.

namespace hyakki::drive {
namespace {

std::int64_t now(pointer self) { return self->state.with->time->now(); }

/// A publisher may have other repositories' work in front of ours; its calls have deadlines of their own.
std::chrono::milliseconds git_deadline(pointer self) {
  return std::chrono::seconds{4 * self->state.with->settings.git.timeout_seconds};
}

/// After so many finished runs whose tree was gone a person is asked.
constexpr int most_trees_lost = 3;

publisher_actor publisher_for(pointer self) { return self->state.with->publisher_of(self->state.record.repository); }

void route_it(pointer self) {
  auto& r = self->state.record;
  // A round of rework belongs where its pull request is.
  if ((r.resume_at == state::queued && !open_round(r)) || r.repository.empty()) {
    auto repository = repository_for(r.story, self->state.with->settings);
    if (!repository)
      return fail(self, repository.error());
    r.repository = *std::move(repository);
  }
  if (r.resume_at == state::queued)
    note(self, event_kind::after_resolve_repo, on_repo{r.repository});
  apply(self, move::routed);
}

/// A round of rework starts from the branch of its pull request, as it is on the host: people may have pushed there.
prepare_order tree_order(const story_record& r, std::string at_sha, bool keep) {
  return {r.repository, r.tree_name(), r.branch, open_round(r) ? r.branch : r.base_branch, std::move(at_sha), keep};
}

void prepare_tree(pointer self) {
  auto& r = self->state.record;
  tell_start(self);
  ask<prepared_tree>(
    self, publisher_for(self), git_deadline(self),
    [=](prepared_tree& tree) {
      auto& rec = self->state.record;
      rec.tree = tree.path;
      rec.base_sha = tree.base_sha;
      if (open_round(rec))
        rec.pushed_sha = tree.base_sha; // what our push must find there
      else
        rec.base_branch = tree.base_branch;
      self->state.tree_proven = true;
      note(self, event_kind::after_clone, on_tree{rec.repository, rec.tree});
      if (!tree.left.empty())
        remark(self, "the tree held edits of an earlier run, which were taken out: " + tree.left);
      apply(self, move::prepared);
    },
    atom::prepare::value, tree_order(r, {}, false));
}

/// The work starts over; but not for ever, as each time costs: an agent may be what removes its tree.
void lose_tree(pointer self, const std::string& why) {
  auto& runs = self->state.record.runs;
  auto round = open_round(self->state.record);
  auto first = round ? round->first_run : 0;
  auto paid = std::count_if(runs.begin(), runs.end(), [&](auto& one) {
    return one.number >= first && (one.role == run_role::implement || one.role == run_role::rework) &&
           one.outcome == run_outcome::succeeded;
  });
  if (paid > 0 && paid % most_trees_lost == 0)
    return fail(self, {ec::over_budget,
                       "the working tree was gone after the agent's work, " + std::to_string(paid) +
                         " times by now; it may be what removes it. Nothing was pushed",
                       0});
  apply(self, move::tree_lost, why);
}

/// Goes on when the working tree is there as it was left; otherwise says that it is lost.
void with_tree(pointer self, void (*then)(pointer)) {
  auto& st = self->state;
  auto& r = st.record;
  if (st.tree_proven)
    return then(self);
  ask<prepared_tree>(
    self, publisher_for(self), git_deadline(self),
    [=](prepared_tree& tree) {
      self->state.tree_proven = true;
      if (tree.kept || self->state.record.at == state::implementing)
        return then(self);
      remark(self, "the working tree was gone");
      lose_tree(self, {});
    },
    atom::prepare::value, tree_order(r, r.base_sha, true));
}

void ask_agent(pointer self) {
  auto& st = self->state;
  auto& r = st.record;
  auto open = open_run(r);
  if (!open)
    return fail(self, {ec::invalid_transition, "no run was opened for this state", 0});
  if (st.cancel_reason || st.stopping) {
    run_report unstarted;
    unstarted.code = ec::cancelled;
    unstarted.what.outcome = run_outcome::cancelled;
    unstarted.what.error = "ended before it started";
    return agent_answered(self, unstarted);
  }
  if (!st.runner)
    st.runner = st.with->make_runner(caf::actor_cast<story_supervisor_actor>(self));
  if (st.prompt.empty())
    st.prompt = open->role == run_role::fix      ? st.with->texts.fix_prompt(r)
                : open->role == run_role::rework ? st.with->texts.rework_prompt(r)
                                                 : st.with->texts.prompt(r);
  auto account = account_of(r, open->session);
  // Handed over, not kept: a prompt is long, and the agent works on it for an hour.
  agent_order order{r.id(),        r.story.key,   open->number,      open->role, r.tree, std::exchange(st.prompt, {}),
                    open->session, open->resumed, std::move(account)};
  // The runner keeps the time; ours only catches a runner that is stuck.
  auto deadline = std::chrono::seconds{st.with->settings.agent.timeout_seconds + 300};
  st.agent_busy = true;
  ask_or<run_report>(
    self, st.runner, deadline, [=](run_report& report) { agent_answered(self, report); },
    [=](const error& e) {
      run_report report;
      report.code = e.code;
      report.retry_at_ms = e.retry_at_ms;
      report.what.outcome = e == ec::timed_out ? run_outcome::timed_out : run_outcome::failed;
      report.what.error = e.text;
      end_agent(self);
      self->state.runner_stuck = true;
      agent_answered(self, report);
    },
    atom::run::value, std::move(order));
}

/// The agent left the tree as it was: there is nothing to review, to mend or to commit.
void end_unchanged(pointer self, std::string why) {
  auto& r = self->state.record;
  r.verdict = state::no_changes;
  r.why = {ec::no_changes, std::move(why), r.at, now(self)};
  r.has_trouble = true;
  apply(self, move::nothing_changed);
}

void ask_reviewer(pointer self) {
  auto& r = self->state.record;
  ask<std::string>(
    self, publisher_for(self), git_deadline(self),
    [=](std::string& diff) {
      if (diff.empty())
        return end_unchanged(self, "the agent changed nothing");
      self->state.prompt = self->state.with->texts.review_prompt(self->state.record, diff);
      ask_agent(self);
    },
    atom::diff::value, r.repository, r.tree_name());
}

void run_checks(pointer self) {
  auto& st = self->state;
  auto& r = st.record;
  auto& checks = st.with->settings.checks;
  if (st.cancel_reason)
    return apply(self, move::cancel);
  if (st.stopping)
    return rest(self, "stopped");
  if (st.next_check >= checks.size()) {
    if (checks.empty())
      return apply(self, move::checks_passed, no_checks);
    return ask<std::string>(
      self, publisher_for(self), git_deadline(self),
      [=](std::string& hash) {
        auto& rec = self->state.record;
        rec.tree_sha = hash;
        rec.proof.push_back({"tree", "what the checks saw", 0, true, now(self), 0, hash});
        apply(self, move::checks_passed);
      },
      atom::hash::value, r.repository, r.tree_name());
  }
  auto& check = checks[st.next_check];
  if (!st.runner)
    st.runner = st.with->make_runner(caf::actor_cast<story_supervisor_actor>(self));
  st.agent_busy = true;
  auto deadline = std::chrono::seconds{check.timeout_seconds + 60};
  ask_or<evidence>(
    self, st.runner, deadline, [=](evidence& proof) { check_answered(self, proof); },
    [=](const error& e) {
      end_agent(self);
      self->state.runner_stuck = true;
      self->state.agent_busy = false;
      if (self->state.stopping)
        return rest(self, "stopped");
      fail(self, e);
    },
    atom::check::value, check_order{r.id(), check.name, check.command, r.tree, check.timeout_seconds * 1000});
}

void commit_tree(pointer self) {
  auto& st = self->state;
  auto& r = st.record;
  auto message = st.with->texts.commit_message(r);
  commit_request what{r.repository,
                      r.tree_name(),
                      r.branch,
                      r.base_sha,
                      message,
                      st.with->settings.git.author_name,
                      st.with->settings.git.author_email,
                      r.commit_ms};
  ask_or<tree_commit>(
    self, publisher_for(self), git_deadline(self),
    [=](tree_commit& done) {
      auto& rec = self->state.record;
      if (!self->state.with->settings.checks.empty() && !rec.tree_sha.empty() && rec.tree_sha != done.tree_sha)
        return fail(self, {ec::rejected,
                           "the working tree changed between the checks and the commit (" + rec.tree_sha + " became " +
                             done.tree_sha + "); nothing was pushed",
                           0});
      rec.commit_sha = done.sha;
      rec.tree_sha = done.tree_sha;
      rec.files = std::move(done.files);
      on_commit told{done.sha, message, static_cast<std::uint32_t>(rec.files.size()), 0, 0};
      for (auto& f : rec.files) {
        told.insertions += f.added;
        told.deletions += f.removed;
      }
      note(self, event_kind::after_commit, std::move(told));
      apply(self, move::committed);
    },
    [=](const error& e) {
      if (e == ec::no_changes)
        return end_unchanged(self, "the agent changed nothing");
      if (e == ec::not_found) {
        self->state.tree_proven = false;
        return lose_tree(self, e.text);
      }
      fail(self, e);
    },
    atom::commit::value, std::move(what));
}

void push_branch(pointer self) {
  auto& r = self->state.record;
  ask_or<atom::ok_atom>(
    self, publisher_for(self), git_deadline(self),
    [=](atom::ok_atom) {
      auto& rec = self->state.record;
      rec.pushed_sha = rec.commit_sha;
      note(self, event_kind::after_push, on_push{rec.branch, rec.pushed_sha});
      apply(self, open_round(rec) ? move::pushed_again : move::pushed);
    },
    [=](const error& e) {
      // Somebody pushed while the agent worked. Nothing is forced; whoever sends the round on has it begin from there.
      if (e == ec::rejected && open_round(self->state.record))
        forget_work(self->state.record);
      fail(self, e);
    },
    atom::push::value, push_order{r.repository, r.branch, r.commit_sha, r.pushed_sha});
}

/// A branch whose pull request was merged or closed meanwhile is no place for a commit.
void push_if_open(pointer self) {
  auto& r = self->state.record;
  if (!open_round(r))
    return push_branch(self);
  ask<pull_request>(
    self, publisher_for(self), git_deadline(self),
    [=](pull_request& pull) {
      auto& rec = self->state.record;
      // Merged with this very commit: an earlier life pushed it and did not hear so.
      if (pull.state == "open" || pull.head == rec.commit_sha)
        return push_branch(self);
      rec.pull.state = pull.state;
      fail(self,
           {ec::withdrawn,
            "pull request " + pull.id + " is " + pull.state + " by now: what was done in this round was not pushed",
            0});
    },
    atom::find::value, r.repository, r.pull.id);
}

/// The round is over: the tracker is told.
void end_round(pointer self) {
  auto& r = self->state.record;
  if (auto round = open_round(r)) {
    round->open = false;
    round->remarks = {};
  }
  r.verdict = state::done;
  r.has_trouble = false;
  apply(self, move::answered);
}

void answer_remarks(pointer self) {
  auto& st = self->state;
  auto& r = st.record;
  auto round = open_round(r);
  if (!round)
    return end_round(self);
  // An answer that cannot be given does not undo the work.
  auto give_up = [=](const error& e) {
    auto d =
      after_failure(e, self->state.record, self->state.with->settings.retry, now(self), self->state.with->seed());
    if (d.by == move::try_again_later)
      return fail(self, e);
    remark(self, "not every remark could be answered: " + to_string(e));
    end_round(self);
  };
  ask_or<answer_report>(
    self, publisher_for(self), git_deadline(self),
    [=](answer_report& out) {
      auto& rec = self->state.record;
      auto mine = open_round(rec);
      rec.pull.state = out.pull.state;
      rec.pull.head = out.pull.head;
      mine->answered = std::min(mine->wanted, std::max(mine->answered, out.answered));
      mine->more = mine->more || out.more;
      for (auto& text : out.refused)
        remark(self, text);
      if (!out.trouble.empty())
        return give_up({out.code, out.trouble, out.retry_at_ms});
      if (out.pull.state != "open")
        remark(self,
               "pull request " + out.pull.id + " is " + out.pull.state + " by now: its remarks were not answered");
      end_round(self);
    },
    give_up, atom::answer::value,
    answer_order{r.repository, r.pull.id, round->remarks, st.with->texts.remark_answers(r), round->answered});
}

void open_pull(pointer self) {
  auto& st = self->state;
  auto& r = st.record;
  pull_request_draft draft{r.repository, r.branch, r.base_branch, r.commit_sha, {}, {}, r.id()};
  draft.title = st.with->texts.pull_request_title(r);
  draft.description = st.with->texts.pull_request_body(r, now(self));
  ask<pull_request>(
    self, publisher_for(self), git_deadline(self),
    [=](pull_request& pull) {
      auto& rec = self->state.record;
      rec.pull = std::move(pull);
      rec.verdict = state::done;
      rec.has_trouble = false;
      note(self, event_kind::after_pull_request, on_pull{rec.pull});
      apply(self, move::pull_request_opened);
    },
    atom::open::value, std::move(draft));
}

/// Says how it ended to plugins, and ends.
void reported(pointer self) {
  auto& r = self->state.record;
  if (r.verdict == state::done)
    note(self, event_kind::on_success, on_pull{r.pull});
  else
    note(self, event_kind::on_failure, on_error{r.why.code, r.why.text, r.why.in, true});
  // One line of it: "agent exited with 1:" alone would say nothing.
  auto reason = std::string{cut_utf8(r.why.text, 400)};
  std::replace(reason.begin(), reason.end(), '\n', ' ');
  apply(self, move_for_verdict(r.verdict), r.verdict == state::done ? std::string{} : reason);
}

/// How it ended, led by what an earlier life may have died before it told.
report_order what_to_tell(pointer self) {
  auto& st = self->state;
  auto& r = st.record;
  auto out = st.with->texts.on_end(r);
  bool never_began =
    r.branch.empty() || (r.has_trouble && (r.why.in < state::preparing || r.why.in == state::backing_off));
  if (never_began && r.why.code == ec::withdrawn)
    out.comments.clear(); // nobody was told that it was taken: a label that went says all there is to say
  if (st.start_told || never_began)
    return out;
  auto begun = st.with->texts.on_start(r).comments;
  out.comments.insert(out.comments.begin(), begun.begin(), begun.end());
  return out;
}

/// Comes back to reporting after a while, where that may help and has not been tried too often.
bool reports_later(pointer self, const error& e, const char* what) {
  auto& r = self->state.record;
  auto d = after_failure(e, r, self->state.with->settings.retry, now(self), self->state.with->seed());
  if (d.by != move::try_again_later)
    return false;
  if (e != ec::rate_limited)
    ++r.attempts;
  r.due_ms = d.due_ms;
  r.resume_at = state::reporting;
  apply(self, move::try_again_later, what + to_string(e));
  return true;
}

void report_end(pointer self) {
  auto& st = self->state;
  leave_repository(self); // a tracker may be slow; the next story of the repository does not wait for it
  auto& r = st.record;
  auto gateway = st.with->gateways.find(r.story.tracker);
  if (gateway == st.with->gateways.end()) {
    remark(self, "tracker '" + r.story.tracker + "' is not configured any more; nobody was told");
    return reported(self);
  }
  ask_or<atom::ok_atom>(
    self, gateway->second, tracker_deadline, [=](atom::ok_atom) { reported(self); },
    [=](const error& e) {
      if (reports_later(self, e, "the tracker could not be told: "))
        return;
      // A comment that cannot be posted does not undo the work.
      remark(self, "the tracker could not be told and will not be: " + to_string(e));
      reported(self);
    },
    atom::report::value, what_to_tell(self));
}

/// Gives the tree back where its work is proven to be elsewhere, then reports.
void release_and_report(pointer self) {
  auto& r = self->state.record;
  bool proven = r.verdict == state::done || r.verdict == state::no_changes;
  if (!proven || r.tree.empty())
    return report_end(self);
  ask_or<atom::ok_atom>(
    self, publisher_for(self), git_deadline(self),
    [=](atom::ok_atom) {
      self->state.record.tree.clear();
      report_end(self);
    },
    [=](const error& e) {
      if (reports_later(self, e, "the working tree could not be given back: "))
        return;
      remark(self, "the working tree was kept: " + to_string(e));
      report_end(self);
    },
    atom::release::value, r.repository, r.tree_name(), r.pushed_sha);
}

} // namespace

void check_failed(pointer self, std::string name, std::string finding) {
  auto& r = self->state.record;
  if (r.fix_rounds > 0)
    return send_back(self, {std::move(finding)});
  // Whoever left everything as it was is not asked to mend what was broken before, and is not paid for it.
  ask<std::string>(
    self, publisher_for(self), git_deadline(self),
    [=](std::string& diff) {
      if (!diff.empty())
        return send_back(self, {finding});
      end_unchanged(self, "the agent changed nothing; check '" + name + "' fails without its work");
    },
    atom::diff::value, r.repository, r.tree_name());
}

void enter(pointer self) {
  auto& st = self->state;
  switch (st.record.at) {
  case state::routing: return route_it(self);
  case state::waiting_for_repo: return acquire(self);
  case state::preparing: return prepare_tree(self);
  case state::implementing:
  case state::fixing: return with_tree(self, ask_agent);
  case state::reviewing: return with_tree(self, ask_reviewer);
  case state::checking: return with_tree(self, run_checks);
  case state::committing: return with_tree(self, commit_tree);
  case state::pushing: return push_if_open(self);
  case state::opening_pull_request: return open_pull(self);
  case state::answering: return answer_remarks(self);
  case state::reporting: return release_and_report(self);
  case state::queued:
  case state::backing_off:
  case state::parked:
  case state::done:
  case state::no_changes:
  case state::cancelled:
  case state::failed: return rest(self);
  }
}

} // namespace hyakki::drive
