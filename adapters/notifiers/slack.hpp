#pragma once
// Tells a Slack channel through an incoming webhook: one message a notification, at most one a second.
//
// Text from strangers is escaped, so that it can neither mention anybody nor hide a link behind another text.

#include "adapters/http_client.hpp"
#include "adapters/notifier.hpp"
#include "core/config.hpp"

#include <memory>
#include <string>

namespace hyakki {

/// `http` outlives the notifier.
std::unique_ptr<notifier> make_slack_notifier(const notification_config& config, http_client& http);

/// The message, before it becomes JSON. Pure.
std::string slack_text(const notification& what);

} // namespace hyakki
