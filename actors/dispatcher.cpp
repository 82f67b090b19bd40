#include "actors/dispatcher.hpp"

#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "actors/intake.hpp"

#include <algorithm>
#include <chrono>

namespace hyakki {
namespace {

using namespace std::chrono_literals;
using pointer = dispatcher_actor::stateful_pointer<dispatcher_state>;

constexpr auto search_deadline = 600s;
constexpr auto tick_every = 500ms;
constexpr std::size_t requests_at_once = 64;
/// A record that cannot be read now is looked at again after this time.
constexpr std::int64_t read_again_ms = 1'000;
/// A supervisor that gave up on a living story is followed by another after this time, so many times.
constexpr std::int64_t supervise_again_ms = 60'000;
constexpr int most_again = 3;

std::int64_t now(pointer self) { return self->state.with->time->now(); }

void fill(pointer self);
void step_by_operator(pointer self, story_record r, move by, const std::string& reason, std::function<void(bool)> then);

/// Spawns the supervisor of a story that the queue has just started.
void supervise(pointer self, const story_id& id) {
  auto& st = self->state;
  auto found = st.memory->find(id);
  if (!found || !*found) {
    st.with->log->error("a queued story cannot be read", {id, {}},
                        {{"error", found ? std::string{"no such record"} : to_string(found.error())}});
    st.queue.finish(id);
    if (!found && band_of(found.error().code) == band::try_again)
      st.due.emplace(now(self) + read_again_ms, id);
    return;
  }
  auto me = caf::actor_cast<dispatcher_actor>(self);
  auto who = self->spawn(story_supervisor, **std::move(found), st.with, me);
  self->monitor(who);
  st.running.emplace(id, who);
  if (auto i = st.to_cancel.find(id); i != st.to_cancel.end()) {
    self->send(who, atom::cancel::value, i->second);
    st.to_cancel.erase(i);
  }
  self->send(who, atom::start::value);
}

void check_idle(pointer self) {
  auto& st = self->state;
  if (st.stopping && st.running.empty()) {
    for (auto& p : st.stopped)
      p.deliver(atom::ok_atom::value);
    st.stopped.clear();
  }
  bool polls = std::any_of(st.polling.begin(), st.polling.end(), [](auto& p) { return p.second; });
  bool ready = st.queue.waiting() > 0 && !st.stopping;
  if (st.idle.empty() || polls || st.claiming > 0 || !st.running.empty() || ready)
    return;
  for (auto& p : st.idle)
    p.deliver(st.rested, st.poll_errors);
  st.idle.clear();
  st.rested.clear();
  st.poll_errors.clear();
}

void fill(pointer self) {
  auto& st = self->state;
  if (!st.started || st.stopping)
    return check_idle(self);
  while (auto id = st.queue.start_next())
    supervise(self, *id);
  check_idle(self);
}

void enqueue(pointer self, const index_entry& e) {
  auto& st = self->state;
  st.queue.add(e.id, e.repository, e.priority, e.created_ms, e.at != state::queued);
}

/// A stored story that is queued and that nobody here knows: the answer to the step that queued it was lost.
bool adopt(pointer self, const story_record& r) {
  auto& st = self->state;
  auto id = r.id();
  if (r.at != state::queued || st.queue.waits(id) || st.queue.runs(id) || st.poisoned.count(id) > 0)
    return false;
  enqueue(self, {id, r.at, r.story.priority, r.story.created_ms, 0, r.repository});
  return true;
}

/// What an earlier life left: an index entry each, a supervisor only when its turn comes.
caf::error load(pointer self) {
  auto& st = self->state;
  auto read = st.memory->each_unfinished([&](const index_entry& e) {
    if (e.at == state::backing_off)
      st.due.emplace(e.due_ms, e.id);
    else if (e.at != state::parked)
      enqueue(self, e);
  });
  if (read)
    return caf::none;
  if (read.error() != ec::corrupt_record)
    return to_caf(read.error());
  // Everything readable was visited: one damaged record must not stop the others.
  st.with->log->error("a stored story is damaged; it is left alone", {}, {{"error", to_string(read.error())}});
  if (st.poll_errors.size() < 100)
    st.poll_errors.push_back(to_string(read.error()));
  return caf::none;
}

/// Claims one story in the store. Answers by `then(true)` when it is new.
void claim(pointer self, story s, std::function<void(bool)> then) {
  auto& st = self->state;
  auto known = st.memory->find(s.id());
  if (!known || *known) {
    if (!known)
      st.with->log->error("the store cannot be read; the story is taken at the next look", {s.key, {}},
                          {{"error", to_string(known.error())}});
    else
      adopt(self, **known);
    return then(false);
  }
  // A look that comes while the store is slow must not offer the same story once more.
  if (!st.on_the_way.insert(s.id()).second)
    return then(false);
  auto step = take_in(std::move(s), st.with->settings, now(self));
  index_entry entry{step.record.id(),      state::queued, step.record.story.priority, step.record.story.created_ms, 0,
                    step.record.repository};
  ++st.claiming;
  self->request(st.with->writer, 60s, atom::commit::value, std::move(step))
    .then(
      [=](atom::ok_atom) {
        --self->state.claiming;
        self->state.on_the_way.erase(entry.id);
        enqueue(self, entry);
        then(true);
        // One look's stories are put in order before the first of them starts.
        if (self->state.claiming == 0)
          fill(self);
      },
      [=](caf::error& e) { // `conflict`: somebody else took it; anything else: the next look finds it again
        --self->state.claiming;
        self->state.on_the_way.erase(entry.id);
        auto why = from_caf(e);
        if (why != ec::conflict)
          self->state.with->log->error("a story could not be stored; it is taken at the next look", {entry.id, {}},
                                       {{"error", to_string(why)}});
        then(false);
        if (self->state.claiming == 0)
          fill(self);
      });
}

/// Stories that are new to us, admitted and bounded.
std::vector<story> news(pointer self, std::vector<story> found) {
  auto& st = self->state;
  std::vector<story> out;
  for (auto& s : found) {
    auto admitted = admit(std::move(s));
    if (!admitted) {
      st.with->log->warning("a story was refused", {}, {{"error", to_string(admitted.error())}});
      if (st.poll_errors.size() < 100)
        st.poll_errors.push_back(admitted.error().text);
      continue;
    }
    auto id = admitted->id();
    if (!st.queue.waits(id) && !st.queue.runs(id) && st.with->gateways.count(admitted->tracker) > 0)
      out.push_back(*std::move(admitted));
  }
  return out;
}

void poll_one(pointer self, const std::string& name, const tracker_gateway_actor& gateway) {
  auto& st = self->state;
  if (st.polling[name])
    return;
  st.polling[name] = true;
  self->request(gateway, search_deadline, atom::search::value)
    .then(
      [=](found_stories& found) {
        auto& inner = self->state;
        inner.polling[name] = false;
        for (auto& text : found.unreadable) {
          inner.with->log->warning("a story could not be read", {}, {{"tracker", name}, {"error", text}});
          if (inner.poll_errors.size() < 100)
            inner.poll_errors.push_back(text);
        }
        for (auto& s : news(self, std::move(found.stories)))
          claim(self, std::move(s), [](bool) {});
        fill(self);
      },
      [=](caf::error& e) { // running stories go on; the next look tries again
        auto& inner = self->state;
        inner.polling[name] = false;
        auto why = from_caf(e);
        inner.with->log->warning("a tracker could not be searched", {}, {{"tracker", name}, {"error", to_string(why)}});
        if (inner.poll_errors.size() < 100)
          inner.poll_errors.push_back(name + ": " + to_string(why));
        check_idle(self);
      });
}

void poll(pointer self) {
  auto& st = self->state;
  if (st.stopping)
    return;
  for (auto& [name, gateway] : st.with->gateways)
    poll_one(self, name, gateway);
  if (st.forever)
    self->delayed_send(self, std::chrono::seconds{st.with->settings.orchestrator.poll_interval_seconds},
                       atom::poll::value);
}

caf::error cancel_story(pointer self, const story_id& id, const std::string& reason) {
  auto& st = self->state;
  if (auto i = st.running.find(id); i != st.running.end()) {
    self->send(i->second, atom::cancel::value, reason);
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
  if (r.at == state::parked) {
    step_by_operator(self, std::move(r), move::cancel, reason, [](bool) {});
    return caf::none;
  }
  for (auto i = st.due.begin(); i != st.due.end();)
    i = i->second == id ? st.due.erase(i) : std::next(i);
  st.queue.add({id, r.repository, r.story.priority, r.story.created_ms, true});
  st.to_cancel[id] = reason;
  if (st.queue.start_this(id))
    supervise(self, id);
  return caf::none;
}

caf::error retry_story(pointer self, const story_id& id, std::function<void(bool)> then) {
  auto& st = self->state;
  auto found = st.memory->find(id);
  if (!found)
    return to_caf(found.error());
  if (!*found)
    return to_caf({ec::not_found, "there is no story " + id, 0});
  auto& r = **found;
  if (adopt(self, r)) {
    then(true);
    return caf::none;
  }
  if (!next(r.at, move::retry))
    return to_caf({ec::rejected,
                   r.story.key + " is " + std::string{to_string(r.at)} +
                     "; only a parked, failed, "
                     "cancelled or unchanged story can be tried again",
                   0});
  step_by_operator(self, std::move(r), move::retry, "an operator asked for it", std::move(then));
  return caf::none;
}

void forget(pointer self, std::uint64_t request) {
  // In hand until it is gone from the store, so that no look in between carries it out again.
  self->state.in_hand.insert(request);
  self->request(self->state.with->writer, 60s, atom::drop::value, request)
    .then([=](atom::ok_atom) { self->state.in_hand.erase(request); },
          [=](caf::error& e) {
            self->state.undropped.insert(request); // the next look tries again
            self->state.with->log->error("an operator's request cannot be dropped", {},
                                         {{"error", to_string(from_caf(e))}});
          });
}

/// A request is forgotten when what it asks for is durable, not before: a cancel stays until the story has ended,
/// a retry until its step is stored. Both are refused once they are done, so a crash between repeats nothing.
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
    caf::error refused;
    if (r.what == operator_request::kind::cancel) {
      refused = cancel_story(self, r.story, r.reason);
    } else {
      st.in_hand.insert(r.seq);
      refused = retry_story(self, r.story, [=, seq = r.seq](bool stored) {
        if (stored)
          forget(self, seq);
        else
          self->state.in_hand.erase(seq); // the next look tries again
      });
    }
    if (!refused)
      continue;
    st.with->log->info("an operator's request is done with", {r.story, {}}, {{"answer", to_string(from_caf(refused))}});
    forget(self, r.seq);
  }
}

void wake_due(pointer self) {
  auto& st = self->state;
  auto t = now(self);
  while (!st.due.empty() && st.due.begin()->first <= t) {
    auto id = st.due.begin()->second;
    st.due.erase(st.due.begin());
    auto found = st.memory->find(id);
    if (!found && band_of(found.error().code) == band::try_again)
      st.due.emplace(t + read_again_ms, id);
    if (found && *found) {
      auto& r = **found;
      if (!is_living(r.at))
        continue;
      if (r.at == state::backing_off && r.due_ms > t) {
        st.due.emplace(r.due_ms, id);
        continue;
      }
      st.queue.add({id, r.repository, r.story.priority, r.story.created_ms, false});
    }
  }
}

/// A supervisor is gone: by its last word, or by a crash of its own.
void ended(pointer self, const story_id& id) {
  auto& st = self->state;
  st.running.erase(id);
  st.queue.finish(id);
  if (auto i = st.next_turn.find(id); i != st.next_turn.end()) {
    st.queue.add(i->second);
    st.next_turn.erase(i);
  }
}

void on_down(pointer self, caf::down_msg& down) {
  auto& st = self->state;
  for (auto& [id, who] : st.running) {
    if (who.address() != down.source)
      continue;
    // It said no last word: a defect. The record stands where it was last durable; a person can look at it.
    auto lost = id;
    st.poisoned.insert(lost);
    st.with->log->error("a supervisor died; the story is left where it was last stored", {lost, {}});
    if (st.poll_errors.size() < 100)
      st.poll_errors.push_back("the supervisor of " + lost + " died: a defect, please report it");
    ended(self, lost);
    break;
  }
  fill(self);
}

/// A step that an operator makes on a resting story, without a supervisor.
void step_by_operator(pointer self, story_record r, move by, const std::string& reason,
                      std::function<void(bool)> then) {
  auto& st = self->state;
  auto step = operator_step(std::move(r), by, reason, now(self));
  auto id = step.record.id();
  if (!st.stepping.insert(id).second)
    return then(false); // the step before is not stored yet
  index_entry entry{id, step.record.at,        step.record.story.priority, step.record.story.created_ms,
                    0,  step.record.repository};
  ++st.claiming;
  self->request(st.with->writer, 60s, atom::commit::value, std::move(step))
    .then(
      [=](atom::ok_atom) {
        auto& inner = self->state;
        --inner.claiming;
        inner.stepping.erase(id);
        inner.poisoned.erase(id);
        if (entry.at == state::queued) {
          enqueue(self, entry);
          if (inner.running.count(id) > 0) // its supervisor's last word is still on the way
            inner.next_turn[id] = {id, entry.repository, entry.priority, entry.created_ms, false};
        }
        then(true);
        fill(self);
      },
      [=](caf::error& e) {
        --self->state.claiming;
        self->state.stepping.erase(id);
        then(false);
        self->state.with->log->error("an operator's request could not be stored", {id, {}},
                                     {{"error", to_string(from_caf(e))}});
        check_idle(self);
      });
}

} // namespace

