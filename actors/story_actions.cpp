#include "actors/story_drive.hpp"

#include "core/admit.hpp"
#include "core/progress.hpp"
#include "core/routing.hpp"

#include <algorithm>

// One action per state; what leaves the house is in story_publishing.cpp and story_reports.cpp. Each may run again
// after a crash at any point: it looks before it makes.

namespace hyakki::drive {
namespace {

/// After so many finished runs whose tree was gone a person is asked.
constexpr int most_trees_lost = 3;

void route_as_known(pointer self) {
  auto& r = self->state.record;
  // A round of rework belongs where its pull request is.
  if ((r.resume_at == state::queued && !open_round(r)) || r.repository.empty()) {
    auto repository = repository_for(r.story, self->state.with->settings);
    if (!repository)
      return fail(self, repository.error());
    take_home(r, *std::move(repository));
  }
  if (r.resume_at == state::queued)
    note(self, event_kind::after_resolve_repo, on_repo{r.repository});
  apply(self, move::routed);
}

/// What the tracker shows of the story by now takes the place of what it showed when it was taken in.
void route_as_shown(pointer self, const found_stories& found) {
  auto& r = self->state.record;
  for (auto& said : found.failures)
    remark(self, "begun as it was known before: " + said);
  for (auto& seen : found.standings) {
    if (seen.now.key != r.story.key)
      continue;
    if (!seen.wanted && came_by_label(r.story, self->state.with->settings))
      return fail(self, {ec::withdrawn, seen.why.empty() ? "its tracker does not want it any more" : seen.why, 0});
    auto now = seen.now;
    now.tracker = r.story.tracker;
    auto admitted = admit(std::move(now));
    if (seen.wanted && admitted && admitted->key == r.story.key)
      r.story = *std::move(admitted);
    if (auto why = left_to_others(r, self->state.with->settings); !why.empty())
      return fail(self, {ec::withdrawn, why, 0});
  }
  route_as_known(self);
}

/// A story that begins is read again: it may have waited for long, and people mend one before they have it tried again.
void route_it(pointer self) {
  auto& st = self->state;
  auto& r = st.record;
  auto gateway = st.with->gateways.find(r.story.tracker);
  if (r.resume_at != state::queued || open_round(r) || gateway == st.with->gateways.end())
    return route_as_known(self);
  ask_or<found_stories>(
    self, gateway->second, tracker_deadline, [=](found_stories& found) { route_as_shown(self, found); },
    [=](const error& e) {
      remark(self, "begun as it was known before, for it could not be read again: " + to_string(e));
      route_as_known(self);
    },
    atom::search::value, look_order{false, {r.story.key}});
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
  if (st.rare->cancelled || st.stopping) {
    run_report unstarted;
    unstarted.code = ec::cancelled;
    unstarted.what.outcome = run_outcome::cancelled;
    unstarted.what.error = "ended before it started";
    return agent_answered(self, unstarted);
  }
  if (st.rare->prompt.empty())
    st.rare.edit().prompt = open->role == run_role::fix      ? st.with->texts.fix_prompt(r)
                            : open->role == run_role::rework ? st.with->texts.rework_prompt(r)
                                                             : st.with->texts.prompt(r);
  auto account = account_of(r, open->session);
  // Handed over, not kept: a prompt is long, and the agent works on it for an hour.
  agent_order order{r.id(),        r.story.key,   open->number,
                    open->role,    r.tree,        std::exchange(st.rare.edit().prompt, {}),
                    open->session, open->resumed, std::move(account)};
  // The runner keeps the time; ours only catches a runner that is stuck.
  auto deadline = std::chrono::seconds{st.with->settings.agent.timeout_seconds + 300};
  st.agent_busy = true;
  ask_or<run_report>(
    self, runner_of(self), deadline, [=](run_report& report) { agent_answered(self, report); },
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

void ask_reviewer(pointer self) {
  auto& r = self->state.record;
  ask<std::string>(
    self, publisher_for(self), git_deadline(self),
    [=](std::string& diff) {
      if (diff.empty())
        return end_unchanged(self, "the agent changed nothing");
      self->state.rare.edit().prompt = self->state.with->texts.review_prompt(self->state.record, diff);
      ask_agent(self);
    },
    atom::diff::value, r.repository, r.tree_name());
}

void run_checks(pointer self) {
  auto& st = self->state;
  auto& r = st.record;
  auto& checks = st.with->settings.checks;
  if (st.rare->cancelled)
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
        rec.commit.edit().tree_sha = hash;
        rec.proof.push_back({"tree", "what the checks saw", 0, true, now(self), 0, hash});
        apply(self, move::checks_passed);
      },
      atom::hash::value, r.repository, r.tree_name());
  }
  auto& check = checks[st.next_check];
  st.agent_busy = true;
  auto deadline = std::chrono::seconds{check.timeout_seconds + 60};
  ask_or<evidence>(
    self, runner_of(self), deadline, [=](evidence& proof) { check_answered(self, proof); },
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

} // namespace

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

void end_unchanged(pointer self, std::string why) {
  auto& r = self->state.record;
  r.verdict = state::no_changes;
  r.why = trouble{ec::no_changes, std::move(why), r.at, now(self)};
  r.has_trouble = true;
  // Whoever asked for the round hears why nothing came of it.
  apply(self, open_round(r) ? move::words_alone : move::nothing_changed);
}

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
