#pragma once
// Jira's query language, written so that no value can leave its quotes. Pure.

#include "core/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hyakki::atlassian {

/// The value in double quotes; hostile characters are left out.
std::string jql_quoted(std::string_view value);

/// field in ("a", "b"), or field = "a" for one. `values` has at least one.
std::string jql_in(std::string_view field, const std::vector<std::string>& values, bool none_of = false);

/// A user's own query as a part of ours: in parentheses. `bad_config` when it is ordered, or when its quotes or its
/// parentheses do not close, so that it would reach beyond them.
result<std::string> jql_part(std::string_view text);

/// AB-12, of at most 255 bytes
bool is_issue_key(std::string_view text);
/// AB of AB-12
std::string project_of(std::string_view key);

} // namespace hyakki::atlassian
