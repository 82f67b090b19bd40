#pragma once
// Where stories come in, from looks at trackers and from programs alike. The dispatcher's first half.
//
// Each is admitted and bounded (core/admit), then claimed once by a conditional write. What is known here or in the
// store is not offered again, however often a tracker shows it; what could not be stored is found by the next look.

#include "actors/dispatcher.hpp"
#include "core/admit.hpp"
#include "core/config.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace hyakki {

/// The first step of a new story: queued, with the repository that it will probably work in, so that the queue
/// knows whose turn it can be. Routing decides again when its turn comes. Pure.
change take_in(story s, const config& c, std::int64_t now);

namespace intake {

/// Asks every tracker that is not being asked already; and again after a while, where it is to go on for ever.
void look(dispatch::pointer self);

/// Claims those of `found` that are new and says how many they were, when all of them are stored.
void take(dispatch::pointer self, std::vector<story> found, std::function<void(std::uint32_t)> then);

} // namespace intake
} // namespace hyakki
