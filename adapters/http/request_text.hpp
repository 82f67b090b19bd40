#pragma once
// A request as it goes over the wire, after everything in it was checked: nothing that a caller passes can end a line.

#include "adapters/http/proxy_rules.hpp"
#include "adapters/http_client.hpp"

namespace hyakki {

/// `bad_config` for credentials, `rejected` for headers that cannot be sent. Never repeats a value.
result<void> check_request(const http_request& what);

/// The bytes. `proxy`: asked in clear through it, by the absolute form; null = straight, or through a tunnel.
std::string request_text(const http_request& what, const url& target, const http_proxy_place* proxy,
                         std::string_view user_agent);

} // namespace hyakki
