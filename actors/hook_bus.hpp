#pragma once
// Brings events to plugins: one reader, on one thread, for each.
//
// A nudge says that the log has grown; what to tell is read from the log, so a lost nudge loses nothing. A plugin
// that hangs holds up itself alone, and the end of the process until it returns. Detached by the wiring, one per
// plugin.

#include "actors/interfaces.hpp"
#include "hooks/event_reader.hpp"

#include <memory>

#include <caf/typed_event_based_actor.hpp>

namespace hyakki {

struct hook_bus_state {
  std::unique_ptr<event_reader> reader;
  static inline const char* name = "hook_bus";
};

/// `memory`, `time` and `end` outlive the actor; cursors are stored by `writer`, which ends after it.
hook_bus_actor::behavior_type hook_bus(hook_bus_actor::stateful_pointer<hook_bus_state> self, plugin what,
                                       const store* memory, const clock* time, const telling_end* end,
                                       std::shared_ptr<logger> log, store_writer_actor writer);

} // namespace hyakki
