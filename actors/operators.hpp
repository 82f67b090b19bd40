#pragma once
// What operators ask for, by messages and by requests that they left in the store. The dispatcher's second half.
//
// A request is forgotten when what it asks for is durable, not before: a cancel stays until the story has ended, a
// retry until its step is stored. Both are refused once they are done, so a crash between repeats nothing.
//
// Requests about one story take effect in the order in which they were left: the next is looked at when the one before
// it is gone from the store. Until the last of them is, the story is not begun, and who waits for rest waits.

#include "actors/dispatcher.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace hyakki {

/// A resting story's step on an operator's word; the table must know the move. Pure.
change operator_step(story_record r, move by, const std::string& reason, std::int64_t now);

namespace operators {

/// Has a story ended: by its supervisor, by one that is started for it, or here where it rests.
caf::error cancel(dispatch::pointer self, const story_id& id, const std::string& reason);

/// The same, when it is the story's tracker that does not want it any more.
caf::error withdraw(dispatch::pointer self, const story_id& id, const std::string& reason);

/// Makes a step of a resting story durable, and puts it in the line where that queues it. `then(true)` when it is
/// stored.
void store_step(dispatch::pointer self, change made, std::function<void(bool)> then);

/// Sends a resting story on; `then(true)` when that is durable. Not called where an error is returned.
caf::error retry(dispatch::pointer self, const story_id& id, std::function<void(bool)> then);

/// Carries out what was left in the store.
void carry_out_requests(dispatch::pointer self);

} // namespace operators
} // namespace hyakki
