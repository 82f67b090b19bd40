#pragma once
// Several projects that look at one tracker: whose a story is, and which of them would do the same stories. Pure.

#include "core/config.hpp"
#include "core/story.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace hyakki {

/// Does a key mean the same story in both? The same kind of tracker at the same address.
bool same_service(const tracker_config& a, const tracker_config& b);

/// The names of the other trackers of this configuration that look at the same service.
std::vector<std::string> neighbours(const config& c, const std::string& tracker);

/// Would a search for new stories ask for it, as far as its labels tell? Those that hyakki sets itself, and the status,
/// say nothing about whose it is.
bool is_meant_for(const story& s, const tracker_config& t);

/// Two projects that would take the same stories: what one of them searches for is found by the other too.
struct shared_stories {
  std::size_t first = 0, second = 0; ///< indices in `projects`
  std::string where;                 ///< what both look at, for people
};
/// What only the service can tell, such as what a query of one's own finds, is given the benefit of the doubt.
std::vector<shared_stories> both_would_take(const config& c);

} // namespace hyakki
