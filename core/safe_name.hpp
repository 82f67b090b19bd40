#pragma once
// Names from strangers, made into names of files and directories.
//
// Pure and injective: two different names never share a result, and a result is one path component that is
// neither hidden nor an option. Whoever uses it still proves that the path lies inside its root.

#include <string>
#include <string_view>

namespace hyakki {

/// The name itself when it is harmless: 1 to 100 of [A-Za-z0-9._-], not beginning with '-' or '.', and not shaped
/// like a result of the other case. Else every other character becomes '_' (cut at 80) and "-" plus 16 hex digits
/// of the SHA-256 of the original are appended.
std::string safe_name(std::string_view name);

} // namespace hyakki
