#pragma once
// One tracker, asked by one thread.
//
// Carries out searches and reports as they come. While a tracker says that it is being asked too often, answers
// at once with its own time, so that nobody else waits for it. What others did to stories goes into the event log with
// the look that found it. Blocks: the wiring detaches it.

#include "actors/interfaces.hpp"
#include "core/clock.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace hyakki {

struct tracker_gateway_state {
  tracker* what = nullptr;
  store_writer_actor writer;
  bool telling = false; ///< changes are on their way into the store
  const clock* time = nullptr;
  std::int64_t not_before_ms = 0;
  static inline const char* name = "tracker_gateway";
};

/// `what` and `time` outlive the actor. What the tracker tells of changes becomes events by `writer`.
tracker_gateway_actor::behavior_type
tracker_gateway(tracker_gateway_actor::stateful_pointer<tracker_gateway_state> self, tracker* what, const clock* time,
                store_writer_actor writer);

} // namespace hyakki
