#pragma once
// One running story's hands: runs the coding agent and the configured commands as children.
//
// Plans and reads through the coding agent's contract, starts and ends children through the process door; the
// door's loop reads the lines, so nothing piles up in a mailbox. Ends its child when the supervisor dies.
// Never publishes, never decides.

#include "actors/interfaces.hpp"
#include "adapters/coding_agent.hpp"
#include "adapters/process.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"
#include "core/redact.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace hyakki {

/// What all runners of one orchestrator share. Outlives them.
struct workshop {
  coding_agent* agent = nullptr;
  std::mutex agent_guard; ///< the contract promises one caller at a time
  process* children = nullptr;
  std::shared_ptr<const clock> time;
  redactor hide;
  const config* settings = nullptr;
  std::string state_directory;
  std::string mark_prefix;              ///< first part of every child's mark; names this state directory
  std::vector<std::string> environment; ///< base of every child's environment, without a token of ours
  std::function<void(const story_id&, const std::string&)> activity; ///< called on the process loop
};

struct agent_runner_state {
  /// One child and what is known of it; shared with the handlers on the process loop.
  struct job {
    std::shared_ptr<process_handle> child;
    std::mutex guard;
    bool ended = false;
    run_report report; ///< of an agent
    evidence proof;    ///< of a command
    error failure;     ///< of a command that could not be run; empty text = none
  };
  workshop* shop = nullptr;
  story_supervisor_actor owner;
  std::shared_ptr<job> current;
  bool current_is_check = false;
  bool cancelled = false;
  caf::response_promise promise;
  static inline const char* name = "agent_runner";

  agent_runner_state() = default;
  agent_runner_state(const agent_runner_state&) = delete;
  agent_runner_state& operator=(const agent_runner_state&) = delete;
  /// Whatever ends the runner ends its child: another may follow in the same tree.
  ~agent_runner_state();
};

agent_runner_actor::behavior_type agent_runner(agent_runner_actor::stateful_pointer<agent_runner_state> self,
                                               workshop* shop, story_supervisor_actor owner);

} // namespace hyakki
