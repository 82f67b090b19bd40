#pragma once
// The only writer of the store.
//
// Steps that arrive while a commit is under way become the next commit (group commit), so nobody waits for a
// timer and a busy store writes few, large transactions. Answers leave only after the data is on disk. Runs on a
// thread of its own in production: the wiring detaches it.

#include "actors/interfaces.hpp"

#include <functional>
#include <vector>

#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace hyakki {

struct store_writer_state {
  store* memory = nullptr;
  std::function<void()> told; ///< after a commit that wrote events
  std::vector<change> waiting;
  std::vector<caf::response_promise> promises;
  bool armed = false;
  static inline const char* name = "store_writer";
};

/// `memory` outlives the actor. `told` is called on the writer's thread after events became durable.
store_writer_actor::behavior_type store_writer(store_writer_actor::stateful_pointer<store_writer_state> self,
                                               store* memory, std::function<void()> told);

} // namespace hyakki
