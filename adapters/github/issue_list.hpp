#pragma once
// Lists of issues, read page by page, asked for again only when they changed.
//
// Keeps what GitHub answered beside the ETag of the answer: a 304 gives the same issues again and costs nothing of the
// quota. What is kept is bounded; without it lists cost more and say the same. One thread at a time.

#include "adapters/github/api.hpp"
#include "adapters/github/issue.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::github {

struct issue_list {
  std::vector<issue> issues;
  std::vector<std::string> unreadable; ///< a sentence for each that is not as it should be
};

class issue_lists {
public:
  explicit issue_lists(const api& github) : github_(github) {}

  /// Reads every page of this list. `in` names the repository that its issues are of; without it each issue says where
  /// it is from. `take` answers whether to go on.
  result<void> each_page(const std::string& path, const repository_name* in, std::string_view tracker,
                         const std::function<result<bool>(const issue_list&)>& take);

  /// One issue; pull requests too.
  result<issue> one(const issue_name& name, std::string_view tracker);

private:
  struct kept_page {
    issue_list what;
    std::string etag;
    std::string next;
    std::size_t bytes = 0;
  };
  enum class kind : bool { list, single };
  result<const kept_page*> page(const std::string& url, kind what, const repository_name* in, std::string_view tracker);

  const api& github_;
  std::map<std::string, kept_page> kept_;
  kept_page passing_; ///< one that is not kept
  std::size_t bytes_ = 0;
};

} // namespace hyakki::github
