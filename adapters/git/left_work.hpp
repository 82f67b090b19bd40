#pragma once
// What a tree held when it was reset, kept as commits in the engine's clone: nothing an agent made goes silently.
//
// refs/hyakki/left/<safe tree>/<n>, n rising, the last five of a tree. They are never pushed.

#include "adapters/git/libgit2.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hyakki::git2 {

/// Commits `content` on `base_sha` and returns the reference. The same content as the last time is not kept twice.
result<std::string> keep_left(git_repository* repo, std::string_view tree, const git_oid& content,
                              std::string_view base_sha, std::string_view branch, std::int64_t now_ms);

} // namespace hyakki::git2
