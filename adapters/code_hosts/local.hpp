#pragma once
// A code host that is a directory of bare repositories: no server, no network.
//
// Pull request N is the branch head at refs/pull/N/head and its record at refs/hyakki/pulls/N: a commit whose tree
// holds pull.json and whose parent is the record's earlier version, so it travels with the repository. Several
// processes may work on one repository: numbers and records change under a lock file.

#include "adapters/code_host.hpp"
#include "core/config.hpp"

#include <memory>
#include <string>
#include <vector>

namespace hyakki {

/// `allowed`: slugs that may be used; empty = all that lie in the directory. Thread-safe.
std::unique_ptr<code_host> make_local_code_host(const code_host_config& config, std::vector<std::string> allowed = {});

} // namespace hyakki
