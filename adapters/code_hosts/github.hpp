#pragma once
// The code host GitHub: github.com, Enterprise Cloud and Enterprise Server.
//
// A repository is `namespace`/slug, or owner/slug where the slug says its owner. Pushes go over HTTPS with the token as
// password, or over SSH. Thread-safe: holds nothing that changes. See docs/github.md.

#include "adapters/code_host.hpp"
#include "adapters/http_client.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"

#include <memory>

namespace hyakki {

/// `routing.allowed` limits which repositories may be used; without it all that the token sees of the namespace.
/// `http` and `time` must outlive the host. A configuration that cannot work is told by every call.
std::unique_ptr<code_host> make_github_code_host(const code_host_config& config, const routing_config& routing,
                                                 http_client& http, const clock& time);

} // namespace hyakki
