#pragma once
// hyakki check: can a run use every repository that stories are led to?
//
// Asks the code host for each, and git for the branch that pull requests will lead to, the way a run does. Leaves
// nothing behind.

#include "adapters/code_host.hpp"
#include "adapters/process.hpp"
#include "core/config.hpp"

#include <string>
#include <vector>

namespace hyakki {

struct repository_finding {
  std::string name;    ///< the key that leads there, behind `at`
  result<void> usable; ///< or what is wrong with it
  std::string text;    ///< the repository, and its branch
};

/// `at`: the path of the project in the configuration, with a dot behind it; empty where there is one project alone.
std::vector<repository_finding> look_at_repositories(const config& c, const project_config& p, const std::string& at,
                                                     code_host& host, process& children);

} // namespace hyakki
