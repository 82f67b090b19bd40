#include "core/quota.hpp"

#include "core/text_values.hpp"

#include <algorithm>

namespace hyakki {
namespace {

constexpr std::int64_t longest_hold_ms = 3600 * 1000;
/// What one look costs: searches in pages, stories looked at again, a few pull requests.
constexpr std::int64_t calls_a_look = 20;

/// Kept for what runs already.
std::int64_t reserve(const service_quota& q) { return std::max<std::int64_t>(10, q.limit.value_or(0) / 20); }

} // namespace

std::int64_t quiet_until(const service_quota& q, std::int64_t now) {
  std::int64_t until = 0;
  if (q.not_before_ms > now)
    until = q.not_before_ms;
  if (q.remaining && *q.remaining <= reserve(q) && q.resets_at_ms > now)
    until = std::max(until, q.resets_at_ms);
  return std::min(until, now + longest_hold_ms);
}

std::int64_t next_look_ms(const service_quota& q, std::int64_t now, std::int64_t interval_ms) {
  auto at = std::max(now + interval_ms, quiet_until(q, now));
  if (!q.remaining || q.resets_at_ms <= now)
    return at;
  auto looks = std::max<std::int64_t>(1, (*q.remaining - reserve(q)) / calls_a_look);
  auto apart = (q.resets_at_ms - now) / looks;
  return std::max(at, now + std::min(apart, longest_hold_ms));
}

std::string to_string(const service_quota& q) {
  auto out = q.service;
  if (q.remaining)
    out += " has " + std::to_string(*q.remaining) + (q.limit ? " of " + std::to_string(*q.limit) : std::string{}) +
           " calls left";
  else
    out += " wants to be left alone";
  auto until = q.remaining && q.resets_at_ms != 0 ? q.resets_at_ms : q.not_before_ms;
  return until == 0 ? out : out + " until " + minute_of(until);
}

} // namespace hyakki
