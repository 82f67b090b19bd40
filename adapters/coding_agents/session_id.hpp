#pragma once
// Names for sessions: random UUIDs, as agents want them.

#include <string>
#include <string_view>

namespace hyakki {

/// A random (version 4) UUID in lower case.
std::string new_session_id();

/// True for the form 8-4-4-4-12 of hexadecimal digits.
bool is_uuid(std::string_view text);

/// True for what may stand on a command line as a session: letters, digits and `-_.:`, not beginning with `-`,
/// at most 200 of them.
bool is_safe_session(std::string_view text);

} // namespace hyakki
