#pragma once
// How a remark of ours looks in a ticket file, and how it is found again. Pure.

#include "adapters/tracker.hpp"
#include "tickets/ticket_file.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// The Markdown without control characters, of more than 60,000 characters both ends, its marker hidden in the last
/// line. A marker inside the text loses its power.
std::string ticket_comment_content(const comment& what);

/// Whether one of these is the comment with that marker.
bool has_marker(const std::vector<tickets::ticket_comment>& all, std::string_view marker);

/// Eight hex digits that follow from the marker and that none of these has.
std::string ticket_comment_id(const std::vector<tickets::ticket_comment>& all, std::string_view marker);

} // namespace hyakki
