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
    note(self, event_kind::on_success, on_pull{*r.pull});
  else
    note(self, event_kind::on_failure, on_error{r.why->code, r.why->text, r.why->in, true});
  // One line of it: "agent exited with 1:" alone would say nothing.
  auto reason = std::string{cut_utf8(r.why->text, 400)};
  std::replace(reason.begin(), reason.end(), '\n', ' ');
  apply(self, move_for_verdict(r.verdict), r.verdict == state::done ? std::string{} : reason);
}

/// How it ended, led by what an earlier life may have died before it told.
report_order what_to_tell(pointer self) {
  auto& st = self->state;
  auto& r = st.record;
  auto out = st.with->texts.on_end(r);
  // One that backs off has begun when an agent worked on it.
  bool never_began =
    r.branch.empty() ||
    (r.has_trouble && (r.why->in < state::preparing || (r.why->in == state::backing_off && r.runs.empty())));
  if (never_began && r.why->code == ec::withdrawn) {
    out.comments.clear(); // nobody was told that it was taken: a label that went says all there is to say
    if (was_left_to_others(r, st.with->settings))
      out.labels = {}; // and one that came is not ours
  }
  if (st.start_told || never_began)
    return out;
  auto begun = st.with->texts.on_start(r).comments;
  out.comments.insert(out.comments.begin(), begun.begin(), begun.end());
  return out;
}

/// With waits of five minutes, the most by default, a week.
constexpr std::uint32_t most_tellings = 2'000;

/// Comes back to reporting after a while.
void report_later(pointer self, const error& e, const char* what) {
  auto& st = self->state;
  auto& r = st.record;
  r.due_ms = due_after(e, r, st.with->settings.retry, now(self), st.with->seed());
  if (e != ec::rate_limited)
    ++r.attempts;
  r.resume_at = state::reporting;
  apply(self, move::try_again_later, what + to_string(e));
}

/// An outage ends, and a token is renewed: the word that is owed keeps until then. What the tracker refuses, it refuses
/// again.
bool keeps(const story_record& r, const error& e) {
  return (band_of(e.code) == band::try_again || e == ec::bad_config) && r.attempts < most_tellings;
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
      if (keeps(self->state.record, e))
        return report_later(self, e, "the tracker could not be told: ");
      // A comment that cannot be posted does not undo the work.
      remark(self, "the tracker refused a part of what it was told, or all of it: " + to_string(e));
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
      auto& st = self->state;
      if (after_failure(e, st.record, st.with->settings.retry, now(self), st.with->seed()).by == move::try_again_later)
        return report_later(self, e, "the working tree could not be given back: ");
      remark(self, "the working tree was kept: " + to_string(e));
      report_end(self);
    },
    atom::release::value, r.repository, r.tree_name(), *r.pushed_sha);
}

} // namespace hyakki::drive
