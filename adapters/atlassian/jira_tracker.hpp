#pragma once
// The tracker that is Jira: what Data Center and Cloud do alike, and where they differ.
//
// They differ in how a search is paged, how many issues are read again, and in what markup words are written.

#include "adapters/atlassian/jira_api.hpp"
#include "adapters/tracker.hpp"

#include <memory>

namespace hyakki::atlassian {

/// `http` must outlive the tracker. A configuration that cannot work is told by every call.
std::unique_ptr<tracker> make_jira_tracker(jira_kind kind, const tracker_config& config, http_client& http);

} // namespace hyakki::atlassian
