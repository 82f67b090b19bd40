#pragma once
// Is the store whole? What is wrong is found, named and counted; nothing is changed here.

#include "cli/tickets/session.hpp"

#include <string>
#include <vector>

namespace hyakki::ticket_cli {

struct finding {
  bool grave = false; ///< data cannot be read; else it is untidy
  std::string text;
};

struct check_result {
  std::string name;
  std::vector<finding> findings;
};

inline constexpr auto driver_is_missing = "the store names a merge driver that this clone's git does not know, so that "
                                          "git merges tickets by lines; init --merge-driver tells it how";

/// Every check, in order.
std::vector<check_result> examined(const session& at);

/// Ids of tickets that index.yaml names, and those that have files.
struct index_state {
  bool readable = false;
  bool kept_up = true; ///< small enough to follow every edit
  std::size_t entries = 0, files = 0;
  std::vector<std::string> missing; ///< have a file, but no entry
  std::vector<std::string> stale;   ///< have an entry, but no file
  std::vector<std::string> differing;
  bool in_step() const { return readable && missing.empty() && stale.empty() && differing.empty(); }
};
index_state index_of(const session& at, const std::vector<tickets::ticket>& all);

} // namespace hyakki::ticket_cli
