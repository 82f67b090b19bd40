#pragma once
// Who is told of stories besides their tracker: the contract.
//
// Calls block, with deadlines of their own, and come from one thread (the sink's own): a slow sink holds nobody up.
// A notification may be told twice after a crash, or where the end of the program cut it off; its number tells whether
// it was.

#include "core/error.hpp"
#include "core/event.hpp"
#include "core/story.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// What there is to tell of one story. Texts come from strangers.
struct notification {
  enum class kind : std::uint8_t {
    started,
    succeeded,
    failed,
    ticket_created,
    ticket_changed,
    ticket_closed,
    ticket_removed,
  };
  kind what = kind::started;
  std::uint64_t number = 0; ///< of the event in the log: the same for the same notification
  std::int64_t at_ms = 0;
  story_id story;
  std::string title;
  std::string repository;           ///< started
  std::string pull_request;         ///< succeeded: its address
  std::string reason;               ///< failed; already redacted
  std::vector<field_change> fields; ///< ticket_changed, ticket_closed
};

constexpr std::string_view to_string(notification::kind k) {
  constexpr std::string_view names[] = {"started",        "succeeded",     "failed",        "ticket_created",
                                        "ticket_changed", "ticket_closed", "ticket_removed"};
  return names[static_cast<std::size_t>(k)];
}

class notifier {
public:
  virtual ~notifier() = default;
  virtual result<void> tell(const notification& what) = 0;

  /// The program ends: what is being told, and all after it, fails with `cancelled` at once. From any thread.
  virtual void give_up() {}
};

} // namespace hyakki
