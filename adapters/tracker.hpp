#pragma once
// Where stories come from and are reported to: the contract.
//
// Calls block, with deadlines of their own, and come from one thread at a time (the tracker's gateway). Every
// effect is safe to repeat: comments carry a marker and are looked up before they are posted, labels are sets.
// Foreign failures become `hyakki::error` here; exceptions of a library end in the keeper that called it.
// Every keeper passes tests/conformance/tracker.

#include "core/error.hpp"
#include "core/event.hpp"
#include "core/report.hpp"
#include "core/story.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hyakki {

class tracker {
public:
  virtual ~tracker() = default;

  /// The configured name; the first half of every story id. [a-z0-9_-]{1,32}
  virtual std::string_view name() const = 0;

  /// Stories that want to be worked on by the keeper's own configuration: all of them, paged to the end. A
  /// story that cannot be read is left out and said in `unreadable`; it never hides the others.
  struct found {
    std::vector<story> stories;
    std::vector<std::string> unreadable; ///< one sentence each, for the log
    /// Wanted, but not yet: "AB-2 is blocked by AB-1, which is open". For the log and for `run --dry-run`.
    std::vector<std::string> held;
    std::size_t held_besides = 0; ///< so many more, where there are too many to name each of them
    void hold(std::string why) {
      if (held.size() < 100)
        held.push_back(std::move(why));
      else
        ++held_besides;
    }
  };
  virtual result<found> search() = 0;

  /// How a story stands that is being worked on.
  struct standing {
    story now;
    bool wanted = true;
    std::string why; ///< when it is not wanted any more: was closed, lost its label, went to somebody else
  };
  /// Looks at all of these stories again, in one call where the tracker can and in as few as it allows otherwise. What
  /// is not in the answer is left alone; a story that is gone is not wanted. A keeper that cannot tell answers nothing.
  virtual result<std::vector<standing>> look_again(const std::vector<std::string>& keys) {
    (void)keys;
    return std::vector<standing>{};
  }

  /// Stories that carry the rework label and are not being worked on. A keeper without such labels finds none.
  virtual result<found> search_rework() { return found{}; }

  /// What was done to its stories since `changes_stored`, whoever did it: at most `most`, the rest is told next time. A
  /// keeper that cannot tell finds nothing; one that begins to watch takes everything as known.
  virtual result<std::vector<story_change>> changes(std::size_t /*most*/) { return std::vector<story_change>{}; }
  /// What `changes` answered last is kept for good: it is not told again. Until then it is, by a later process too.
  virtual result<void> changes_stored() { return {}; }

  /// One story as it is now, whatever its labels; `not_found` when there is none.
  virtual result<story> fetch(std::string_view key) = 0;

  /// Posts the comment unless its marker is there already. Returns true when it was posted now.
  virtual result<bool> post(std::string_view key, const comment& what) = 0;

  /// Applies the change in one call where the tracker can.
  virtual result<void> label(std::string_view key, const label_change& what) = 0;

  /// Moves the story to a status by the tracker's own word; a story that is there already stays.
  virtual result<void> move_to(std::string_view key, std::string_view status) = 0;

  /// Is the other side there, and are we let in? For `hyakki check`.
  virtual result<void> probe() = 0;
};

} // namespace hyakki
