#pragma once
// Who is asked to review pull requests, as a configuration names them. Pure.

#include "core/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// Who is asked to review pull requests of this repository.
std::vector<std::string> reviewers_of(const code_host_config& config, const std::string& repository);

/// On Bitbucket Cloud: the word for those whom Bitbucket itself asks when a person opens a pull request.
inline constexpr std::string_view default_reviewers_word = "default";
/// On Bitbucket Cloud: the id by which it knows somebody, from "{uuid}", a bare uuid or an account id. `bad_config`,
/// saying what is allowed, for what is none of them.
result<std::string> read_cloud_reviewer(const std::string& text);

} // namespace hyakki
