#include "actors/crashes.hpp"

#include "actors/deadline.hpp"
#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "core/progress.hpp"

namespace hyakki::dispatch::crashes {
namespace {

/// A supervisor that died is followed by another after this time, then after four times as much; then the story's
/// end is told, and at last it waits for a person without a word to its tracker.
constexpr std::int64_t after_crash_ms = 1'000;
constexpr int most_crashes = 3;

/// Towards `parked`: by way of the tracker, unless that is what supervisors die of.
change given_up_step(story_record r, int crashes, std::int64_t at) {
  change out;
  auto why =
    error{ec::invalid_transition,
          "its supervisor died " + std::to_string(crashes) + " times: a defect of hyakki, please report it", 0};
  lose_open_run(r, at, out.events);
  if (!r.has_trouble || r.at != state::reporting)
    r.why = trouble{why.code, why.text, r.at, at};
  r.has_trouble = true;
  r.verdict = state::parked;
  r.attempts = 0;
  r.resume_at = state::queued;
  auto go = [&](move by) {
    auto to = next(r.at, by);
    if (!to)
      return;
    out.events.push_back(make_event(r, event_kind::moved, at, on_move{r.at, by, *to, why.text}));
    r.at = *to;
  };
  go(move::went_wrong);
  if (crashes > most_crashes) {
    out.events.push_back(
      make_event(r, event_kind::on_failure, at, on_error{r.why->code, r.why->text, r.why->in, true}));
    go(move::needs_person);
  }
  ++r.version;
  r.changed_ms = at;
  out.record = std::move(r);
  return out;
}

} // namespace

void follow(pointer self, const story_id& id, int crashes) {
  auto& st = self->state;
  if (crashes < most_crashes) {
    st.due.emplace(now(self) + (after_crash_ms << 2 * (crashes - 1)), id);
    return;
  }
  auto found = st.memory->find(id);
  if (!found || !*found || !is_living((*found)->at)) {
    st.poisoned.insert(id);
    return;
  }
  auto step = given_up_step(**std::move(found), crashes, now(self));
  auto& r = step.record;
  index_entry entry{id, r.at, r.story.priority, r.story.created_ms, 0, r.repository};
  auto reason = r.why->text;
  st.stepping.insert(id);
  self->request(st.with->writer, store_deadline, atom::commit::value, std::move(step))
    .then(
      [=](atom::ok_atom) {
        self->state.stepping.erase(id);
        if (entry.at == state::reporting)
          enqueue(self, entry);
        else
          keep_rested(self, {entry, reason});
        fill(self);
      },
      [=](caf::error& e) {
        self->state.stepping.erase(id);
        self->state.poisoned.insert(id);
        self->state.with->log->error("a story that was given up is left where it was last stored", {id, {}},
                                     {{"error", to_string(from_caf(e))}});
        check_idle(self);
      });
}

} // namespace hyakki::dispatch::crashes
