#pragma once
// Files that the user names on the command line. No links are followed out of anything: the user may read what they
// may.

#include "core/error.hpp"

#include <cstddef>
#include <string>

namespace hyakki::ticket_cli {

/// The bytes of a plain file, or of the standard input for "-"; `rejected` when it is larger than `most`.
result<std::string> read_text_file(const std::string& path, std::size_t most);

/// Replaces a plain file as a whole (a new one takes its name). A symbolic link is refused.
result<void> write_text_file(const std::string& path, const std::string& bytes);

} // namespace hyakki::ticket_cli
