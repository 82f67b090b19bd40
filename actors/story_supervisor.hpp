#pragma once
// One living story: owns its record and drives the table of core/lifecycle.
//
// `apply(move)` = look up, make durable, then `enter(state)`; `enter` = one switch, one action per state, each
// safe to repeat. A restart is `enter(loaded state)`. An answer to an earlier question, or a move that the table
// does not know, is late: ignored and counted. Never blocks; lives until the story rests.

#include "actors/interfaces.hpp"
#include "actors/publisher.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"
#include "core/quota.hpp"
#include "core/texts.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

namespace hyakki {

/// What the supervisors need to know of the configured coding agent.
struct agent_traits {
  std::string name;
  bool names_session = false;
  bool can_resume = false;
};

/// Whom a supervisor works with. One value for all supervisors of an orchestrator; outlives them.
struct colleagues {
  store_writer_actor writer;
  repo_lock_actor lock;
  std::map<std::string, tracker_gateway_actor> gateways; ///< by tracker name
  std::function<publisher_actor(const std::string&)> publisher_of;
  /// Spawns the runner of one story.
  std::function<agent_runner_actor(const story_supervisor_actor&)> make_runner;
  std::function<std::string()> new_session; ///< a fresh UUID
  std::function<std::uint64_t()> seed;      ///< spreads retries
  /// What the services behind a tracker and its code host said of their quota; may be empty.
  std::function<std::vector<service_quota>(const std::string& tracker)> quotas;
  /// Keeps, for whoever looks from outside, what is waited for or cannot be reached: by subject, the last word stands;
  /// 0 = no more. May be empty.
  std::function<void(const std::string& subject, std::int64_t until_ms, const std::string& why)> tell_quiet;
  agent_traits agent;
  config settings;
  story_texts texts;
  std::shared_ptr<const clock> time;
  std::shared_ptr<logger> log;
};

/// Where a story stands with the lease of its repository.
enum class lease : std::uint8_t { none, waited_for, held };

/// What a story has only while an agent works on it, while a store or a runner gives no answer, or when it is to end.
struct rare_parts {
  agent_runner_actor runner;
  std::string prompt;                         ///< of the run that is about to start
  std::function<void()> after_save;           ///< what goes on once the store took a step
  std::vector<std::function<void()>> put_off; ///< came in meanwhile
  std::function<void()> resting;              ///< what is said once a runner that gave no answer has ended
  bool cancelled = false;                     ///< somebody wants the end
  std::string cancel_reason;
};

/// One for every story that is under way, for as long as it is: what is rare or short has no room of its own in it.
struct story_supervisor_state {
  story_record record;
  box<std::vector<event>> pending; ///< happened, not yet durable
  const colleagues* with = nullptr;
  dispatcher_actor dispatcher;
  std::unique_ptr<change> unsaved; ///< a step that the store did not take yet; held while it is on its way
  box<rare_parts> rare;
  std::uint32_t turn = 0; ///< grows with every move: an answer to an older question is late
  std::uint16_t next_check = 0;
  std::uint8_t late = 0; ///< answers that came too late; starts again at 256
  hyakki::lease lease = lease::none;
  bool tree_proven = false; ///< in this life of the process
  bool start_told = false;  ///< in this life: the tracker was told that work goes on
  bool agent_busy = false;
  bool runner_stuck = false; ///< it gave no answer by its deadline
  bool stopping = false;
  bool commit_uncertain = false; ///< a commit was asked for and never answered
  bool withdrawn = false;        ///< it is its tracker that wants the end
  bool rested = false;           ///< the last word was said
  static inline const char* name = "story_supervisor";
};

/// `with` outlives the actor. `record` is the stored one, at its stored version.
story_supervisor_actor::behavior_type
story_supervisor(story_supervisor_actor::stateful_pointer<story_supervisor_state> self, story_record record,
                 const colleagues* with, dispatcher_actor dispatcher);

} // namespace hyakki
