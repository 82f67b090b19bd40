#pragma once
// Comments on an issue or a pull request: posted once, found again by their marker.

#include "adapters/github/api.hpp"
#include "core/report.hpp"

#include <cstdint>
#include <string_view>

namespace hyakki::github {

/// Looks through all comments for the marker and posts when it is not there. True when it was posted now. With
/// `answers` the comment also says, hidden, which remark it answers. `not_found` when there is no such issue.
result<bool> post_once(const api& github, const repository_name& repository, std::int64_t number, const comment& what,
                       std::string_view answers = {});

} // namespace hyakki::github
