#pragma once
// Pull requests of Bitbucket Cloud, each call by itself.

#include "adapters/bitbucket/cloud_api.hpp"
#include "core/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hyakki::bitbucket {

/// A reviewer who wants changes.
struct cloud_demand {
  std::string name;
  std::int64_t at_ms = 0; ///< when; 0 = Bitbucket does not say
};

struct cloud_pull {
  pull_request what; ///< its head in the twelve digits that Bitbucket tells
  std::int64_t number = 0;
  bool same_repository = true;       ///< not from a fork
  std::vector<cloud_demand> demands; ///< told by `get_pull` alone
};

std::string pull_path(const cloud_repository& in, std::int64_t number, std::string_view rest = {});

result<cloud_pull> get_pull(const cloud_api& api, const cloud_repository& in, std::int64_t number);
/// Newest first, at most a thousand.
result<std::vector<cloud_pull>> list_pulls(const cloud_api& api, const cloud_repository& in, bool open_only);
/// The open ones from exactly this branch of this repository, newest first.
result<std::vector<cloud_pull>> pulls_from(const cloud_api& api, const cloud_repository& in, const std::string& branch);

/// Somebody who is asked for a review.
struct cloud_reviewer {
  std::string id;   ///< {uuid} or account id
  std::string name; ///< as Bitbucket shows it; may be empty
};
/// "{uuid}", a bare uuid or an account id, as it is written in a configuration. `bad_config` for what is none of them.
result<cloud_reviewer> read_reviewer(const std::string& text);
/// Those whom Bitbucket itself asks for a review when a person opens a pull request.
result<std::vector<cloud_reviewer>> default_reviewers(const cloud_api& api, const cloud_repository& in);

struct cloud_new_pull {
  std::string title, description, from, to;
  std::vector<cloud_reviewer> reviewers;
  bool draft = false;
};
struct cloud_opening {
  std::optional<cloud_pull> made;   ///< by this call
  std::string reviewers_refused;    ///< Bitbucket's words about them; then nothing was made
  std::optional<error> other_cause; ///< why nothing was made otherwise
};
result<cloud_opening> open_pull(const cloud_api& api, const cloud_repository& in, const cloud_new_pull& what);

/// `rejected` on conflicts and on rules of the repository, with the files and the reasons. Merged already is merged.
result<cloud_pull> merge_pull(const cloud_api& api, const cloud_repository& in, std::int64_t number);
result<cloud_pull> decline_pull(const cloud_api& api, const cloud_repository& in, std::int64_t number);
result<std::string> diff_pull(const cloud_api& api, const cloud_repository& in, std::int64_t number);
/// When the commit that is the pull request's head now came to be it; 0 = its activity does not tell.
result<std::int64_t> head_since(const cloud_api& api, const cloud_repository& in, const cloud_pull& p);

} // namespace hyakki::bitbucket
