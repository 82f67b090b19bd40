#pragma once
// An issue as GitHub tells it, by REST and by GraphQL.
//
// For .cpp files only: brings the reader of JSON with it.

#include "adapters/github/api.hpp"
#include "adapters/http/json.hpp"
#include "core/story.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::github {

struct issue {
  hyakki::story story;
  std::int64_t number = 0;
  std::vector<std::string> assignees;
  bool is_pull_request = false;
  bool open = false;
  /// How many open issues it is blocked by; nothing where the server does not know of such links.
  std::optional<std::int64_t> blockers;
};

/// owner/repo#3
struct issue_name {
  repository_name repository;
  std::int64_t number = 0;
  std::string text() const { return repository.text() + "#" + std::to_string(number); }
};
/// `not_found` for a key that no issue can have.
result<issue_name> read_key(std::string_view key);

/// Reads one; what is not as it should be is the fault of the node's document.
issue read_issue(const json_node& node, const repository_name& in, std::string_view tracker);
/// The same from GraphQL.
issue read_graphql_issue(const json_node& node, const repository_name& in, std::string_view tracker);
/// What `read_graphql_issue` needs of an Issue.
constexpr std::string_view issue_fields = "{number title body url state stateReason createdAt "
                                          "labels(first:100){nodes{name}} assignees(first:20){nodes{login}}}";

/// Issues that lines like "Blocked by #12, owner/repo#13" name, at most ten: for servers without such links.
std::vector<issue_name> blockers_in_text(std::string_view body, const repository_name& in);

} // namespace hyakki::github
