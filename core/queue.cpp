#include "core/queue.hpp"

#include <algorithm>
#include <functional>

namespace hyakki {
namespace {

constexpr std::size_t smallest_index = 16;

/// 1 bit: under way in an earlier life; 8 bits: priority; 55 bits: age, which is half a million years either way.
std::uint64_t rank_of(std::int32_t priority, std::int64_t created_ms, bool was_running) {
  constexpr std::int64_t most = (std::int64_t{1} << 54) - 1;
  auto age = static_cast<std::uint64_t>(std::clamp(created_ms, -most, most) + most);
  auto first = static_cast<std::uint64_t>(std::clamp(priority, -100, 100) + 100);
  return std::uint64_t{!was_running} << 63 | first << 55 | age;
}

std::uint32_t hash_of(std::string_view id) {
  auto h = static_cast<std::uint64_t>(std::hash<std::string_view>{}(id));
  return static_cast<std::uint32_t>(h ^ h >> 32);
}

} // namespace

story_queue::story_queue(queue_limits limits) : limits_(limits), index_(smallest_index, nowhere), lanes_(1) {
  names_.emplace(std::string{}, 0);
}

bool story_queue::earlier(place a, place b) const {
  auto &x = places_[a], &y = places_[b];
  return x.rank != y.rank ? x.rank < y.rank : ids_.at(x.id) < ids_.at(y.id);
}

std::uint32_t story_queue::lane_of(std::string_view repository) {
  if (auto known = names_.find(repository); known != names_.end())
    return known->second;
  auto at = static_cast<std::uint32_t>(lanes_.size());
  names_.emplace(repository, at);
  lanes_.emplace_back();
  return at;
}

bool story_queue::add(std::string_view id, std::string_view repository, std::int32_t priority, std::int64_t created_ms,
                      bool was_running) {
  if (id.size() > text_pool::longest || find(id) != nowhere)
    return false;
  auto p = free_;
  if (p != nowhere) {
    free_ = places_[p].at;
  } else {
    p = static_cast<place>(places_.size());
    places_.emplace_back();
  }
  auto& e = places_[p];
  e.rank = rank_of(priority, created_ms, was_running);
  e.id = ids_.keep(id);
  e.hash = hash_of(id);
  e.lane = lane_of(repository);
  ++known_;
  enter_index(p);
  enter_heap(lanes_[e.lane], p);
  return true;
}

bool story_queue::reorder(const story_id& id, std::int32_t priority, std::int64_t created_ms) {
  auto p = find(id);
  if (p == nowhere || places_[p].at == nowhere)
    return false;
  auto& e = places_[p];
  auto rank = rank_of(priority, created_ms, e.rank >> 63 == 0);
  if (rank == e.rank)
    return false;
  leave_heap(lanes_[e.lane], p);
  e.rank = rank;
  enter_heap(lanes_[e.lane], p);
  return true;
}

bool story_queue::remove(const story_id& id) {
  auto p = find(id);
  if (p == nowhere || places_[p].at == nowhere)
    return false;
  leave_heap(lanes_[places_[p].lane], p);
  forget(p);
  return true;
}

void story_queue::start(place p) {
  auto& l = lanes_[places_[p].lane];
  leave_heap(l, p);
  ++l.running;
  ++running_;
}

std::optional<story_id> story_queue::start_next() {
  if (running_ >= limits_.all)
    return std::nullopt;
  auto best = nowhere;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    auto& l = lanes_[i];
    if (l.waiting.empty() || (i != 0 && l.running >= limits_.per_repository))
      continue;
    if (best == nowhere || earlier(l.waiting.front(), best))
      best = l.waiting.front();
  }
  if (best == nowhere)
    return std::nullopt;
  start(best);
  return story_id{ids_.at(places_[best].id)};
}

std::vector<story_id> story_queue::upcoming(std::size_t most) const {
  std::vector<story_id> out;
  for (auto& l : lanes_)
    if (!l.waiting.empty() && out.size() < most)
      out.emplace_back(ids_.at(places_[l.waiting.front()].id));
  return out;
}

bool story_queue::start_this(const story_id& id) {
  auto p = find(id);
  if (p == nowhere || places_[p].at == nowhere)
    return false;
  start(p);
  return true;
}

void story_queue::finish(const story_id& id) {
  auto p = find(id);
  if (p == nowhere || places_[p].at != nowhere)
    return;
  --lanes_[places_[p].lane].running;
  --running_;
  forget(p);
}

