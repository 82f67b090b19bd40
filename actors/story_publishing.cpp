#include "actors/story_drive.hpp"

#include <algorithm>

// From a tree with work in it to a pull request: the commit, the push, the request, and the answers to its remarks.

namespace hyakki::drive {
namespace {

void push_branch(pointer self) {
  auto& r = self->state.record;
  ask_or<atom::ok_atom>(
    self, publisher_for(self), git_deadline(self),
    [=](atom::ok_atom) {
      auto& rec = self->state.record;
      rec.pushed_sha = rec.commit->sha;
      note(self, event_kind::after_push, on_push{rec.branch, *rec.pushed_sha});
      apply(self, open_round(rec) ? move::pushed_again : move::pushed);
    },
    [=](const error& e) {
      // Somebody pushed while the agent worked. Nothing is forced; whoever sends the round on has it begin from there.
      if (e == ec::rejected && open_round(self->state.record))
        forget_work(self->state.record);
      fail(self, e);
    },
    atom::push::value, push_order{r.repository, r.branch, r.commit->sha, *r.pushed_sha});
}

/// The round is over: the tracker is told. One that changed nothing can be tried again, so its remarks are kept.
void end_round(pointer self) {
  auto& r = self->state.record;
  auto round = open_round(r);
  if (round && r.commit->sha.empty()) {
    r.verdict = state::no_changes;
    if (r.why->code != ec::no_changes)
      r.why = trouble{ec::no_changes, "the agent changed nothing", r.at, now(self)};
    r.has_trouble = true;
    return apply(self, move::answered);
  }
  if (round) {
    round->open = false;
    round->remarks = {};
  }
  r.verdict = state::done;
  r.has_trouble = false;
  apply(self, move::answered);
}

} // namespace

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
                      r.commit->at_ms};
  ask_or<tree_commit>(
    self, publisher_for(self), git_deadline(self),
    [=](tree_commit& done) {
      auto& rec = self->state.record;
      if (!self->state.with->settings.checks.empty() && !rec.commit->tree_sha.empty() &&
          rec.commit->tree_sha != done.tree_sha)
        return fail(self, {ec::rejected,
                           "the working tree changed between the checks and the commit (" + rec.commit->tree_sha +
                             " became " + done.tree_sha + "); nothing was pushed",
                           0});
      auto& made = rec.commit.edit();
      made.sha = done.sha;
      made.tree_sha = done.tree_sha;
      made.files = std::move(done.files);
      on_commit told{done.sha, message, static_cast<std::uint32_t>(made.files.size()), 0, 0};
      for (auto& f : made.files) {
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

void push_if_open(pointer self) {
  auto& r = self->state.record;
  if (!open_round(r))
    return push_branch(self);
  ask<pull_request>(
    self, publisher_for(self), git_deadline(self),
    [=](pull_request& pull) {
      auto& rec = self->state.record;
      // Merged with this very commit: an earlier life pushed it and did not hear so.
      if (pull.state == "open" || pull.head == rec.commit->sha)
        return push_branch(self);
      // It stays open in the record: who looks at pull requests tells the tracker of its end.
      fail(self,
           {ec::withdrawn,
            "pull request " + pull.id + " is " + pull.state + " by now: what was done in this round was not pushed",
            0});
    },
    atom::find::value, r.repository, r.pull->id);
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
      rec.pull.edit().state = out.pull.state;
      rec.pull.edit().head = out.pull.head;
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
    answer_order{r.repository, r.pull->id, round->remarks, st.with->texts.remark_answers(r), round->answered});
}

void open_pull(pointer self) {
  auto& st = self->state;
  auto& r = st.record;
  pull_request_draft draft{r.repository, r.branch, r.base_branch, r.commit->sha, {}, {}, r.id()};
  draft.title = st.with->texts.pull_request_title(r);
  draft.description = st.with->texts.pull_request_body(r, now(self));
  ask<pull_request>(
    self, publisher_for(self), git_deadline(self),
    [=](pull_request& pull) {
      auto& rec = self->state.record;
      rec.pull = std::move(pull);
      rec.verdict = state::done;
      rec.has_trouble = false;
      note(self, event_kind::after_pull_request, on_pull{*rec.pull});
      apply(self, move::pull_request_opened);
    },
    atom::open::value, std::move(draft));
}

} // namespace hyakki::drive
