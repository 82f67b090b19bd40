#pragma once
// A tracker that is Jira Data Center and Jira Server, by REST version 2.
//
// A token of the account (PAT), or `account` and its password; Jira's wiki markup. See docs/jira.md.

#include "adapters/http_client.hpp"
#include "adapters/tracker.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"

#include <memory>

namespace hyakki {

/// `http` and `time` must outlive the tracker. A configuration that cannot work is told by every call.
std::unique_ptr<tracker> make_jira_dc_tracker(const tracker_config& config, http_client& http, const clock& time);

} // namespace hyakki
