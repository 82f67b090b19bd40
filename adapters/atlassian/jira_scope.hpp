#pragma once
// Which issues of a Jira are a tracker's, by its configuration: as a query, and as a look at one issue. Pure.

#include "adapters/atlassian/jira_issue.hpp"
#include "core/config.hpp"
#include "core/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hyakki::atlassian {

class jira_scope {
public:
  explicit jira_scope(const tracker_config& config);

  /// The part of a query that the configuration says, or what is wrong with the configuration.
  const result<std::string>& part() const { return part_; }

  /// Stories that wait to be worked on, and those that wait for another round. Only where `part` is no error.
  std::string query_for_work() const;
  std::string query_for_rework() const;

  /// What a query says, looked at once more: Cloud's search may lag behind what was written.
  bool waits_for_work(const jira_issue& i) const;
  bool waits_for_rework(const jira_issue& i) const;
  /// Why a story that is worked on should be no more; empty when it should.
  std::string why_not(const jira_issue& i) const;

private:
  result<std::string> check() const;
  std::string jql_of(const std::vector<std::string>& labels, const std::vector<std::string>& without,
                     bool any_status) const;
  std::vector<std::string> with_required(const std::string& label) const;
  std::vector<std::string> ended() const;
  bool assigned(const jira_issue& i) const;
  bool ours(const jira_issue& i) const;

  tracker_config config_;
  result<std::string> part_;
};

} // namespace hyakki::atlassian