bool story_queue::waits(const story_id& id) const {
  auto p = find(id);
  return p != nowhere && places_[p].at != nowhere;
}

bool story_queue::runs(const story_id& id) const {
  auto p = find(id);
  return p != nowhere && places_[p].at == nowhere;
}

/// Gives the place of a story that is in no heap back.
void story_queue::forget(place p) {
  leave_index(p);
  ids_.forget(places_[p].id);
  places_[p].at = free_;
  free_ = p;
  --known_;
  if (ids_.wasteful())
    tidy();
}

/// Moves the living ids together.
void story_queue::tidy() {
  text_pool kept;
  for (auto p : index_)
    if (p != nowhere)
      places_[p].id = kept.keep(ids_.at(places_[p].id));
  ids_ = std::move(kept);
}

// -- the heap of a lane

void story_queue::enter_heap(lane& l, place p) {
  l.waiting.push_back(p);
  rise(l, static_cast<std::uint32_t>(l.waiting.size() - 1));
}

void story_queue::leave_heap(lane& l, place p) {
  auto at = places_[p].at;
  auto last = l.waiting.back();
  l.waiting.pop_back();
  places_[p].at = nowhere;
  if (last == p)
    return;
  l.waiting[at] = last;
  places_[last].at = at;
  rise(l, at);
  sink(l, places_[last].at);
}

void story_queue::rise(lane& l, std::uint32_t at) {
  auto p = l.waiting[at];
  for (; at > 0 && earlier(p, l.waiting[(at - 1) / 2]); at = (at - 1) / 2) {
    l.waiting[at] = l.waiting[(at - 1) / 2];
    places_[l.waiting[at]].at = at;
  }
  l.waiting[at] = p;
  places_[p].at = at;
}

void story_queue::sink(lane& l, std::uint32_t at) {
  auto p = l.waiting[at];
  auto size = l.waiting.size();
  for (;;) {
    auto below = std::size_t{at} * 2 + 1;
    if (below >= size)
      break;
    if (below + 1 < size && earlier(l.waiting[below + 1], l.waiting[below]))
      ++below;
    if (!earlier(l.waiting[below], p))
      break;
    l.waiting[at] = l.waiting[below];
    places_[l.waiting[at]].at = at;
    at = static_cast<std::uint32_t>(below);
  }
  l.waiting[at] = p;
  places_[p].at = at;
}

// -- the index by id

/// Where in the index the story stands, or where it would.
std::size_t story_queue::slot_of(std::string_view id, std::uint32_t hash) const {
  auto mask = index_.size() - 1;
  auto slot = hash & mask;
  for (; index_[slot] != nowhere; slot = (slot + 1) & mask) {
    auto& e = places_[index_[slot]];
    if (e.hash == hash && ids_.at(e.id) == id)
      break;
  }
  return slot;
}

story_queue::place story_queue::find(std::string_view id) const { return index_[slot_of(id, hash_of(id))]; }

void story_queue::enter_index(place p) {
  if (known_ * 4 > index_.size() * 3)
    widen_index();
  auto mask = index_.size() - 1;
  auto slot = places_[p].hash & mask;
  while (index_[slot] != nowhere)
    slot = (slot + 1) & mask;
  index_[slot] = p;
}

void story_queue::leave_index(place p) {
  auto mask = index_.size() - 1;
  auto hole = slot_of(ids_.at(places_[p].id), places_[p].hash);
  // Whoever was pushed past the hole moves up, so that no search ends too early.
  for (auto slot = (hole + 1) & mask; index_[slot] != nowhere; slot = (slot + 1) & mask) {
    auto home = places_[index_[slot]].hash & mask;
    if (((slot - home) & mask) >= ((slot - hole) & mask)) {
      index_[hole] = index_[slot];
      hole = slot;
    }
  }
  index_[hole] = nowhere;
}

void story_queue::widen_index() {
  std::vector<place> old(index_.size() * 2, nowhere);
  old.swap(index_);
  auto mask = index_.size() - 1;
  for (auto p : old) {
    if (p == nowhere)
      continue;
    auto slot = places_[p].hash & mask;
    while (index_[slot] != nowhere)
      slot = (slot + 1) & mask;
    index_[slot] = p;
  }
}

} // namespace hyakki
