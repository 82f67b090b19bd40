#pragma once
// The only place that makes the parts of an orchestrator and puts them together: config → adapters → actors.
//
// Internal to runtime/. Parts are owned here and outlive the actors; `assemble` starts no thread but the process
// door's, `raise` starts the actors.

#include "actors/agent_runner.hpp"
#include "actors/dispatcher.hpp"
#include "actors/hook_bus.hpp"
#include "actors/publisher.hpp"
#include "core/telling.hpp"
#include "runtime/orchestrator.hpp"
#include "runtime/quiet_note.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

namespace hyakki {

/// Everything that an orchestrator owns besides its actors.
struct furniture {
  config settings;
  orchestrator_options options;
  parts owned;
  workshop shop;
  std::vector<plugin> plugins;
  std::shared_ptr<quiet_note> quiet;
  telling_end telling_of_plugins;
  std::function<void(const std::string&)> on_store_end; ///< set before the actors are raised

  /// Makes what `given` does not bring. Fails before anything was started.
  static result<std::unique_ptr<furniture>> assemble(config c, orchestrator_options o, parts given);
};

/// The actors of one orchestrator. Ends them, in order, when it is destroyed.
class household {
public:
  /// Whether the system gives the threads that the actors need: the framework ends the process where it does not.
  static result<void> has_room(const furniture& things);
  explicit household(furniture& things);
  ~household();
  household(const household&) = delete;
  household& operator=(const household&) = delete;

  caf::actor_system& system() { return system_; }
  const dispatcher_actor& dispatch() const { return dispatcher_; }
  /// Has plugins told of what waits for them since an earlier life.
  void nudge_plugins();
  /// Tells every plugin of what is in the log, all at the same time, as far as `orchestrator_options::last_words` goes;
  /// from then on nothing is told.
  void tell_plugins();

private:
  furniture& things_;
  colleagues together_; ///< looked at by actors: outlives them
  std::unique_ptr<publisher_table> table_;
  caf::actor_system_config settings_;
  caf::actor_system system_;
  std::shared_ptr<std::vector<hook_bus_actor>> buses_;
  std::vector<caf::actor> all_;
  dispatcher_actor dispatcher_;
};

} // namespace hyakki
