#pragma once
// Turns the event log into notifications for one sink: a subscriber like any other.
//
// Told of the start, of the pull request, and of the end without one; never of an attempt that will be repeated. And of
// what others do to tickets, where it is asked for.
// What is older than a day is left out, so that a sink that is new does not tell the past.

#include "adapters/notifier.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"
#include "hooks/plugin.hpp"

#include <memory>
#include <optional>

namespace hyakki {

/// What an event says to a sink; nothing for most. Pure.
std::optional<notification> notification_of(const event& e);

/// A plugin that tells `sink` of the configured events. `time` outlives it.
plugin make_notifications(const notification_config& c, const std::shared_ptr<notifier>& sink, const clock& time);

} // namespace hyakki
