#pragma once
// The stories that wait for their turn, in order, without an actor each.
//
// Order: what was under way in an earlier life first, then priority, age, key. Limits: of all stories at once and
// per repository; a repository at its limit never hides the stories of others. Picking costs one look per
// repository, whatever the number of stories; a waiting story costs about 200 bytes.

#include "core/lifecycle.hpp"
#include "core/story.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace hyakki {

struct queue_limits {
  std::uint32_t all = 4;
  std::uint32_t per_repository = 1;
};

/// One waiting story.
struct waiting_story {
  story_id id;
  std::string repository; ///< where it will work, as far as it is known; empty = counts for no repository
  std::int32_t priority = 2;
  std::int64_t created_ms = 0;
  bool was_running = false; ///< an earlier life had it under way
};

class story_queue {
public:
  explicit story_queue(queue_limits limits) : limits_(limits) {}

  /// Adds a story, unless it waits or runs already. Returns true when it was added.
  bool add(const waiting_story& s);
  /// Takes a waiting story out. False when it does not wait.
  bool remove(const story_id& id);
  /// The next story that may run, moved to the running ones; empty when there is none.
  std::optional<story_id> start_next();
  /// Moves a waiting story to the running ones whatever the limits (it is about to be ended).
  bool start_this(const story_id& id);
  /// A running story ended.
  void finish(const story_id& id);

  bool waits(const story_id& id) const;
  bool runs(const story_id& id) const;
  std::size_t waiting() const { return places_.size() - running_; }
  std::size_t running() const { return running_; }

private:
  struct place {
    std::int64_t created_ms;
    std::uint32_t repository; ///< index into names_
    std::int8_t priority;
    bool was_running;
    bool running;
  };
  using entry = std::pair<const story_id, place>;
  struct earlier {
    bool operator()(const entry* a, const entry* b) const;
  };
  struct lane {
    std::set<const entry*, earlier> waiting;
    std::uint32_t running = 0;
  };
  std::uint32_t lane_of(const std::string& repository);
  void start(entry& e);

  queue_limits limits_;
  std::unordered_map<story_id, place> places_;
  std::unordered_map<std::string, std::uint32_t> names_;
  std::vector<lane> lanes_;
  std::size_t running_ = 0;
};

} // namespace hyakki
