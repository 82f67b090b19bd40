#pragma once
// How long to wait before the same thing is tried again.

#include "core/config.hpp"

#include <cstdint>

namespace hyakki {

/// min(cap, base·2^(attempt−1)) with up to 20 % more or less, in ms. `attempt` counts from 1. The same seed gives
/// the same answer; never less than 1 ms, whatever the configuration says.
std::int64_t backoff_ms(const retry_config& limits, std::uint32_t attempt, std::uint64_t seed);

/// When to go on: after the back-off, but not before the other side said (`retry_at_ms`; 0 = it did not say).
/// What it says is believed for a day at most.
std::int64_t retry_due_ms(const retry_config& limits, std::uint32_t attempt, std::uint64_t seed, std::int64_t now_ms,
                          std::int64_t retry_at_ms);

} // namespace hyakki
