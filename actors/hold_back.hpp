#pragma once
// Until when stories that have yet to begin are held back: while little is left of a service's quota, and behind
// stories that a fault of the configuration parked. A part of the dispatcher. Internal to actors/.

#include "actors/dispatcher.hpp"

namespace hyakki::hold_back {

using dispatch::pointer;

/// Until when no story of this tracker and repository is begun; 0 = now is fine. What is new in it is told.
std::int64_t until(pointer self, const std::string& tracker, const std::string& repository);

/// Whether nothing of any tracker may be begun.
bool all(pointer self);

/// A story is begun: behind faults it is a trial.
void begun(pointer self, const std::string& tracker, const std::string& repository);

/// A running story has only to be told: where it is to be parked, that counts before the next one begins.
void ends(pointer self, const story_id& id);

/// A story's last word: what it says of those that have yet to begin.
void rested(pointer self, const index_entry& e);

/// The configuration works for this repository, or a person says that it was mended: those who wait for it go on.
void forget(pointer self, const std::string& tracker, const std::string& repository);

} // namespace hyakki::hold_back
