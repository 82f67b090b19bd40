#pragma once
// All that a plugin's author includes: what happens, and how to be told.
//
// A plugin is a function with a name. It is told of every event of the log, in order and at least once, from where
// it stood when the process last ended. It runs on a thread of its own: it may block, and holds no story up.

#include "core/error.hpp"
#include "core/event.hpp"

#include <functional>
#include <string>

namespace hyakki {

/// Told of one event. An error (or an exception) is logged and the event counts as told.
using subscriber = std::function<result<void>(const event&)>;

/// A subscriber under the name that keys its durable cursor: [a-z0-9_-]{1,32}.
struct plugin {
  std::string name;
  subscriber tell;
};

} // namespace hyakki
