#pragma once
// Puts a file where the user wants it, as a whole: the old one is there until the new one is durable.

#include "core/error.hpp"

#include <string>
#include <string_view>

namespace hyakki::tickets {

/// Writes beside `path` and takes its name. A symbolic link of that name is replaced, never followed; a folder or a
/// device is refused. Two writers at once do no harm: the later one's file stays. `rejected`, `not_found` (no such
/// folder), `bad_config` (not ours to write), `unavailable`.
result<void> write_whole_file(const std::string& path, std::string_view bytes);

} // namespace hyakki::tickets
