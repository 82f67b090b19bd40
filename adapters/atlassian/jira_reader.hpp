#pragma once
// How a tracker reads the issues of a Jira: searches page by page, running stories at once, one by its key.
//
// Keeps which issues were changed last, for Cloud's search to look at them anew. For one thread at a time.

#include "adapters/atlassian/jira_api.hpp"
#include "adapters/atlassian/jira_issue.hpp"
#include "adapters/atlassian/jira_scope.hpp"
#include "adapters/tracker.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::atlassian {

constexpr std::size_t json_depth = 256; // nested lists of a description
constexpr std::size_t most_pages = 1000;

/// "/issue/KEY" + rest; `not_found` for what is no key.
result<std::string> issue_path(std::string_view key, std::string_view rest = {});

/// Whether a list that is read by its offsets goes on after `read` of it.
bool goes_on(std::size_t read, std::size_t of_this_page, std::int64_t total);

class jira_reader {
public:
  using filter = std::function<bool(const jira_issue&)>;

  /// `jira` and `scope` must outlive it. `name`: of the tracker, in its stories.
  jira_reader(std::string name, const jira_api& jira, const jira_scope& scope)
    : name_(std::move(name)), jira_(jira), scope_(scope) {}

  /// All that the query finds and `wanted` wants, oldest first.
  result<tracker::found> each(const std::string& jql, const filter& wanted);
  /// Whether Jira takes the query.
  result<void> try_out(const std::string& jql) const;
  result<std::vector<tracker::standing>> look_again(const std::vector<std::string>& keys);
  /// By its key of today: an issue that was moved is not found.
  result<jira_issue> get(std::string_view key);
  /// Its labels were changed by us.
  void changed(const std::string& key);

private:
  /// One page of a search; where the one after it begins.
  struct place {
    std::size_t start = 0; ///< Data Center
    std::string token;     ///< Cloud
  };
  result<http_request> page(const std::string& jql, const place& at, std::size_t size,
                            const std::vector<std::string>& fields) const;
  /// Steps over the issue at this place, which cannot be read, and says so. False: it was the last one.
  result<bool> pass_over(const std::string& jql, place& at, const error& why, tracker::found& out) const;
  void take(tracker::found& out, jira_issue i) const;
  jira_issue read(const json_node& node);
  result<void> look_at(const std::vector<std::string>& keys, std::vector<tracker::standing>& out);
  /// Those of `keys` that Jira says it cannot tell this time, which says nothing about them.
  std::vector<std::string> untold(const json_node& answer, const std::vector<std::string>& keys) const;
  result<void> tell_missing(const std::set<std::string>& missing, std::vector<tracker::standing>& out) const;
  /// Does the account see this project? What it does not see is not gone.
  result<bool> sees(const std::string& project) const;
  void remember(const std::string& key, std::int64_t id);

  std::string name_;
  const jira_api& jira_;
  const jira_scope& scope_;
  std::map<std::string, std::int64_t> ids_; ///< by key
  std::deque<std::int64_t> changed_;        ///< a search of Cloud is to look at them anew
};

} // namespace hyakki::atlassian
