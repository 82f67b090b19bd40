#pragma once
// Stories that are being worked on, looked at again on GitHub: a hundred of them by one GraphQL query.

#include "adapters/github/issue_scope.hpp"
#include "adapters/tracker.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hyakki::github {

/// What became of these; keys that are none of ours are left out. `name`: the tracker's.
result<std::vector<tracker::standing>> look_again(const api& github, const issue_scope& scope, std::string_view name,
                                                  const std::vector<std::string>& keys);

} // namespace hyakki::github
