#include "storage/event_sweep.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace hyakki {

namespace {

/// Of one step; a commit's worth of time at most.
constexpr std::size_t stories_at_once = 32;
constexpr std::size_t events_at_once = 256;
/// Stories grow old slowly.
constexpr std::int64_t between_passes_ms = 3'600'000;

} // namespace

event_sweep::event_sweep(store& memory, std::int64_t keep_ms, std::vector<std::string> subscribers)
  : memory_(memory), keep_ms_(keep_ms), subscribers_(std::move(subscribers)) {}

result<std::size_t> event_sweep::step(std::int64_t now) {
  if (keep_ms_ <= 0 || now < next_pass_)
    return std::size_t{0};
  old_events what;
  what.after = at_;
  what.ended_before = now - keep_ms_;
  what.told_up_to = std::numeric_limits<std::uint64_t>::max();
  what.most_stories = stories_at_once;
  what.most_events = events_at_once;
  for (auto& name : subscribers_) {
    auto told = memory_.cursor(name);
    if (!told)
      return told.error();
    what.told_up_to = std::min(what.told_up_to, *told);
  }
  auto done = memory_.forget_events(what);
  if (!done)
    return done.error();
  at_ = done->at_the_end ? story_id{} : std::move(done->up_to);
  if (done->at_the_end)
    next_pass_ = now + between_passes_ms;
  return done->events;
}

} // namespace hyakki
