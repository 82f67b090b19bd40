#pragma once
// Pull requests of Bitbucket Data Center, each call by itself. Versions are read anew where somebody was faster.

#include "adapters/bitbucket/dc_api.hpp"
#include "core/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hyakki::bitbucket {

struct dc_pull {
  pull_request what;
  std::int64_t number = 0;
  std::int64_t version = 0;
  bool same_repository = true; ///< not from a fork
  std::string needs_work;      ///< who says so of the commit that is there now
};

std::string pull_path(const dc_repository& in, std::int64_t number, std::string_view rest = {});

result<dc_pull> get_pull(const dc_api& api, const dc_repository& in, std::int64_t number);
/// Newest first, at most a thousand.
result<std::vector<dc_pull>> list_pulls(const dc_api& api, const dc_repository& in, bool open_only);
/// The open ones from exactly this branch of this repository, newest first.
result<std::vector<dc_pull>> pulls_from(const dc_api& api, const dc_repository& in, const std::string& branch);

struct dc_new_pull {
  std::string title, description, from, to;
  std::vector<std::string> reviewers; ///< names of accounts
  bool draft = false;
};
struct dc_opening {
  std::optional<dc_pull> made;        ///< by this call
  std::int64_t there = 0;             ///< the number of the one that is there already
  std::vector<std::string> not_asked; ///< reviewers that Bitbucket does not take; then nothing was made
  std::string why;
};
result<dc_opening> open_pull(const dc_api& api, const dc_repository& in, const dc_new_pull& what);

/// `rejected` on conflicts and vetoes, with the files and the reasons. Merged already is merged.
result<dc_pull> merge_pull(const dc_api& api, const dc_repository& in, dc_pull p);
result<dc_pull> decline_pull(const dc_api& api, const dc_repository& in, dc_pull p);
result<std::string> diff_pull(const dc_api& api, const dc_repository& in, std::int64_t number);

} // namespace hyakki::bitbucket
