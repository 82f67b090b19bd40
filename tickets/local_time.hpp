#pragma once
// Times as the ticket files hold them: local, without a zone, with microseconds.
//
// `2026-11-21T01:42:07.985468`; the fraction is left out when it is nothing. Pure but for the machine's zone.

#include "core/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hyakki::tickets {

std::string local_time_text(wall_ms at);

/// Reads the forms that Python's fromisoformat reads, a zone offset included; empty when it is none of them, or a day
/// that no calendar has.
std::optional<wall_ms> read_local_time(std::string_view text);

} // namespace hyakki::tickets