dispatcher_actor::behavior_type dispatcher(pointer self, const colleagues* with, const store* memory) {
  auto& st = self->state;
  st.with = with;
  st.memory = memory;
  auto& o = with->settings.orchestrator;
  st.queue = story_queue{{o.max_parallel_stories, o.max_parallel_per_repo}};
  self->set_down_handler([=](caf::down_msg& down) { on_down(self, down); });
  return {
    [=](atom::start, bool forever) -> caf::result<atom::ok_atom> {
      auto& inner = self->state;
      inner.forever = forever;
      if (auto failed = load(self))
        return failed;
      inner.started = true;
      self->send(self, atom::poll::value);
      self->send(self, atom::tick::value);
      return atom::ok_atom::value;
    },
    [=](atom::take_in, std::vector<story>& stories) -> caf::result<std::uint32_t> {
      auto fresh = news(self, std::move(stories));
      auto promise = self->make_response_promise<std::uint32_t>();
      if (fresh.empty()) {
        promise.deliver(std::uint32_t{0});
        return promise;
      }
      auto left = std::make_shared<std::size_t>(fresh.size());
      auto taken = std::make_shared<std::uint32_t>(0);
      for (auto& s : fresh)
        claim(self, std::move(s), [=](bool is_new) mutable {
          *taken += is_new ? 1 : 0;
          if (--*left == 0)
            promise.deliver(*taken);
        });
      return promise;
    },
    [=](atom::rested, rest_notice& last) {
      auto& inner = self->state;
      auto id = last.entry.id;
      ended(self, id);
      if (last.entry.at == state::backing_off && !inner.stopping)
        inner.due.emplace(last.entry.due_ms, id);
      else if (!is_resting(last.entry.at) && !inner.stopping && ++inner.given_up[id] <= most_again)
        inner.due.emplace(now(self) + supervise_again_ms, id); // as the store has it, not as that one thought
      if (inner.rested.size() < 100'000)
        inner.rested.push_back(std::move(last));
      fill(self);
    },
    [=](atom::cancel, const story_id& id, const std::string& reason) -> caf::result<atom::ok_atom> {
      if (auto failed = cancel_story(self, id, reason))
        return failed;
      return atom::ok_atom::value;
    },
    [=](atom::retry, const story_id& id) -> caf::result<atom::ok_atom> {
      if (auto failed = retry_story(self, id, [](bool) {}))
        return failed;
      return atom::ok_atom::value;
    },
    [=](atom::tick) {
      if (self->state.stopping)
        return;
      carry_out_requests(self);
      wake_due(self);
      fill(self);
      self->delayed_send(self, tick_every, atom::tick::value);
    },
    [=](atom::poll) { poll(self); },
    [=](atom::idle) -> caf::result<std::vector<rest_notice>, std::vector<std::string>> {
      auto promise = self->make_response_promise<std::vector<rest_notice>, std::vector<std::string>>();
      self->state.idle.push_back(promise);
      check_idle(self);
      return promise;
    },
    [=](atom::stop) -> caf::result<atom::ok_atom> {
      auto& inner = self->state;
      auto promise = self->make_response_promise<atom::ok_atom>();
      inner.stopping = true;
      inner.stopped.push_back(promise);
      for (auto& [id, who] : inner.running)
        self->send(who, atom::stop::value);
      check_idle(self);
      return promise;
    },
  };
}

} // namespace hyakki
