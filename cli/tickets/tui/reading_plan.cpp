#include "cli/tickets/tui/reading_plan.hpp"

#include <algorithm>

namespace hyakki::ticket_tui {
namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 1s;                   ///< at the folders: two calls
constexpr reading_plan::duration read_every = 2s; ///< all of it, at the most often
constexpr reading_plan::duration read_at_least = 60s;
constexpr int idle_share = 50;       ///< reading without a cause takes at most one part in so many of the time
constexpr int busy_share = 4;        ///< the same while others write all the time
constexpr auto typing_pause = 200ms; ///< after which it is read

} // namespace

reading_plan::step reading_plan::due(moment now) {
  if (now < last_key_ + typing_pause)
    return step::nothing;
  if (wanted_)
    return step::read;
  if (now < next_look_)
    return step::nothing;
  next_look_ = now + look_every;
  return now >= next_read_ ? step::read : step::look;
}

void reading_plan::done(moment now, duration cost) {
  wanted_ = false;
  next_look_ = now + look_every;
  rested_ = now + cost * busy_share;
  next_read_ = now + std::clamp(cost * idle_share, read_every, read_at_least);
}

reading_plan::moment reading_plan::next() const {
  return std::max(wanted_ ? moment{} : next_look_, last_key_ + typing_pause);
}

} // namespace hyakki::ticket_tui
