#pragma once
// The stories that wait for their turn, in order, without an actor each.
//
// Order: what was under way in an earlier life first, then priority, age, key. Limits: of all stories at once and
// per repository; a repository at its limit never hides the stories of others. Picking costs one look per
// repository, whatever the number of stories; a waiting story costs about 60 bytes and no allocation of its own.

#include "core/lifecycle.hpp"
#include "core/story.hpp"
#include "core/text_pool.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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
  explicit story_queue(queue_limits limits);

  /// Adds a story, unless it waits or runs already. Returns true when it was added.
  bool add(const waiting_story& s) { return add(s.id, s.repository, s.priority, s.created_ms, s.was_running); }
  /// The same without a copy of the texts; for loading many.
  bool add(std::string_view id, std::string_view repository, std::int32_t priority, std::int64_t created_ms,
           bool was_running);
  /// The stories whose turn is next, one of each repository: at most `most` of them.
  std::vector<story_id> upcoming(std::size_t most = 100) const;
  /// Gives a waiting story the place that belongs to its priority and age by now. False when it stood there already.
  bool reorder(const story_id& id, std::int32_t priority, std::int64_t created_ms);
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
  std::size_t waiting() const { return known_ - running_; }
  std::size_t running() const { return running_; }

private:
  using place = std::uint32_t; ///< in places_
  static constexpr place nowhere = ~place{0};

  struct entry {
    std::uint64_t rank = 0; ///< all of the order but the key: lower runs first
    text_pool::name id = 0;
    std::uint32_t hash = 0;
    std::uint32_t lane = 0;
    std::uint32_t at = 0; ///< in the lane's heap; nowhere = it runs. The next free place of one that is free.
  };
  /// The stories of one repository: a heap of places, the next one first.
  struct lane {
    std::vector<place> waiting;
    std::uint32_t running = 0;
  };

  bool earlier(place a, place b) const;
  std::uint32_t lane_of(std::string_view repository);
  place find(std::string_view id) const;
  void start(place p);
  void forget(place p);
  void tidy();

  void enter_heap(lane& l, place p);
  void leave_heap(lane& l, place p);
  void rise(lane& l, std::uint32_t at);
  void sink(lane& l, std::uint32_t at);

  std::size_t slot_of(std::string_view id, std::uint32_t hash) const;
  void enter_index(place p);
  void leave_index(place p);
  void widen_index();

  queue_limits limits_;
  text_pool ids_;
  std::vector<entry> places_;
  std::vector<place> index_; ///< open addressing by hash; a power of two, at most three quarters full
  place free_ = nowhere;
  std::map<std::string, std::uint32_t, std::less<>> names_;
  std::vector<lane> lanes_; ///< the first is for stories whose repository is not known: it has no limit
  std::size_t known_ = 0;
  std::size_t running_ = 0;
};

} // namespace hyakki
