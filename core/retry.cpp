#include "core/retry.hpp"

#include <algorithm>

namespace hyakki {
namespace {

constexpr std::int64_t day_ms = 24 * 3600 * 1000;

std::int64_t to_ms(double seconds) {
  if (!(seconds > 0))
    return 1;
  return seconds >= 30.0 * 86400 ? 30 * day_ms : std::max<std::int64_t>(1, static_cast<std::int64_t>(seconds * 1000));
}

/// splitmix64: every seed, 0 too, gives a well mixed number.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

} // namespace

std::int64_t backoff_ms(const retry_config& limits, std::uint32_t attempt, std::uint64_t seed) {
  auto cap = to_ms(limits.cap_seconds);
  auto wait = std::min(cap, to_ms(limits.base_seconds));
  for (std::uint32_t n = 1; n < attempt && wait < cap; ++n)
    wait = std::min(cap, wait * 2);
  auto percent = static_cast<std::int64_t>(mixed(seed + attempt) % 40'001) - 20'000; // thousandths of a percent
  return std::max<std::int64_t>(1, wait + wait * percent / 100'000);
}

std::int64_t retry_due_ms(const retry_config& limits, std::uint32_t attempt, std::uint64_t seed, std::int64_t now_ms,
                          std::int64_t retry_at_ms) {
  return std::max(now_ms + backoff_ms(limits, attempt, seed), std::min(retry_at_ms, now_ms + day_ms));
}

} // namespace hyakki
