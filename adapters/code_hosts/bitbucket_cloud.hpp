#pragma once
// The code host Bitbucket Cloud, by its REST interface 2.0.
//
// A repository is `namespace`/slug, where the namespace is a workspace, or workspace/slug. Pushes go over HTTPS with
// the token as password, or over SSH. Thread-safe: holds nothing that changes. See docs/bitbucket.md.

#include "adapters/code_host.hpp"
#include "adapters/http_client.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"

#include <memory>

namespace hyakki {

/// `routing.allowed` limits which repositories may be used; without it all of the namespace that the token sees.
/// `http` and `time` must outlive the host. A configuration that cannot work is told by every call.
std::unique_ptr<code_host> make_bitbucket_cloud_code_host(const code_host_config& config, const routing_config& routing,
                                                          http_client& http, const clock& time);

} // namespace hyakki
