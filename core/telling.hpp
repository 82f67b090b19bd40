#pragma once
// How the telling of plugins comes to its end: what is begun and what a failure means, step by step. A table.
//
// While the program works a plugin has its time, and what fails then is left out. At the end nobody waits for long: so
// a failure of that time says nothing of the plugin, and what was not told is told after the next start.

#include "core/error.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace hyakki {

enum class telling : std::uint8_t {
  open,   ///< the program works
  ending, ///< its end was asked for, or its work is done
  closed, ///< the time for telling is over; what is under way may end
};

struct telling_rule {
  telling at;
  bool begins;        ///< something that was not told is begun
  bool failure_waits; ///< what fails for want of time is told once more after the next start
};

inline constexpr std::array telling_rules{
  telling_rule{telling::open, true, false},
  telling_rule{telling::ending, true, true},
  telling_rule{telling::closed, false, true},
};

constexpr const telling_rule& rule_of(telling at) { return telling_rules[static_cast<std::size_t>(at)]; }

constexpr bool every_telling_has_its_row() {
  for (std::size_t n = 0; n < telling_rules.size(); ++n)
    if (telling_rules[n].at != static_cast<telling>(n))
      return false;
  return telling_rules.back().at == telling::closed;
}
static_assert(every_telling_has_its_row());

/// True when a failure does not count as told: the other side may answer another day, or was given up by us.
constexpr bool is_told_later(telling at, ec why) {
  return rule_of(at).failure_waits && (band_of(why) == band::try_again || why == ec::cancelled);
}

/// Where the telling stands, for all plugins of a process. Moves forwards only. From any thread.
class telling_end {
public:
  telling at() const { return at_; }
  void move_to(telling next) {
    auto now = at_.load();
    while (now < next && !at_.compare_exchange_weak(now, next)) {
    }
  }

private:
  std::atomic<telling> at_{telling::open};
};

} // namespace hyakki
