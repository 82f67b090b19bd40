#pragma once
// What a marker of ours looks like: it is hidden in comments and answers, and searched for there.

#include <string_view>

namespace hyakki {

/// [a-z0-9:._/-], 1 to 120 bytes: nothing that ends an HTML comment, a link or a line.
bool is_marker(std::string_view text);

} // namespace hyakki
