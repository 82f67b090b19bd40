#pragma once
// An issue as Jira tells it, Data Center and Cloud.
//
// For .cpp files only: brings the reader of JSON with it.

#include "adapters/http/json.hpp"
#include "core/story.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::atlassian {

struct jira_issue {
  hyakki::story story; ///< without its tracker and its url
  std::int64_t id = 0;
  bool closed = false;
  std::vector<std::string> assignee; ///< all the names that the account goes by; empty = nobody
  std::vector<std::string> blockers; ///< keys of issues that it is blocked by and that are not closed
};

/// The fields that `read_jira_issue` needs.
const std::vector<std::string>& issue_fields();

/// Reads one; what is not as it should be is the fault of the node's document.
jira_issue read_jira_issue(const json_node& node);

} // namespace hyakki::atlassian
