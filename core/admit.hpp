#pragma once
// The door that every story passes before anything else sees it.

#include "core/error.hpp"
#include "core/story.hpp"

#include <cstddef>

namespace hyakki {

inline constexpr std::size_t longest_key = 200;
inline constexpr std::size_t longest_title = 500;
inline constexpr std::size_t longest_description = 256 * 1024;
inline constexpr std::size_t most_labels = 100;
inline constexpr std::size_t longest_label = 255;

/// Bounds and cleans a story. `rejected` when it cannot be named safely: the key is empty, longer than 200 bytes,
/// not UTF-8, or holds white space, control or invisible characters; or the tracker's name is not
/// [a-z0-9_-]{1,32}. Everything else is cut or cleaned: the title is one line, labels and components that are
/// empty, too long or too many are left out, and no text holds terminal sequences or BiDi overrides.
result<story> admit(story s);

} // namespace hyakki
