#include "adapters/trackers/jira_cloud.hpp"

#include "adapters/atlassian/jira_tracker.hpp"

namespace hyakki {

std::unique_ptr<tracker> make_jira_cloud_tracker(const tracker_config& config, http_client& http, const clock&) {
  auto named = config;
  if (named.name.empty())
    named.name = "jira_cloud";
  return atlassian::make_jira_tracker(atlassian::jira_kind::cloud, named, http);
}

} // namespace hyakki
