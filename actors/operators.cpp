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
/// So many are looked through, for those that stand behind others: more than people leave between two runs.
constexpr std::size_t requests_in_sight = 1000;

std::string_view name_of(operator_request::kind what) {
  return what == operator_request::kind::cancel ? "cancel" : "retry";
}

/// Nothing can be done for it now: the next look tries again, and nobody waits for that.
void put_off(pointer self, const operator_request& r) {
  self->state.in_hand.erase(r.seq);
  self->state.put_off.insert(r.story);
}

/// A request is gone from the store: the next one about its story has its turn, or the story itself.
void gone(pointer self, const operator_request& r) {
  self->state.in_hand.erase(r.seq);
  self->state.put_off.erase(r.story);
  carry_out_requests(self);
  dispatch::wake(self);
}

void forget(pointer self, const operator_request& r) {
  // In hand until it is gone from the store, so that no look in between carries it out again.
  self->state.in_hand.insert(r.seq);
  self->request(self->state.with->writer, store_deadline, atom::drop::value, r.seq)
    .then([=](atom::ok_atom) { gone(self, r); },
          [=](caf::error& e) {
            self->state.undropped.insert(r.seq); // the next look tries again
            self->state.put_off.insert(r.story);
            self->state.with->log->error("an operator's request cannot be dropped", {r.story, {}},
                                         {{"error", to_string(from_caf(e))}});
            dispatch::check_idle(self);
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
  if (st.stepping.count(id) > 0) { // looked at again when that step is stored, wherever it leads
    st.to_cancel[id] = {reason, withdrawn};
    return caf::none;
  }
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
  return retry(self, r.story, [=](bool stored) {
    if (stored)
      forget(self, r);
    else
      put_off(self, r);
  });
}

/// What an operator reads in the log of a request that is settled. A cancel is refused once it is done: that is no
/// refusal to whoever asked for it.
std::string outcome(pointer self, const operator_request& r, const error& refused) {
  auto known = self->state.memory->find(r.story);
  bool ended = known && *known && ((*known)->at == state::cancelled || is_cancelled_untold(**known));
  return r.what == operator_request::kind::cancel && ended ? "the story is cancelled" : to_string(refused);
}

/// A step of the story is over: a cancel that came meanwhile has its turn.
void end_if_asked(pointer self, const story_id& id) {
  auto& st = self->state;
  auto i = st.to_cancel.find(id);
  if (i == st.to_cancel.end() || st.running.count(id) > 0)
    return;
  auto how = i->second;
  st.to_cancel.erase(i);
  if (auto refused = end_story(self, id, how.reason, how.withdrawn))
    st.with->log->info("a story could not be cancelled", {id, {}}, {{"answer", to_string(from_caf(refused))}});
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
        end_if_asked(self, entry.id);
        then(true);
        if (inner.put_off.erase(entry.id) > 0) // for the step that was on its way
          carry_out_requests(self);
        dispatch::fill(self);
      },
      [=](caf::error& e) {
        self->state.stepping.erase(id);
        end_if_asked(self, id);
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
  if (is_cancelled_untold(r))
    return to_caf({ec::unavailable,
                   r.story.key + " was cancelled, and its tracker has yet to be told; after that it is tried again",
                   0});
  if (!next(r.at, move::retry))
    return to_caf({ec::rejected,
                   r.story.key + " is " + std::string{to_string(r.at)} +
                     "; only a parked, failed, cancelled or unchanged story can be tried again",
                   0});
  hold_back::forget(self, r.story.tracker, r.repository); // whoever asks has mended what stood in the way
  store_step(self, operator_step(std::move(r), move::retry, "an operator asked for it", dispatch::now(self)),
             std::move(then));
  return caf::none;
}

void carry_out_requests(pointer self) {
  auto& st = self->state;
  auto requests = st.memory->requests(requests_in_sight);
  if (!requests)
    return;
  st.asked.clear();
  for (auto& r : *requests)
    st.asked.insert(r.story);
  std::set<story_id> seen;
  std::size_t looked_at = 0;
  for (auto& r : *requests) {
    if (st.undropped.erase(r.seq) > 0)
      forget(self, r);
    bool is_next = seen.insert(r.story).second;
    if (!is_next || st.in_hand.count(r.seq) > 0 || ++looked_at > requests_at_once)
      continue;
    auto refused = carry_out(self, r);
    if (!refused)
      continue;
    auto why = from_caf(refused);
    if (band_of(why.code) == band::try_again) { // the store cannot be read now, or the tracker is away
      put_off(self, r);
      continue;
    }
    st.with->log->info("an operator's request is done with", {r.story, {}},
                       {{"request", name_of(r.what)}, {"answer", outcome(self, r, why)}});
    forget(self, r);
  }
}

} // namespace operators
} // namespace hyakki
