#pragma once
// Time, as a value that is handed in, so that a test can move it by hand.
//
// Wall-clock time goes into records and comments. Waiting is done by whoever owns a timer, on a monotonic
// clock: a jump of the wall clock must neither start nor starve a back-off that is already running.

#include <cstdint>

namespace hyakki {

/// Milliseconds since the epoch, UTC.
using wall_ms = std::int64_t;

/// Where the wall clock is read. Implementations are safe to use from any thread.
class clock {
public:
  virtual ~clock() = default;
  virtual wall_ms now() const = 0;
};

/// The machine's own clock.
class system_clock final : public clock {
public:
  wall_ms now() const override;
};

/// A clock that moves when it is told to.
class manual_clock final : public clock {
public:
  explicit manual_clock(wall_ms start = 1'790'000'000'000) : now_(start) {}
  wall_ms now() const override { return now_; }
  void advance(wall_ms by) { now_ += by; }
  void set(wall_ms at) { now_ = at; }

private:
  wall_ms now_;
};

} // namespace hyakki
