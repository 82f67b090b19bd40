#include "adapters/trackers/jira_dc.hpp"

#include "adapters/atlassian/jira_tracker.hpp"

namespace hyakki {

std::unique_ptr<tracker> make_jira_dc_tracker(const tracker_config& config, http_client& http, const clock&) {
  auto named = config;
  if (named.name.empty())
    named.name = "jira_dc";
  return atlassian::make_jira_tracker(atlassian::jira_kind::data_center, named, http);
}

} // namespace hyakki
