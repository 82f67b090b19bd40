#pragma once
// The versions that the command line tells.

namespace hyakki::cli {

/// Comes from the build, so that it is written in one place.
inline constexpr auto version_text = HYAKKI_VERSION;

} // namespace hyakki::cli
