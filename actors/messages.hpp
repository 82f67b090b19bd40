#pragma once
// What actors say to each other: values, each with `inspect`, so that any actor may live on another node.
//
// No pointer, descriptor, callback or secret crosses an interface; a publisher looks credentials up itself.

#include "adapters/code_host.hpp"
#include "adapters/git.hpp"
#include "adapters/tracker.hpp"
#include "core/record.hpp"
#include "core/story.hpp"
#include "storage/store.hpp"

#include <caf/atom.hpp>
#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace hyakki::atom {

using caf::ok_atom;
using commit = caf::atom_constant<caf::atom("commit")>;
using flush = caf::atom_constant<caf::atom("flush")>;
using append = caf::atom_constant<caf::atom("append")>;
using cursor = caf::atom_constant<caf::atom("cursor")>;
using drop = caf::atom_constant<caf::atom("drop")>;
using acquire = caf::atom_constant<caf::atom("acquire")>;
using granted = caf::atom_constant<caf::atom("granted")>;
using release = caf::atom_constant<caf::atom("release")>;
using search = caf::atom_constant<caf::atom("search")>;
using report = caf::atom_constant<caf::atom("report")>;
using refresh = caf::atom_constant<caf::atom("refresh")>;
using prepare = caf::atom_constant<caf::atom("prepare")>;
using push = caf::atom_constant<caf::atom("push")>;
using open = caf::atom_constant<caf::atom("open")>;
using hash = caf::atom_constant<caf::atom("hash")>;
using diff = caf::atom_constant<caf::atom("diff")>;
using run = caf::atom_constant<caf::atom("run")>;
using check = caf::atom_constant<caf::atom("check")>;
using ended = caf::atom_constant<caf::atom("ended")>;
using session = caf::atom_constant<caf::atom("session")>;
using start = caf::atom_constant<caf::atom("start")>;
using stop = caf::atom_constant<caf::atom("stop")>;
using cancel = caf::atom_constant<caf::atom("cancel")>;
using retry = caf::atom_constant<caf::atom("retry")>;
using rested = caf::atom_constant<caf::atom("rested")>;
using take_in = caf::atom_constant<caf::atom("take_in")>;
using tick = caf::atom_constant<caf::atom("tick")>;
using poll = caf::atom_constant<caf::atom("poll")>;
using idle = caf::atom_constant<caf::atom("idle")>;
using nudge = caf::atom_constant<caf::atom("nudge")>;
using find = caf::atom_constant<caf::atom("find")>;
using feedback = caf::atom_constant<caf::atom("feedback")>;
using answer = caf::atom_constant<caf::atom("answer")>;

} // namespace hyakki::atom

namespace hyakki {

/// Asks a publisher for a working tree.
struct prepare_order {
  std::string repository;
  std::string tree;
  std::string branch;
  std::string base;
  std::string at_sha;
  bool keep = false;
};

/// Asks a publisher to push one branch.
struct push_order {
  std::string repository;
  std::string branch;
  std::string sha;
  std::string expected;
};

/// What a look at a tracker is to bring.
struct look_order {
  bool wanted = true;            ///< stories that want to be worked on, and those that carry the rework label
  std::vector<std::string> keys; ///< stories to look at again
};

/// What a look at a tracker brought.
struct found_stories {
  std::vector<story> stories;
  std::vector<std::string> unreadable;
  std::vector<std::string> held; ///< wanted, but blocked by others; a sentence each
  std::vector<story> rework;
  std::vector<tracker::standing> standings; ///< of the keys that the tracker could tell of
  std::vector<std::string> failures;        ///< parts of the look that failed, a sentence each
};

/// A pull request as it is, and what reviewers want of it.
struct pull_feedback {
  pull_request pull;
  review_feedback said;
};

/// Remarks to be answered on a pull request.
struct answer_order {
  std::string repository;
  std::string pull;
  std::vector<remark> remarks;      ///< as they were taken up
  std::vector<remark_answer> words; ///< one for each
  std::uint32_t from = 0;           ///< so many have their answer already
};

/// What came of it.
struct answer_report {
  pull_request pull;                ///< as it is; no longer open: nothing was answered
  std::uint32_t answered = 0;       ///< how far it came, those before `from` included
  std::vector<std::string> refused; ///< remarks that take no answer, a sentence each
  bool more = false;                ///< others wait there that were not taken up
  ec code = ec::unavailable;        ///< of a failure in between
  std::string trouble;              ///< its text; empty = it came to the end
  std::int64_t retry_at_ms = 0;
};

/// What a supervisor is told without more words. One message for all: each kind of message costs every story room.
enum class story_word : std::uint8_t {
  start,      ///< enter the state that the record holds
  stop,       ///< the process is about to end: end what runs, keep the state
  save_again, ///< time to offer the store a step again; to itself
};

/// One session of the coding agent to be run.
struct agent_order {
  story_id story;
  std::string key;
  std::uint32_t number = 0;
  run_role role = run_role::implement;
  std::string directory;
  std::string prompt;
  std::string session;
  bool resume = false;
  session_account booked; ///< for earlier runs of the session
};

/// How it went: the run as it belongs into the record, and the failure in our words.
struct run_report {
  run what;
  bool succeeded = false;
  ec code = ec::agent_failed;
  std::int64_t retry_at_ms = 0;
};

/// One configured command to be run in a working tree.
struct check_order {
  story_id story;
  std::string name;
  std::vector<std::string> command;
  std::string directory;
  std::int64_t timeout_ms = 0;
};

/// A story that no longer needs an actor, or whose actor gave up on it.
struct rest_notice {
  index_entry entry;
  std::string reason;
};

} // namespace hyakki
