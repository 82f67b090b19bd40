#pragma once
// All that a plugin's author includes: what happens, and how to be told.
//
// A plugin is a function with a name. It is told of every event of the log, in order and at least once, from where
// it stood when the process last ended. It runs on a thread of its own: it may block, and holds no story up. The end of
// the process waits for the event that is being told, so whoever may block for long brings `give_up`.

#include "core/error.hpp"
#include "core/event.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace hyakki {

/// Told of one event. An error (or an exception) is logged and the event counts as told. Only when the process ends,
/// an error that another try may mend, and `cancelled`, mean that it is told after the next start, once more.
using subscriber = std::function<result<void>(const event&)>;

/// A subscriber under the name that keys its durable cursor: [a-z0-9_-]{1,32}.
struct plugin {
  std::string name;
  subscriber tell;
  /// Whether the event is anything to it; empty = every one is. What is nothing to it is not counted as waiting.
  std::function<bool(const event&)> wants = {};
  /// The process ends and waits no longer: `tell` is to return soon, with `cancelled`, now and from now on. Called from
  /// another thread, at most once, while the plugin is told or not. May be empty.
  std::function<void()> give_up = {};
};

/// What a plugin was not told yet.
struct untold_events {
  std::string subscriber;
  std::size_t count = 0; ///< of events that it wants
  bool or_more = false;  ///< the log is long and was not read to its end
};

} // namespace hyakki
