#pragma once
// Times as services write them.

#include <cstdint>
#include <string_view>

namespace hyakki {

/// 2026-11-21T05:07:09Z in milliseconds since the epoch, with or without a fraction of the second; the zone is Z, +0100
/// or +01:00. 0 when it is no such time, or before 1970.
std::int64_t read_time(std::string_view text);

} // namespace hyakki
