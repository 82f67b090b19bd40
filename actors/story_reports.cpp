#include "actors/story_drive.hpp"

#include "core/utf8.hpp"

#include <algorithm>

// How a story ended is told: to its tracker, to plugins; the working tree is given back where its work is elsewhere.

namespace hyakki::drive {
namespace {

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

} // namespace

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

} // namespace hyakki::drive
