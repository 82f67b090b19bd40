#pragma once
// A tracker that is Jira Cloud, by REST version 3.
//
// An account's e-mail address and its API token; the Atlassian Document Format. See docs/jira.md.

#include "adapters/http_client.hpp"
#include "adapters/tracker.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"

#include <memory>

namespace hyakki {

/// `http` and `time` must outlive the tracker. A configuration that cannot work is told by every call.
std::unique_ptr<tracker> make_jira_cloud_tracker(const tracker_config& config, http_client& http, const clock& time);

} // namespace hyakki
