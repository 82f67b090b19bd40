#pragma once
// Jira's REST interface as both trackers use it: addresses, ways to be let in, errors.
//
// Data Center is asked by version 2, Cloud by version 3. Holds no state but the configuration.

#include "adapters/http_client.hpp"
#include "core/config.hpp"
#include "core/error.hpp"

#include <cstdint>
#include <string>

namespace hyakki::atlassian {

enum class jira_kind : std::uint8_t { data_center, cloud };

class jira_api {
public:
  /// `http` must outlive it. A configuration that cannot be used is told by every call.
  jira_api(jira_kind kind, const tracker_config& config, http_client& http);

  bool cloud() const { return kind_ == jira_kind::cloud; }
  /// Where a person reads an issue.
  std::string browse(const std::string& key) const;

  /// A request to /rest/api/N + `path`, which is encoded already and begins with a slash.
  result<http_request> request(http_method how, const std::string& path, std::string body = {}) const;
  /// Makes the call; what is not 2xx is an error, in words that say what to do.
  result<http_answer> call(const http_request& what) const;

private:
  jira_kind kind_;
  result<std::string> base_; ///< without a slash at its end
  http_credentials credentials_;
  http_client& http_;
};

} // namespace hyakki::atlassian
