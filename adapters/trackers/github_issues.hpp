#pragma once
// The tracker that is the issues of repositories on GitHub: github.com, Enterprise Cloud and Enterprise Server.
//
// `project` is owner/repo, or several with commas between them; a story's key is owner/repo#3. Lists are asked for with
// the ETag of the last answer, so a poll that finds nothing new costs nothing of the quota. See docs/github.md.

#include "adapters/http_client.hpp"
#include "adapters/tracker.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"

#include <memory>

namespace hyakki {

/// `http` and `time` must outlive the tracker. A configuration that cannot work is told by every call.
std::unique_ptr<tracker> make_github_issues_tracker(const tracker_config& config, http_client& http, const clock& time);

} // namespace hyakki
