#include "core/progress.hpp"

#include "core/retry.hpp"
#include "core/rework.hpp"
#include "core/routing.hpp"

#include <algorithm>

namespace hyakki {
namespace {

constexpr std::int64_t unnamed_rest_ms = 60'000;

} // namespace

event make_event(const story_record& r, event_kind kind, std::int64_t now, event_payload payload) {
  return {0, now, kind, r.id(), r.story.title, std::move(payload)};
}

run& begin_run(story_record& r, run_role role, const std::string& agent, const std::string& session, bool resumed,
               std::int64_t now) {
  run next;
  next.number = r.runs.empty() ? 1 : r.runs.back().number + 1;
  next.role = role;
  next.agent = agent;
  next.session = session;
  next.resumed = resumed;
  next.started_ms = now;
  r.runs.push_back(std::move(next));
  return r.runs.back();
}

run* open_run(story_record& r) {
  if (r.runs.empty() || r.runs.back().outcome != run_outcome::running)
    return nullptr;
  return &r.runs.back();
}

bool lose_open_run(story_record& r, std::int64_t now, std::vector<event>& events) {
  auto open = open_run(r);
  if (!open)
    return false;
  open->outcome = run_outcome::lost;
  open->ended_ms = now;
  open->error = "the engine ended while this run was under way; it is repeated and may have cost twice";
  events.push_back(make_event(r, event_kind::run_lost, now, on_run{*open}));
  return true;
}

std::uint32_t lost_in_a_row(const story_record& r) {
  auto kept = std::find_if(r.runs.rbegin(), r.runs.rend(), [](auto& one) { return one.outcome != run_outcome::lost; });
  return static_cast<std::uint32_t>(kept - r.runs.rbegin());
}

void end_run(story_record& r, const run& how, std::int64_t now, std::vector<event>& events) {
  auto open = open_run(r);
  if (!open)
    return;
  auto begun = *open;
  *open = how;
  open->number = begun.number;
  open->role = begun.role;
  open->agent = begun.agent;
  open->resumed = begun.resumed;
  open->started_ms = begun.started_ms;
  open->ended_ms = now;
  if (open->session.empty())
    open->session = begun.session;
  events.push_back(make_event(r, event_kind::after_agent_run, now, on_run{*open}));
}

std::string session_to_resume(const story_record& r) {
  for (auto i = r.runs.rbegin(); i != r.runs.rend(); ++i)
    if (i->role != run_role::review && !i->session.empty())
      return i->session;
  return {};
}

session_account account_of(const story_record& r, const std::string& session) {
  session_account sum;
  for (auto& past : r.runs)
    if (!session.empty() && past.session == session) {
      sum.cost_microusd += past.cost_microusd;
      sum.tokens += past.input_tokens + past.output_tokens;
    }
  return sum;
}

run_role role_of(const story_record& r, state s) {
  return s == state::reviewing      ? run_role::review
         : s == state::fixing       ? run_role::fix
         : open_round(r) != nullptr ? run_role::rework
                                    : run_role::implement;
}

bool is_agent_state(state s) { return s == state::implementing || s == state::reviewing || s == state::fixing; }

move move_to_resume(state s) {
  switch (s) {
  case state::implementing: return move::resume_implementing;
  case state::reviewing: return move::resume_reviewing;
  case state::checking: return move::resume_checking;
  case state::fixing: return move::resume_fixing;
  case state::committing: return move::resume_committing;
  case state::pushing: return move::resume_pushing;
  case state::opening_pull_request: return move::resume_opening;
  case state::answering: return move::resume_answering;
  case state::reporting: return move::resume_reporting;
  default: return move::repo_granted;
  }
}

std::int64_t due_after(const error& e, const story_record& r, const retry_config& limits, std::int64_t now,
                       std::uint64_t seed) {
  // Who asks to be left alone and names no time means a minute, as GitHub says in words.
  auto named = e == ec::rate_limited && e.retry_at_ms == 0 ? now + unnamed_rest_ms : e.retry_at_ms;
  return retry_due_ms(limits, r.attempts + 1, seed, now, named);
}

failure_decision after_failure(const error& e, const story_record& r, const retry_config& limits, std::int64_t now,
                               std::uint64_t seed) {
  if (e == ec::cancelled || e == ec::withdrawn)
    return {move::cancel, state::cancelled, 0};
  if (e == ec::agent_failed)
    return {move::went_wrong, state::failed, 0};
  // Whatever is not expected to mend itself waits for a person, our own defects included.
  if (band_of(e.code) != band::try_again)
    return {move::went_wrong, state::parked, 0};
  if (e != ec::rate_limited && r.attempts + 1 >= limits.max_attempts)
    return {move::went_wrong, state::failed, 0};
  return {move::try_again_later, state::failed, due_after(e, r, limits, now, seed)};
}

move move_for_verdict(state verdict) {
  switch (verdict) {
  case state::no_changes: return move::nothing_changed;
  case state::parked: return move::needs_person;
  case state::failed: return move::gave_up;
  case state::cancelled: return move::cancel;
  default: return move::reported;
  }
}

bool is_cancelled_untold(const story_record& r) {
  return r.verdict == state::cancelled &&
         (r.at == state::reporting || (r.at == state::backing_off && r.resume_at == state::reporting));
}

state after_word(state at, move word) {
  if (word == move::cancel)
    return is_final(at) ? at : state::cancelled;
  return next(at, word).value_or(at);
}

void begin_life(story_record& r) {
  ++r.life;
  r.attempts = 0;
  r.verdict = state::done;
  r.due_ms = 0;
  r.why = {};
  r.has_trouble = false;
  // Work that was committed is never paid for again, wherever the story went from there: its branch may be on the
  // remote even where nobody heard of it. Anything before that starts afresh.
  bool published = !r.commit->sha.empty() && *r.pushed_sha == r.commit->sha;
  auto publishing = open_round(r) ? state::answering : state::opening_pull_request;
  r.resume_at = published ? publishing : r.commit->sha.empty() ? state::queued : state::pushing;
  if (r.resume_at != state::queued)
    return;
  forget_work(r);
  if (auto round = open_round(r))
    round->answered = 0; // what it says this time is said too
  if (r.rework.empty())
    r.pull = {};
}

namespace {

std::string carried(const std::string& label) {
  return "it carries the label " + label + " by now: somebody else works on it, or has done so";
}

} // namespace

std::string left_to_others(const story_record& r, const config& c) {
  // A try that failed before there was a branch may have set the label: it is ours then.
  if (r.life > 1 || r.attempts > 0 || r.homes > 0 || !r.runs.empty() || !r.branch.empty() || !came_by_label(r.story, c))
    return {};
  auto& t = project_for(c, r.story.tracker).issue_tracker;
  for (auto& label : {t.processing_label, t.done_label})
    if (carries(r.story.labels, label))
      return carried(label);
  return {};
}

bool was_left_to_others(const story_record& r, const config& c) {
  auto& t = project_for(c, r.story.tracker).issue_tracker;
  return r.has_trouble && r.why->code == ec::withdrawn &&
         (r.why->text == carried(t.processing_label) || r.why->text == carried(t.done_label));
}

void take_home(story_record& r, std::string repository) {
  if (r.repository == repository)
    return;
  // Nothing of the old place holds in the new one; its branch, if it was pushed, stays for people.
  r.repository = std::move(repository);
  if (!r.branch.empty())
    ++r.homes;
  r.base_branch.clear();
  r.branch.clear();
  r.tree.clear();
  r.pushed_sha = {};
  r.pull = {};
  r.rework.clear();
  for (auto& past : r.runs) // a session knows the files of the old place
    past.session.clear();
  forget_work(r);
}

} // namespace hyakki
