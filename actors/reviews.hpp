#pragma once
// Further rounds on pull requests that are open: who asks for one, and whether it begins. The dispatcher's fourth half.
//
// Two ways: the rework label on a story, found by the looks at its tracker; or a review that asks for changes, found by
// looking at a few open pull requests with every look, each in its turn and only for so many days after it was opened.
// A round begins by one durable step that holds its remarks. Where none can begin the tracker is told why, once, and
// the label is taken off.

#include "actors/dispatcher.hpp"

#include <vector>

namespace hyakki::reviews {

/// Looks at the next few open pull requests.
void look(dispatch::pointer self);

/// Looks on through the store for stories that were done of late; a little at a time where it is to go on for ever.
void scan(dispatch::pointer self);

/// A story ended; when it is done its pull request is looked at from now on.
void ended(dispatch::pointer self, const index_entry& e);

/// These stories carry the rework label.
void asked_for(dispatch::pointer self, const std::string& tracker, std::vector<story> found);

/// The step that begins a round. `asked_by` says who wants it. Pure.
change round_step(story_record r, std::vector<remark> remarks, const std::string& asked_by, std::int64_t now);

} // namespace hyakki::reviews
