#pragma once
// Whether stories that are worked on are still wanted. The dispatcher's third half.
//
// With every look a tracker is asked again, in the same message, how its stories in hand stand. One that was closed,
// lost its label, went to somebody else or leads to another repository now is ended, with the reason on its record.
// Only a definite answer ends anything: what a tracker does not tell, or cannot, goes on.

#include "actors/dispatcher.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::reconcile {

/// The keys to ask a tracker about: all of its stories that run, then, as far as there is room, those that back off and
/// those whose turn is next, by and by.
std::vector<std::string> keys(dispatch::pointer self, const std::string& tracker);

/// Ends what is not wanted any more.
void judge(dispatch::pointer self, std::vector<tracker::standing>& standings);

/// Asks a tracker how its stories in hand stand, and judges.
void look_again(dispatch::pointer self, const std::string& tracker);

/// Asks a tracker how some stories stand. `then` gets what it could tell, by key; nothing when it could not be asked.
using answers = std::map<std::string, tracker::standing>;
void ask(dispatch::pointer self, const std::string& tracker, std::vector<std::string> keys,
         std::function<void(answers&)> then);

/// A look showed these, which were withdrawn before: those that their tracker wants for certain are taken up again.
void shown_again(dispatch::pointer self, const std::string& tracker, std::vector<story> found);

/// Was it withdrawn by its tracker, and may a look bring it back? Pure.
bool may_come_back(const story_record& r);

} // namespace hyakki::reconcile
