#pragma once
// Times as services write them, and as people are told them.

#include <cstdint>
#include <string>
#include <string_view>

namespace hyakki {

/// 2026-11-21T05:07:09Z in milliseconds since the epoch, with or without a fraction of the second; the zone is Z, +0100
/// or +01:00. 0 when it is no such time, or before 1970.
std::int64_t read_time(std::string_view text);

/// 2026-11-21 05:07:09 UTC, of milliseconds since the epoch.
std::string second_of(std::int64_t at_ms);

/// 2026-11-21, the day in UTC; empty for a time before the year 1 or after 9999.
std::string day_of(std::int64_t at_ms);

} // namespace hyakki
