#include "core/queue.hpp"

#include <algorithm>
#include <tuple>

namespace hyakki {

bool story_queue::earlier::operator()(const entry* a, const entry* b) const {
  auto rank = [](const entry* e) {
    return std::tuple<bool, int, std::int64_t, const story_id&>{!e->second.was_running, e->second.priority,
                                                                e->second.created_ms, e->first};
  };
  return rank(a) < rank(b);
}

std::uint32_t story_queue::lane_of(const std::string& repository) {
  auto [at, added] = names_.try_emplace(repository, static_cast<std::uint32_t>(lanes_.size()));
  if (added)
    lanes_.emplace_back();
  return at->second;
}

bool story_queue::add(const waiting_story& s) {
  auto priority = static_cast<std::int8_t>(std::clamp(s.priority, -100, 100));
  auto [at, added] =
    places_.try_emplace(s.id, place{s.created_ms, lane_of(s.repository), priority, s.was_running, false});
  if (added)
    lanes_[at->second.repository].waiting.insert(&*at);
  return added;
}

bool story_queue::remove(const story_id& id) {
  auto at = places_.find(id);
  if (at == places_.end() || at->second.running)
    return false;
  lanes_[at->second.repository].waiting.erase(&*at);
  places_.erase(at);
  return true;
}

void story_queue::start(entry& e) {
  auto& l = lanes_[e.second.repository];
  l.waiting.erase(&e);
  ++l.running;
  e.second.running = true;
  ++running_;
}

std::optional<story_id> story_queue::start_next() {
  if (running_ >= limits_.all)
    return std::nullopt;
  const entry* best = nullptr;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    auto& l = lanes_[i];
    if (l.waiting.empty())
      continue;
    auto first = *l.waiting.begin();
    auto unnamed = names_.find(std::string{});
    bool counts = unnamed == names_.end() || unnamed->second != i;
    if (counts && l.running >= limits_.per_repository)
      continue;
    if (!best || earlier{}(first, best))
      best = first;
  }
  if (!best)
    return std::nullopt;
  auto at = places_.find(best->first);
  start(*at);
  return at->first;
}

bool story_queue::start_this(const story_id& id) {
  auto at = places_.find(id);
  if (at == places_.end() || at->second.running)
    return false;
  start(*at);
  return true;
}

void story_queue::finish(const story_id& id) {
  auto at = places_.find(id);
  if (at == places_.end() || !at->second.running)
    return;
  --lanes_[at->second.repository].running;
  --running_;
  places_.erase(at);
}

bool story_queue::waits(const story_id& id) const {
  auto at = places_.find(id);
  return at != places_.end() && !at->second.running;
}

bool story_queue::runs(const story_id& id) const {
  auto at = places_.find(id);
  return at != places_.end() && at->second.running;
}

} // namespace hyakki
