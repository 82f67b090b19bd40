#pragma once
// Decides which story runs next, and watches those that do.
//
// Alone knows the limits and the order (core/queue), spawns and monitors supervisors, and wakes what backs off. Its
// other halves have files of their own: where stories come in (intake), what holds back those that have yet to begin
// (hold_back), what operators ask for (operators), whether stories are still wanted (reconcile), further rounds on
// pull requests (reviews), and supervisors that died (crashes).
// Touches no repository, waits for nobody.

#include "actors/interfaces.hpp"
#include "actors/story_supervisor.hpp"
#include "core/queue.hpp"
#include "core/setback.hpp"

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace hyakki {

struct dispatcher_state {
  explicit dispatcher_state() : queue({}) {}
  const colleagues* with = nullptr;
  const store* memory = nullptr; ///< reads only
  bool forever = false;
  bool started = false;
  bool looked = false; ///< for new stories, where that is done once
  bool stopping = false;

  // whose turn it is
  story_queue queue;
  std::unordered_map<story_id, story_supervisor_actor> running;
  std::multimap<std::int64_t, story_id> due;             ///< by wall clock
  std::unordered_map<story_id, waiting_story> next_turn; ///< queued again before the supervisor's last word came
  std::unordered_map<story_id, int> given_up;            ///< by supervisors that could not go on
  std::unordered_map<story_id, int> crashes;             ///< of supervisors that died without a last word
  std::set<story_id> poisoned;                           ///< given up, and the store could not take that

  // intake
  std::map<std::string, bool> polling;            ///< tracker → an answer is awaited
  std::set<story_id> on_the_way;                  ///< new stories on their way into the store
  std::map<std::string, std::int64_t> look_after; ///< tracker → when its quota allows the next look
  std::map<std::string, std::string> unsearched;  ///< tracker → why its last look failed

  // what holds back those that have yet to begin
  std::map<std::string, std::int64_t> told_quiet;   ///< subject → until when, as it was last said
  std::map<std::string, hyakki::setbacks> setbacks; ///< by tracker
  std::set<story_id> set_back;                      ///< counted there, and yet to rest

  // reconciliation and rework
  std::map<std::string, std::string> asked_up_to; ///< tracker → the last key beyond the running ones
  std::map<std::string, std::size_t> questions;   ///< by tracker, about single stories: answers that are awaited
  std::map<story_id, std::int64_t> watched;       ///< done of late, its pull request open → since when
  story_id watched_up_to;                         ///< where the last look at them ended
  story_id scanned_up_to;                         ///< how far the store was looked through for them
  bool scanned = false;
  /// Their host, or their tracker, is asked or told something: for the label (true) or for a review.
  std::set<std::pair<story_id, bool>> reviewing;

  // operators
  struct ending {
    std::string reason;
    bool withdrawn = false;
  };
  std::unordered_map<story_id, ending> to_cancel; ///< started only to be ended
  std::set<story_id> stepping;                    ///< their step is on its way into the store
  std::set<std::uint64_t> in_hand;                ///< requests that are being carried out or forgotten
  std::set<std::uint64_t> undropped;              ///< carried out, but still in the store
  std::set<story_id> asked;                       ///< a request about it is in the store
  std::set<story_id> put_off;                     ///< of those: nothing can be done for it now

  // what is said to whoever waits
  std::vector<rest_notice> rested;
  std::vector<std::string> troubles; ///< that belong to no story's record
  std::vector<caf::response_promise> idle;
  std::vector<caf::response_promise> stopped;
  static inline const char* name = "dispatcher";
};

/// `with` and `memory` outlive the actor.
dispatcher_actor::behavior_type dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
                                           const colleagues* with, const store* memory);

/// What the halves of the dispatcher ask of its middle. Internal to actors/.
namespace dispatch {

using pointer = dispatcher_actor::stateful_pointer<dispatcher_state>;

/// So long a tracker may take to be told something of a resting story.
inline constexpr auto report_deadline = std::chrono::seconds{300};

/// Starts whatever may start now.
void fill(pointer self);

/// Puts those in the line whose time has come, and starts whatever may start now.
void wake(pointer self);

/// Starts a waiting story whatever the limits: it is only to be ended.
void start_beyond_limits(pointer self, const story_id& id);

/// Puts a stored story in the line.
void enqueue(pointer self, const index_entry& e);

/// Puts a stored story in the line that is queued and that nobody here knows: the answer to the step that queued it
/// was lost. False when it is not one.
bool adopt(pointer self, const story_record& r);

/// Answers those who wait for rest or for the end, where it has come.
void check_idle(pointer self);

/// Keeps a sentence for the answer to `idle`, within reason.
void remember(pointer self, std::string trouble);

/// Keeps a story's last word for the answer to `idle`, within reason.
void keep_rested(pointer self, rest_notice last);

std::int64_t now(pointer self);

} // namespace dispatch
} // namespace hyakki
