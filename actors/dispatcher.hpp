#pragma once
// The one place where stories come in, and where it is decided which runs next.
//
// Takes stories from polls, from the library's caller and from operators alike; claims each once in the store;
// spawns and watches supervisors. Alone knows the limits and the order (core/queue). Touches no file, waits for
// nobody.

#include "actors/interfaces.hpp"
#include "actors/story_supervisor.hpp"
#include "core/queue.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace hyakki {

struct dispatcher_state {
  explicit dispatcher_state() : queue({}) {}
  const colleagues* with = nullptr;
  const store* memory = nullptr; ///< reads only
  story_queue queue;
  std::unordered_map<story_id, story_supervisor_actor> running;
  std::multimap<std::int64_t, story_id> due;             ///< by wall clock
  std::unordered_map<story_id, std::string> to_cancel;   ///< started only to be ended
  std::unordered_map<story_id, waiting_story> next_turn; ///< queued again before the supervisor's last word came
  std::unordered_map<story_id, int> given_up;            ///< by supervisors that could not go on
  std::set<std::uint64_t> undropped;                     ///< carried out, but still in the store
  std::set<story_id> stepping;                           ///< an operator's step is on its way into the store
  std::set<story_id> poisoned;                           ///< their supervisor died; not taken up again in this life
  std::map<std::string, bool> polling;                   ///< tracker → an answer is awaited
  std::vector<rest_notice> rested;
  std::vector<std::string> poll_errors;
  std::vector<caf::response_promise> idle;
  std::vector<caf::response_promise> stopped;
  std::set<std::uint64_t> in_hand; ///< operators' retries whose step is on its way into the store
  std::set<story_id> on_the_way;   ///< new stories among those
  std::size_t claiming = 0;        ///< stories on their way into the store
  bool forever = false;
  bool started = false;
  bool stopping = false;
  static inline const char* name = "dispatcher";
};

/// `with` and `memory` outlive the actor.
dispatcher_actor::behavior_type dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
                                           const colleagues* with, const store* memory);

} // namespace hyakki
