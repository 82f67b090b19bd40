#include "actors/operators.hpp"

#include "actors/deadline.hpp"
#include "actors/failure.hpp"
#include "actors/hold_back.hpp"
#include "actors/inspect.hpp"
#include "core/progress.hpp"

namespace hyakki {

change operator_step(story_record r, move by, const std::string& reason, std::int64_t now) {
  auto from = r.at;
  r.at = next(from, by).value_or(from);
  ++r.version;
  r.changed_ms = now;
  if (by == move::retry)
    begin_life(r);
  change out{std::move(r), {}};
  out.events.push_back(make_event(out.record, event_kind::moved, now, on_move{from, by, out.record.at, reason}));
  return out;
}

namespace operators {
namespace {

using namespace std::chrono_literals;
using dispatch::pointer;

constexpr std::size_t requests_at_once = 64;

/// A step that an operator makes on a resting story, without a supervisor.
void step(pointer self, story_record r, move by, const std::string& reason, std::function<void(bool)> then) {
  store_step(self, operator_step(std::move(r), by, reason, dispatch::now(self)), std::move(then));
}

void forget(pointer self, std::uint64_t request) {
  // In hand until it is gone from the store, so that no look in between carries it out again.
  self->state.in_hand.insert(request);
  self->request(self->state.with->writer, store_deadline, atom::drop::value, request)
    .then([=](atom::ok_atom) { self->state.in_hand.erase(request); },
          [=](caf::error& e) {
            self->state.undropped.insert(request); // the next look tries again
            self->state.with->log->error("an operator's request cannot be dropped", {},
                                         {{"error", to_string(from_caf(e))}});
          });
}

/// Has a story ended: by its supervisor, by one that is started for it, or here where it rests.
caf::error end_story(pointer self, const story_id& id, const std::string& reason, bool withdrawn) {
  auto& st = self->state;
  if (auto i = st.running.find(id); i != st.running.end()) {
    self->send(i->second, atom::cancel::value, reason, withdrawn);
    return caf::none;
  }
  if (st.stopping) // nobody would be there to end it
    return to_caf({ec::unavailable, "the engine is about to end; ask again when it runs", 0});
  auto found = st.memory->find(id);
  if (!found)
    return to_caf(found.error());
  if (!*found)
    return to_caf({ec::not_found, "there is no story " + id, 0});
  auto& r = **found;
  if (is_final(r.at))
    return to_caf({ec::rejected, r.story.key + " has ended already (" + std::string{to_string(r.at)} + ")", 0});
  if (r.resume_at == state::reporting)
    return to_caf({ec::rejected, r.story.key + " has ended; only its tracker has yet to be told", 0});
  if (r.at == state::parked) {
    step(self, std::move(r), move::cancel, reason, [](bool) {});
    return caf::none;
  }
  for (auto i = st.due.begin(); i != st.due.end();)
    i = i->second == id ? st.due.erase(i) : std::next(i);
  st.queue.add({id, r.repository, r.story.priority, r.story.created_ms, true});
  st.to_cancel[id] = {reason, withdrawn};
  dispatch::start_beyond_limits(self, id);
  return caf::none;
}

/// Carries one request out. An error is an answer: there is nothing to do any more.
caf::error carry_out(pointer self, const operator_request& r) {
  if (r.what == operator_request::kind::cancel)
    return cancel(self, r.story, r.reason);
  self->state.in_hand.insert(r.seq);
  return retry(self, r.story, [=, seq = r.seq](bool stored) {
    if (stored)
      forget(self, seq);
    else
      self->state.in_hand.erase(seq); // the next look tries again
  });
}

} // namespace

void store_step(pointer self, change made, std::function<void(bool)> then) {
  auto& st = self->state;
  auto& after = made.record;
  auto id = after.id();
  if (!st.stepping.insert(id).second)
    return then(false); // the step before is not stored yet
  index_entry entry{id, after.at, after.story.priority, after.story.created_ms, 0, after.repository};
  self->request(st.with->writer, store_deadline, atom::commit::value, std::move(made))
    .then(
      [=](atom::ok_atom) {
        auto& inner = self->state;
        inner.stepping.erase(id);
        inner.poisoned.erase(id);
        if (entry.at == state::queued) {
          dispatch::enqueue(self, entry);
          if (inner.running.count(id) > 0) // its supervisor's last word is still on the way
            inner.next_turn[id] = {id, entry.repository, entry.priority, entry.created_ms, false};
        }
        then(true);
        dispatch::fill(self);
      },
      [=](caf::error& e) {
        self->state.stepping.erase(id);
        then(false);
        self->state.with->log->error("a step of a resting story could not be stored", {id, {}},
                                     {{"error", to_string(from_caf(e))}});
        dispatch::check_idle(self);
      });
}

caf::error cancel(pointer self, const story_id& id, const std::string& reason) {
  return end_story(self, id, reason, false);
}

caf::error withdraw(pointer self, const story_id& id, const std::string& reason) {
  return end_story(self, id, reason, true);
}

caf::error retry(pointer self, const story_id& id, std::function<void(bool)> then) {
  auto& st = self->state;
  auto found = st.memory->find(id);
  if (!found)
    return to_caf(found.error());
  if (!*found)
    return to_caf({ec::not_found, "there is no story " + id, 0});
  auto& r = **found;
  if (dispatch::adopt(self, r)) {
    then(true);
    return caf::none;
  }
  if (!next(r.at, move::retry))
    return to_caf({ec::rejected,
                   r.story.key + " is " + std::string{to_string(r.at)} +
                     "; only a parked, failed, cancelled or unchanged story can be tried again",
                   0});
  hold_back::forget(self, r.story.tracker, r.repository); // whoever asks has mended what stood in the way
  step(self, std::move(r), move::retry, "an operator asked for it", std::move(then));
  return caf::none;
}

void carry_out_requests(pointer self) {
  auto& st = self->state;
  auto requests = st.memory->requests(requests_at_once);
  if (!requests)
    return;
  for (auto& r : *requests) {
    if (st.undropped.erase(r.seq) > 0)
      forget(self, r.seq);
    if (st.in_hand.count(r.seq) > 0)
      continue;
    auto refused = carry_out(self, r);
    if (!refused)
      continue;
    auto why = from_caf(refused);
    if (band_of(why.code) == band::try_again) { // the store cannot be read now: the next look tries again
      st.in_hand.erase(r.seq);
      continue;
    }
    st.with->log->info("an operator's request is done with", {r.story, {}}, {{"answer", to_string(why)}});
    forget(self, r.seq);
  }
}

} // namespace operators
} // namespace hyakki
