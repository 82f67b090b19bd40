#pragma once
// Which issues of GitHub are a tracker's, by its configuration: as addresses to ask, and as a look at one issue. Pure.

#include "adapters/github/api.hpp"
#include "adapters/github/issue.hpp"
#include "core/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hyakki::github {

class issue_scope {
public:
  explicit issue_scope(const tracker_config& config);

  /// The repositories that the configuration names, or what is wrong with the configuration.
  const result<std::vector<repository_name>>& repositories() const { return repositories_; }
  /// Whether a query of somebody's own chooses, and may lead elsewhere.
  bool searched() const { return !config_.query.empty(); }

  /// Where the stories that wait to be worked on, or for another round, are listed.
  std::string path_to_work(const repository_name& in) const;
  std::string path_to_rework(const repository_name& in) const;

  bool waits_for_work(const issue& i) const;
  bool waits_for_rework(const issue& i) const;
  /// Why a story that is worked on should be no more; empty when it should.
  std::string why_not(const issue& i) const;

private:
  result<void> check() const;
  std::string path_to(const repository_name& in, const std::string& label,
                      const std::vector<std::string>& without) const;
  std::string list_path(const repository_name& in, const std::vector<std::string>& labels) const;
  std::string search_path(const repository_name& in, const std::vector<std::string>& labels,
                          const std::vector<std::string>& without) const;
  std::vector<std::string> ended() const;
  bool ours(const issue& i) const;
  bool assigned(const issue& i) const;

  tracker_config config_;
  result<std::vector<repository_name>> repositories_;
};

} // namespace hyakki::github
