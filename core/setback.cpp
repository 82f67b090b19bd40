#include "core/setback.hpp"

#include <algorithm>

namespace hyakki {
namespace {

constexpr std::uint32_t taken_for_one = 2; ///< one may be of its repository alone
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t shortest_ms = 10 * minute_ms, longest_ms = 60 * minute_ms;

} // namespace

void setback::fault(std::int64_t now) {
  faults_ = std::min(faults_ + 1, 1000u);
  hold(now);
}

void setback::begun(std::int64_t now) { hold(now); }

void setback::hold(std::int64_t now) {
  if (faults_ >= taken_for_one)
    until_ = std::max(until_, now + std::min(longest_ms, shortest_ms * (faults_ - taken_for_one + 1)));
}

} // namespace hyakki
