#pragma once
// Tells any HTTP address by a POST of JSON, signed when a secret is configured. The body is described in
// docs/notifications.md and has a version.

#include "adapters/http_client.hpp"
#include "adapters/notifier.hpp"
#include "core/config.hpp"

#include <memory>
#include <string>

namespace hyakki {

/// `http` outlives the notifier.
std::unique_ptr<notifier> make_webhook_notifier(const notification_config& config, http_client& http);

/// The body that is sent. Pure.
std::string webhook_body(const notification& what);

/// "sha256=" and the HMAC-SHA256 of the body in hex, as GitHub signs its own.
std::string webhook_signature(const secret& key, std::string_view body);

} // namespace hyakki
