#pragma once
// What is remembered: the contract.
//
// Records, events and indexes change together in one durable transaction or not at all. Writes belong to one
// thread (the store writer's); reads may come from any thread and see a consistent snapshot. A write is
// conditional on the version of the record that it replaces, so a second writer can never undo the first.
// Every keeper passes tests/conformance/store.

#include "core/error.hpp"
#include "core/event.hpp"
#include "core/record.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// One step of one story. `record.version` is the version after the step; the stored one must be exactly one
/// less (0 = the story must not exist yet). `events` get their seq from the store, in order.
struct change {
  story_record record;
  std::vector<event> events;
};

/// What the queue needs of a story, without reading its record.
struct index_entry {
  story_id id;
  state at = state::queued;
  std::int32_t priority = 2;
  std::int64_t created_ms = 0;
  std::int64_t due_ms = 0;
  std::string repository; ///< empty while it is not known
  /// When the record last changed. Said by `each` alone; 0 = the record was written before that was kept here.
  std::int64_t changed_ms = 0;
};

/// An operator's word to a running or a later daemon, durable until it is taken.
struct operator_request {
  enum class kind : std::uint8_t { cancel = 1, retry = 2 };
  std::uint64_t seq = 0; ///< set by the store
  kind what = kind::cancel;
  story_id story;
  std::string reason;
  std::int64_t at_ms = 0;
};

class store {
public:
  virtual ~store() = default;

  // -- modifiers: one thread ------------------------------------------------

  /// Applies each change that meets its condition, all in one durable transaction; returns one result per
  /// change (`conflict` where the version does not match). A failure of the transaction itself fails all.
  /// Returns only after the data is on disk.
  virtual result<std::vector<result<void>>> commit(const std::vector<change>& changes) = 0;

  /// Puts events into the log that belong to no step of a story, all in one durable transaction; `rejected`, and none
  /// of them, when one cannot be stored. Returns only after the data is on disk.
  virtual result<void> append(const std::vector<event>& events) = 0;

  /// Stores how far a subscriber of the event log has come. Durable. Never moves backwards.
  virtual result<void> set_cursor(std::string_view subscriber, std::uint64_t seq) = 0;

  /// Forgets an operator's request that was carried out.
  virtual result<void> drop_request(std::uint64_t seq) = 0;

  // -- modifiers: any thread, any process that has the store open -----------

  /// Leaves an operator's request. Durable. Returns its seq.
  virtual result<std::uint64_t> post_request(const operator_request& r) = 0;

  // -- inspectors: any thread ------------------------------------------------

  /// The record, or empty when the story is unknown.
  virtual result<std::optional<story_record>> find(const story_id& id) const = 0;

  /// Calls `visit` for the index entry of every story that is not final, in no order. For a restart. `visit` must
  /// not call the store. An entry that cannot be read fails the call, after all others were visited.
  virtual result<void> each_unfinished(const std::function<void(const index_entry&)>& visit) const = 0;

  /// Calls `visit` for every story, in the order of ids, until it returns false. As above for the rest.
  virtual result<void> each(const std::function<bool(const index_entry&)>& visit) const = 0;

  /// The same, for the ids behind `after`. A keeper that has no shorter way goes through all.
  virtual result<void> each_after(const story_id& after, const std::function<bool(const index_entry&)>& visit) const {
    return each([&](const index_entry& e) { return e.id <= after || visit(e); });
  }

  /// Stories in `backing_off` whose time has come by `now`, earliest first.
  virtual result<std::vector<index_entry>> due(std::int64_t now, std::size_t most) const = 0;

  /// Events with seq > `after`, in order.
  virtual result<std::vector<event>> events_after(std::uint64_t after, std::size_t most) const = 0;

  /// All events of one story, in order.
  virtual result<std::vector<event>> events_of(const story_id& id) const = 0;

  /// Where a subscriber stands; 0 when it was never seen.
  virtual result<std::uint64_t> cursor(std::string_view subscriber) const = 0;

  /// Operator's requests not yet dropped, oldest first.
  virtual result<std::vector<operator_request>> requests(std::size_t most) const = 0;
};

} // namespace hyakki
