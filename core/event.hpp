#pragma once
// What happened, as told to plugins and kept in the log for ever.
//
// Each durable step of a story writes its events in the same transaction. The ten hook events are one table;
// the others (moves, lost runs, late answers) are for `hyakki show` and for audit.

#include "core/lifecycle.hpp"
#include "core/record.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hyakki {

/// Kinds of event. Numbers are on disk. The first ten are the hook events.
enum class event_kind : std::uint8_t {
  before_process = 1,
  after_resolve_repo = 2,
  after_clone = 3,
  before_agent_run = 4,
  after_agent_run = 5,
  after_commit = 6,
  after_push = 7,
  after_pull_request = 8,
  on_success = 9,
  on_failure = 10,
  // not hooks
  moved = 11,    // the story changed its state
  run_lost = 12, // the engine died during a run; it is repeated and may cost twice
  noted = 13,    // a remark for `hyakki show`: a comment that could not be posted, a late answer, …
  // what anybody did to a story where it is kept, for plugins; such an event belongs to no record
  ticket_created = 14,
  ticket_changed = 15,
  ticket_closed = 16,
  ticket_removed = 17,
};
inline constexpr auto last_event_kind = event_kind::ticket_removed;

std::string_view to_string(event_kind k);

// Payloads. An event carries the part that belongs to its kind; unused fields stay empty.
struct on_repo {
  std::string repository;
};
struct on_tree {
  std::string repository;
  std::string path;
};
struct on_prompt {
  std::string path;
  std::string prompt;
  std::string session;
  std::uint32_t run = 0;
};
struct on_run {
  run what;
};
struct on_commit {
  std::string sha;
  std::string message;
  std::uint32_t files = 0, insertions = 0, deletions = 0;
};
struct on_push {
  std::string branch;
  std::string sha;
};
struct on_pull {
  pull_request pull;
};
struct on_error {
  ec code = ec::unavailable;
  std::string text;
  state in = state::queued;
  bool final = false;
};
struct on_move {
  state from = state::queued;
  move by = move::dispatched;
  state to = state::queued;
  std::string reason;
};
struct on_note {
  std::string text;
};
/// A part of a ticket that was changed. Long texts are told by name alone.
struct field_change {
  std::string field;
  std::string before;
  std::string after;
};
struct on_ticket {
  std::vector<field_change> fields; ///< of a new or removed ticket none
};

using event_payload = std::variant<std::monostate, on_repo, on_tree, on_prompt, on_run, on_commit, on_push, on_pull,
                                   on_error, on_move, on_note, on_ticket>;

struct event {
  std::uint64_t seq = 0; ///< set by the store; strictly increasing in one store
  std::int64_t at_ms = 0;
  event_kind kind = event_kind::noted;
  story_id story;
  std::string title; ///< of the story, so that a plugin can speak of it
  event_payload payload;
};

/// What happened to a story where it is kept, as its tracker tells it.
struct story_change {
  event_kind what = event_kind::ticket_changed;
  std::string key;
  std::string title;
  std::vector<field_change> fields;
};

/// True for the ten of a story's life.
constexpr bool is_hook(event_kind k) { return static_cast<unsigned>(k) <= 10; }

} // namespace hyakki
