#pragma once
// Several code hosts as one: a repository is called "host:slug", and each call goes to the host that is named.
//
// Internal to runtime/. The actors, the git door and the store see one host and one name for a repository.

#include "adapters/code_host.hpp"

#include <map>
#include <memory>
#include <string>

namespace hyakki {

/// Thread-safe when its hosts are. Names of hosts have no colon.
std::unique_ptr<code_host> make_several_hosts(std::map<std::string, std::unique_ptr<code_host>, std::less<>> hosts);

} // namespace hyakki
