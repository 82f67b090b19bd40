#pragma once
// The front door of the library: an orchestrator made from a configuration.
//
// Make one, give it adapters of your own where you have them, start it, and stop it. No type of the actor
// framework shows here. Two orchestrators fit in one process as long as their state directories differ.
// All calls are thread-safe unless they say otherwise; callbacks come from threads of the orchestrator.

#include "adapters/code_host.hpp"
#include "adapters/coding_agent.hpp"
#include "adapters/git.hpp"
#include "adapters/http_client.hpp"
#include "adapters/process.hpp"
#include "adapters/tracker.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"
#include "core/error.hpp"
#include "core/event.hpp"
#include "core/log.hpp"
#include "hooks/plugin.hpp"
#include "storage/store.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hyakki {

/// Parts that replace what the configuration would make. Empty members are made from the configuration.
struct parts {
  std::unique_ptr<http_client> http; ///< first: it outlives the keepers that speak through it
  std::vector<std::unique_ptr<tracker>> trackers;
  std::unique_ptr<code_host> host;
  std::unique_ptr<coding_agent> agent;
  std::unique_ptr<hyakki::store> memory;
  std::unique_ptr<process> children;
  std::unique_ptr<git> repositories;
  std::shared_ptr<const clock> time;
  std::shared_ptr<logger> log;
};

/// What somebody who watches sees between two events: "edits calc.py".
using activity_watcher = std::function<void(const story_id&, const std::string&)>;

/// How long subscribers and sinks are told of things when everything else has ended: all of them together.
struct last_words {
  std::chrono::milliseconds tell_for{2'000};      ///< then nothing more is begun
  std::chrono::milliseconds give_up_after{3'000}; ///< then what is being told is given up, see `plugin::give_up`
};

struct orchestrator_options {
  bool own_process = false; ///< the whole process is ours: become the subreaper of agents' strays
  bool dry_run = false;     ///< look and decide, change nothing: no label, tree, run, branch or comment
  /// Told when a service makes calls wait, a sentence. From a thread of the HTTP client: quick, and without exceptions.
  std::function<void(const std::string&)> on_wait;
  hyakki::last_words last_words;
};

/// How a look at the trackers, and what followed, ended.
struct run_summary {
  std::size_t done = 0;
  std::size_t no_changes = 0;
  std::size_t failed = 0; ///< failed or parked
  std::size_t cancelled = 0;
  std::size_t backing_off = 0;
  std::vector<story_id> touched; ///< every story that moved, or waits to be tried again, in order of its end
  std::vector<std::string> poll_errors;
};

/// What `plan` says of a story.
struct planned {
  hyakki::story story;
  std::string repository; ///< empty when it is unroutable
  std::string why;        ///< "would run", "would go on: …", or why not
};

/// What a look at the trackers would start.
struct run_plan {
  std::vector<planned> stories;
  std::size_t held_besides = 0;         ///< stories that others hold back, beyond those that are named
  std::vector<std::string> poll_errors; ///< trackers that do not answer and stories that cannot be read
};

class orchestrator {
public:
  /// Opens the store and makes the adapters. Fails with `bad_config` or `unavailable` (another process holds the
  /// state directory) before anything was started.
  static result<std::unique_ptr<orchestrator>> make(config c, orchestrator_options o = {}, parts p = {});
  ~orchestrator(); ///< stops, if that was not done

  /// Before `start`. The name keys the durable cursor: [a-z0-9_-]{1,32}. What `s` and `give_up` may do, and when they
  /// are called, is said at `plugin`.
  void subscribe(std::string name, subscriber s, std::function<void()> give_up = {});
  /// Before `start`.
  void watch(activity_watcher w);

  /// Takes up what an earlier life left, then polls.
  result<void> start();

  /// Looks at every tracker once and works until every story rests. Instead of `start`.
  result<run_summary> run_once();

  /// What a look at the trackers would start. Changes nothing. Instead of `start`.
  run_plan plan();

  /// Waits until `stop` was called and everything has ended.
  void wait();
  /// Why it ended by itself, a store that can write no more for one; empty when somebody asked for the end.
  std::string why_it_ended() const;
  /// Ends running agents (they resume at the next start), writes what is pending, and lets `wait` return.
  void stop();

  /// When it has ended: subscribers and notifications' sinks that were not told of everything in time. They are told
  /// after the next start.
  std::vector<untold_events> untold() const;

  /// Takes a story in, as a poll would. The story's tracker must be one of ours. True when it is new.
  result<bool> submit(story s);
  /// Durable before it returns. Unknown stories are `not_found`.
  result<void> cancel(const story_id& id, std::string reason);
  /// Lets a parked, failed, cancelled or unchanged story run again.
  result<void> retry(const story_id& id);

  /// For reading: records, events, cursors. Not after a dry run was asked for.
  const store& memory() const;

private:
  struct inner;
  explicit orchestrator(std::unique_ptr<inner> i);
  result<void> leave(const story_id& id, operator_request::kind what, std::string reason);
  std::unique_ptr<inner> inner_;
};

/// <state>/transcripts/<safe id>/<run>.log: what the agent printed in a run, line by line.
std::string transcript_path(const std::string& state_directory, const story_id& id, std::uint32_t run);

/// <state>/runs: the children that go on, for a life that comes after a kill.
std::string runs_path(const std::string& state_directory);

/// <state>/quiet: what is waited for or cannot be reached, a line each: until when (ms since the epoch), a blank, the
/// sentence. Left over when that is past.
std::string quiet_path(const std::string& state_directory);

/// The state directory of a configuration.
std::string state_directory(const config& c);

} // namespace hyakki
