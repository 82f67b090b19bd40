#pragma once
// Everything that touches repositories and their host: trees, commits, pushes, pull requests.
//
// A repository belongs to one publisher, so operations on one clone never overlap; different publishers work in
// parallel. Credentials are looked up here, next to their use. Never runs agents. Blocks: the wiring detaches it.

#include "actors/interfaces.hpp"

#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

namespace hyakki {

struct publisher_state {
  git* repositories = nullptr;
  code_host* host = nullptr;
  static inline const char* name = "publisher";
};

/// `repositories` and `host` outlive the actor.
publisher_actor::behavior_type publisher(publisher_actor::stateful_pointer<publisher_state> self, git* repositories,
                                         code_host* host);

/// Which publisher owns a repository: each newly seen one goes to the next in turn. Safe from any thread.
class publisher_table {
public:
  explicit publisher_table(std::vector<publisher_actor> all) : all_(std::move(all)) {}
  publisher_actor of(const std::string& repository);
  void clear() { all_.clear(); }

private:
  std::mutex guard_;
  std::vector<publisher_actor> all_;
  std::unordered_map<std::string, std::size_t> owner_;
};

} // namespace hyakki
