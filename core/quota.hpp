#pragma once
// What a service has said about how much more it will take, and what follows for us. Pure.
//
// A story that was begun goes on: its calls wait for the service by themselves. Who asks less is whoever may: nothing
// new is begun, and trackers are looked at less often, before the service turns us away.

#include <cstdint>
#include <optional>
#include <string>

namespace hyakki {

struct service_quota {
  std::string service; ///< for people: "GitHub at api.github.com"
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> remaining;
  std::int64_t resets_at_ms = 0;  ///< wall clock; 0 = unknown
  std::int64_t not_before_ms = 0; ///< no request is sent before this; 0 = now
};

/// Until when nothing new should be begun; 0 = now is fine. That is while the service wants to be left alone, and
/// while so little is left that what runs needs it: a twentieth of the whole, ten calls at least. Believed for an hour.
std::int64_t quiet_until(const service_quota& q, std::int64_t now);

/// When to look again, at the earliest after `interval_ms`: later where looks would use up what is left before it is
/// renewed.
std::int64_t next_look_ms(const service_quota& q, std::int64_t now, std::int64_t interval_ms);

/// "GitHub at api.github.com has 12 of 5000 calls left until 12:34 UTC".
std::string to_string(const service_quota& q);

} // namespace hyakki
