#pragma once
// Forgets what happened to stories that ended long ago, a little after each commit.
//
// The log grows with every step, so every step pays for a small part of the sweep: no timer, and no long transaction
// that others wait for. Works on the thread that writes the store, which outlives it.

#include "storage/store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hyakki {

class event_sweep {
public:
  /// Events are kept for `keep_ms` after their story's end, and until all these subscribers were told; 0 = for ever.
  event_sweep(store& memory, std::int64_t keep_ms, std::vector<std::string> subscribers);

  /// Looks at a few stories. Returns how many events were forgotten. `now` is wall clock.
  result<std::size_t> step(std::int64_t now);

private:
  store& memory_;
  std::int64_t keep_ms_;
  std::vector<std::string> subscribers_;
  story_id at_;                ///< how far this pass has come
  std::int64_t next_pass_ = 0; ///< not before
};

} // namespace hyakki
