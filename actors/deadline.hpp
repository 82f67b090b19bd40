#pragma once
// How long an answer may take, and what the framework keeps of a question that was answered.

#include <chrono>

#include <caf/actor_clock.hpp>
#include <caf/message_id.hpp>

namespace hyakki {

/// The store answers in milliseconds; past this it is stuck, and whether the step is on disk is unknown.
inline constexpr std::chrono::seconds store_deadline{60};

/// The framework keeps a question's deadline until it passes, long after the answer came: 200 bytes, for an hour.
template <class Self>
void forget_deadline(Self* self, caf::message_id asked) {
  self->clock().cancel_request_timeout(self, asked);
}

} // namespace hyakki
