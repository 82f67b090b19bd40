#include "actors/dispatcher.hpp"

#include "actors/crashes.hpp"
#include "actors/failure.hpp"
#include "actors/hold_back.hpp"
#include "actors/inspect.hpp"
#include "actors/intake.hpp"
#include "actors/operators.hpp"
#include "actors/reviews.hpp"

#include <algorithm>
#include <chrono>

namespace hyakki {
namespace dispatch {
namespace {

using namespace std::chrono_literals;

constexpr auto tick_every = 500ms;
/// A record that cannot be read now is looked at again after this time.
constexpr std::int64_t read_again_ms = 1'000;
/// A supervisor that gave up on a living story is followed by another after this time, so many times.
constexpr std::int64_t supervise_again_ms = 60'000;
constexpr int most_again = 3;
/// So many stories are set aside at once that are held back, while others are looked for.
constexpr std::size_t most_held = 100;
constexpr std::size_t most_troubles = 100;
/// The repository of a story that has only to be told: none.
const std::string nowhere;

/// A story whose record cannot be read: later, where that may help; otherwise it is said and left alone.
void unreadable(pointer self, const story_id& id, const error& why) {
  auto& st = self->state;
  st.with->log->error("a stored story cannot be read", {id, {}}, {{"error", to_string(why)}});
  if (band_of(why.code) == band::try_again)
    st.due.emplace(now(self) + read_again_ms, id);
  else
    remember(self, id + " cannot be read: " + to_string(why));
}

/// Spawns the supervisor of a story that the queue has just started.
/// False when it is held back.
bool supervise(pointer self, const story_id& id) {
  auto& st = self->state;
  // A step of ours is on its way: what it leads to is decided when it is stored.
  if (st.stepping.count(id) > 0) {
    st.queue.finish(id);
    return true;
  }
  auto found = st.memory->find(id);
  if (!found || !*found) {
    st.queue.finish(id);
    unreadable(self, id, found ? error{ec::not_found, "no such record", 0} : found.error());
    return true;
  }
  auto& r = **found;
  // A word about it waits: that comes first. What has ended and is only to be told goes on.
  bool ends = r.at == state::reporting || r.resume_at == state::reporting || st.to_cancel.count(id) > 0;
  if (!ends && st.asked.count(id) > 0) {
    st.queue.finish(id);
    st.due.emplace(now(self), id);
    return true;
  }
  bool begins = r.at == state::queued && r.resume_at == state::queued;
  bool may_wait = begins && st.to_cancel.count(id) == 0;
  if (auto until = may_wait ? hold_back::until(self, r.story.tracker, r.repository) : 0; until != 0) {
    st.queue.finish(id);
    st.due.emplace(until, id);
    return false;
  }
  if (begins)
    hold_back::begun(self, r.story.tracker, r.repository);
  auto me = caf::actor_cast<dispatcher_actor>(self);
  auto who = self->spawn(story_supervisor, **std::move(found), st.with, me);
  self->monitor(who);
  st.running.emplace(id, who);
  if (auto i = st.to_cancel.find(id); i != st.to_cancel.end()) {
    self->send(who, atom::cancel::value, i->second.reason, i->second.withdrawn);
    st.to_cancel.erase(i);
  }
  self->send(who, story_word::start);
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
  remember(self, to_string(read.error()));
  return caf::none;
}

void wake_due(pointer self) {
  auto& st = self->state;
  auto t = now(self);
  while (!st.due.empty() && st.due.begin()->first <= t) {
    auto id = st.due.begin()->second;
    st.due.erase(st.due.begin());
    auto found = st.memory->find(id);
    if (!found)
      unreadable(self, id, found.error());
    if (!found || !*found)
      continue;
    auto& r = **found;
    if (!is_living(r.at))
      continue;
    if (r.at == state::backing_off && r.due_ms > t) {
      st.due.emplace(r.due_ms, id);
      continue;
    }
    auto& repository = r.resume_at == state::reporting ? nowhere : r.repository;
    st.queue.add({id, repository, r.story.priority, r.story.created_ms, false});
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

/// A running story that is only to be told keeps its place among all, and counts for no repository any more.
void leave_repository(pointer self, const story_id& id) {
  auto& queue = self->state.queue;
  if (!queue.runs(id))
    return;
  hold_back::ends(self, id);
  queue.finish(id);
  queue.add({id, {}, 0, 0, true});
  queue.start_this(id);
}

void on_rested(pointer self, rest_notice& last) {
  auto& st = self->state;
  auto id = last.entry.id;
  ended(self, id);
  hold_back::rested(self, last.entry);
  reviews::ended(self, last.entry);
  if (last.entry.at == state::backing_off && !st.stopping)
    st.due.emplace(last.entry.due_ms, id);
  else if (!is_resting(last.entry.at) && !st.stopping && ++st.given_up[id] <= most_again)
    st.due.emplace(now(self) + supervise_again_ms, id); // as the store has it, not as that one thought
  bool settled = is_resting(last.entry.at);
  keep_rested(self, std::move(last));
  if (settled && st.asked.count(id) > 0)
    operators::carry_out_requests(self);
  fill(self);
}

void on_down(pointer self, caf::down_msg& down) {
  auto& st = self->state;
  for (auto& [id, who] : st.running) {
    if (who.address() != down.source)
      continue;
    // It said no last word: a defect. The record stands where it was last durable.
    auto lost = id;
    auto crashes = ++st.crashes[lost];
    st.with->log->error("a supervisor died: a defect", {lost, {}}, {{"times", static_cast<std::uint64_t>(crashes)}});
    remember(self, "the supervisor of " + lost + " died: a defect, please report it");
    ended(self, lost);
    if (!st.stopping)
      crashes::follow(self, lost, crashes);
    break;
  }
  fill(self);
}

caf::result<atom::ok_atom> said(caf::error failed) {
  if (failed)
    return failed;
  return atom::ok_atom::value;
}

} // namespace

std::int64_t now(pointer self) { return self->state.with->time->now(); }

void remember(pointer self, std::string trouble) {
  auto& st = self->state;
  if (st.troubles.size() < most_troubles)
    st.troubles.push_back(std::move(trouble));
}

void keep_rested(pointer self, rest_notice last) {
  constexpr std::size_t most = 100'000;
  if (self->state.rested.size() < most)
    self->state.rested.push_back(std::move(last));
}

void enqueue(pointer self, const index_entry& e) {
  auto& repository = e.at == state::reporting ? nowhere : e.repository;
  self->state.queue.add(e.id, repository, e.priority, e.created_ms, e.at != state::queued);
}

bool adopt(pointer self, const story_record& r) {
  auto& st = self->state;
  auto id = r.id();
  if (r.at != state::queued || st.queue.waits(id) || st.queue.runs(id) || st.poisoned.count(id) > 0)
    return false;
  enqueue(self, {id, r.at, r.story.priority, r.story.created_ms, 0, r.repository});
  return true;
}

namespace {

/// What was backing off before this run, and still is, is left for the next one: that is said too.
void keep_waiting_ones(pointer self) {
  auto& st = self->state;
  std::set<story_id> told;
  for (auto& r : st.rested)
    told.insert(r.entry.id);
  for (auto& [at, id] : st.due) {
    auto r = told.count(id) > 0 ? result<std::optional<story_record>>{std::nullopt} : st.memory->find(id);
    if (r && *r && (*r)->at == state::backing_off)
      keep_rested(
        self, {{id, (*r)->at, (*r)->story.priority, (*r)->story.created_ms, at, (*r)->repository}, (*r)->why->text});
  }
}

} // namespace

void check_idle(pointer self) {
  auto& st = self->state;
  if (st.stopping && st.running.empty()) {
    for (auto& p : st.stopped)
      p.deliver(atom::ok_atom::value);
    st.stopped.clear();
  }
  bool polls = std::any_of(st.polling.begin(), st.polling.end(), [](auto& p) { return p.second; });
  bool writes = !st.on_the_way.empty() || !st.stepping.empty();
  auto asks = std::any_of(st.questions.begin(), st.questions.end(), [](auto& q) { return q.second > 0; });
  polls = polls || asks || !st.reviewing.empty();
  bool words =
    !st.stopping && std::any_of(st.asked.begin(), st.asked.end(), [&](auto& id) { return st.put_off.count(id) == 0; });
  if (st.idle.empty() || polls || writes || words || !st.running.empty())
    return;
  if (st.queue.waiting() > 0 && !st.stopping && !hold_back::all(self))
    return;
  keep_waiting_ones(self);
  for (auto& p : st.idle)
    p.deliver(st.rested, st.troubles);
  st.idle.clear();
  st.rested.clear();
  st.troubles.clear();
  st.stopping = st.stopping || !st.forever; // who was told that all rests begins nothing more
}

void fill(pointer self) {
  auto& st = self->state;
  if (!st.started || st.stopping)
    return check_idle(self);
  // Those that were under way come first: when one that is new must wait, and all others had to, no more is to come.
  std::size_t held = 0;
  while (auto id = st.queue.start_next())
    if (!supervise(self, *id) && (++held == most_held || hold_back::all(self)))
      break;
  check_idle(self);
}

void wake(pointer self) {
  wake_due(self);
  fill(self);
}

void start_beyond_limits(pointer self, const story_id& id) {
  if (self->state.queue.start_this(id))
    supervise(self, id);
}

} // namespace dispatch

dispatcher_actor::behavior_type dispatcher(dispatch::pointer self, const colleagues* with, const store* memory) {
  using namespace dispatch;
  auto& st = self->state;
  st.with = with;
  st.memory = memory;
  auto& o = with->settings.orchestrator;
  st.queue = story_queue{{o.max_parallel_stories, o.max_parallel_per_repo}};
  self->set_down_handler([=](caf::down_msg& down) { on_down(self, down); });
  return {
    [=](atom::start, bool forever) -> caf::result<atom::ok_atom> {
      self->state.forever = forever;
      if (auto failed = load(self))
        return failed;
      self->state.started = true;
      self->send(self, atom::poll::value);
      self->send(self, atom::tick::value);
      return atom::ok_atom::value;
    },
    [=](atom::take_in, std::vector<story>& stories) -> caf::result<std::uint32_t> {
      auto promise = self->make_response_promise<std::uint32_t>();
      intake::take(self, std::move(stories), [=](std::uint32_t taken) mutable { promise.deliver(taken); });
      return promise;
    },
    [=](atom::release, const story_id& id) {
      leave_repository(self, id);
      fill(self);
    },
    [=](atom::rested, rest_notice& last) { on_rested(self, last); },
    [=](atom::cancel, const story_id& id, const std::string& reason) {
      return said(operators::cancel(self, id, reason));
    },
    [=](atom::retry, const story_id& id) { return said(operators::retry(self, id, [](bool) {})); },
    [=](atom::tick) {
      if (self->state.stopping)
        return;
      operators::carry_out_requests(self);
      reviews::scan(self);
      wake(self);
      self->delayed_send(self, tick_every, atom::tick::value);
    },
    [=](atom::poll) { intake::look(self); },
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
        self->send(who, story_word::stop);
      check_idle(self);
      return promise;
    },
  };
}

} // namespace hyakki
