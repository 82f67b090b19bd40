#pragma once
// Everything that hyakki remembers of one story, as one value.
//
// The record is what a restart goes by: the state says which action to (re)enter, the rest is what that action
// needs to be safe to repeat. Times are wall clock in ms; money is in millionths of a US dollar; no floating point.

#include "core/box.hpp"
#include "core/error.hpp"
#include "core/lifecycle.hpp"
#include "core/rare_list.hpp"
#include "core/story.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hyakki {

/// What a session of the coding agent is for.
enum class run_role : std::uint8_t { implement = 1, review = 2, fix = 3, rework = 4 };

/// How a run ended.
enum class run_outcome : std::uint8_t {
  running = 1,
  succeeded = 2,
  failed = 3,    // the agent, or its service, says so
  timed_out = 4, // wall time or silence
  cancelled = 5,
  lost = 6, // the engine died while it ran: a paid turn that may have been lost
};

std::string_view to_string(run_role r);
std::string_view to_string(run_outcome o);

/// One session of the coding agent on a story: an attempt that costs money.
struct run {
  std::uint32_t number = 0; ///< 1, 2, … in the life of the story; names the transcript
  run_role role = run_role::implement;
  run_outcome outcome = run_outcome::running;
  std::string agent;   ///< configured type, e.g. claude_code
  std::string session; ///< the agent's own id; stored as soon as it is known
  bool resumed = false;
  std::int64_t started_ms = 0;
  std::int64_t ended_ms = 0;
  std::int32_t exit_code = -1;
  std::uint32_t turns = 0;
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  std::int64_t cost_microusd = 0;
  std::string summary; ///< the agent's last words: both ends (`keep_ends`) in 32 KiB
  std::string error;   ///< empty when it succeeded
};

/// What was booked for the runs of one session so far: some agents tell the sum over the whole session only.
struct session_account {
  std::int64_t cost_microusd = 0;
  std::uint64_t tokens = 0;
};

/// Something that the engine saw for itself. An agent's word is no evidence.
struct evidence {
  std::string name; ///< "test", "lint", "review", "tree"
  std::string what; ///< the command, or what was looked at
  std::int32_t exit_code = 0;
  bool passed = false;
  std::int64_t at_ms = 0;
  std::int64_t took_ms = 0;
  std::string detail; ///< tail of the output, cut at 4 KiB; for "tree" the tree hash
};

/// A changed file of the commit. Binary files count 0/0.
struct changed_file {
  std::string path;
  std::uint32_t added = 0;
  std::uint32_t removed = 0;
  bool binary = false;
};

/// A pull request as its host knows it.
struct pull_request {
  std::string id; ///< the host's number
  std::string url;
  std::string title;
  std::string source_branch;
  std::string target_branch;
  std::string description;
  std::string state;    ///< open, merged, closed
  std::string head;     ///< commit
  bool adopted = false; ///< it was there already
};

/// Why a story rests or rested: the last failure.
struct trouble {
  ec code = ec::unavailable;
  std::string text;
  state in = state::queued; ///< where it happened
  std::int64_t at_ms = 0;
};

/// What a reviewer wants: an unresolved comment or an open task. Every text in it comes from strangers.
struct remark {
  std::string id; ///< the host's own; its keeper alone reads it
  std::string author;
  std::string text; ///< Markdown
  std::string path; ///< empty = about the whole
  std::uint32_t line = 0;
  bool task = false; ///< must be done before the merge
  std::int64_t at_ms = 0;
};

/// One round of rework on the story's pull request.
struct rework_round {
  std::int64_t begun_ms = 0;
  std::string asked_by;        ///< the label, or the reviewers who want changes; one line
  std::uint32_t first_run = 1; ///< runs of this number and later belong to it
  std::uint32_t wanted = 0;    ///< how many remarks it took up
  std::uint32_t answered = 0;  ///< how many of them have their answer
  bool open = true;            ///< until all of them have it
  bool more = false;           ///< others came in meanwhile: a round of their own
  std::vector<remark> remarks; ///< given up when the round has ended
};

/// What of the work was committed; empty until a commit is due.
struct committed_work {
  std::int64_t at_ms = 0; ///< time in the commit, stored before it is made so that repeating gives the same hash
  std::string sha;
  std::string tree_sha; ///< known once checks have run: what they saw must be what is committed
  std::vector<changed_file> files;
};

/// What a story rarely has, or has late, is boxed: a story is in memory for as long as its agent works.
struct story_record {
  hyakki::story story;
  std::uint64_t version = 0; ///< counts durable writes of this record; a write is conditional on it
  state at = state::queued;
  state resume_at = state::queued; ///< backing_off and queued: where to go on; queued = from the beginning
  state verdict = state::done;     ///< reporting: the state that follows once the tracker was told
  bool has_trouble = false;
  std::uint32_t attempts = 0;   ///< failed tries since the story was last queued by a person
  std::uint32_t fix_rounds = 0; ///< since the last implement run
  std::uint32_t life = 1;       ///< counts retries and rounds of rework; part of every comment's marker
  std::uint32_t homes = 0;      ///< how often its tracker led it to another repository; part of its tree's name
  std::int64_t taken_ms = 0;
  std::int64_t changed_ms = 0;
  std::int64_t due_ms = 0; ///< backing_off: when to go on

  std::string repository; ///< slug on the code host
  std::string base_branch;
  std::string base_sha;
  std::string branch;          ///< stored before it is first used, never derived again
  std::string tree;            ///< path of the working tree
  box<std::string> pushed_sha; ///< what the remote branch holds by our own doing
  box<committed_work> commit;
  box<pull_request> pull;
  box<trouble> why; ///< the last failure, where `has_trouble`

  rare_list<run> runs;
  rare_list<evidence> proof;
  rare_list<std::string> findings; ///< what review or checks want mended, for the fixing prompt
  rare_list<rework_round> rework;  ///< rounds, the last one first under way; most stories have none

  story_id id() const { return story.id(); }
  /// Names its working tree.
  std::string tree_name() const { return homes == 0 ? id() : id() + "/" + std::to_string(homes); }
};

} // namespace hyakki
