#pragma once
// Steps of workflows as stories of the `tickets` tracker: what can begin is found, and how a story goes moves its step.
//
// A story is one try of one step, under a key of its own; the workflow's file is the truth, and every move is one turn
// of the store. A repeated report, and one about a try that is over, moves nothing.

#include "core/config.hpp"
#include "core/report.hpp"
#include "core/story.hpp"
#include "tickets/store.hpp"
#include "tickets/workflow_plan.hpp"

#include <string>
#include <vector>

namespace hyakki {

/// One try of one step, with the ticket that it belongs to.
struct ticket_step {
  tickets::workflow of;
  tickets::ticket about;
  std::size_t step = 0;
  std::int64_t number = 0; ///< of the try
  std::string why_not;     ///< why nobody should work on it; empty = wanted
};

/// `not_found` when there is no such workflow, step or ticket. `key` is one that `read_story_key` reads.
result<ticket_step> find_step(const tickets::ticket_store& store, const tickets::step_try& key);

/// Steps that can begin now, of every workflow that stories drive. Skips in the files what need not be done. Why
/// workflows cannot be read goes to `unreadable`.
result<std::vector<ticket_step>> ready_steps(const tickets::ticket_store& store, std::vector<std::string>& unreadable);

/// As the engine works on it: with the ticket's labels, so that it is routed as the ticket is.
story story_of(const ticket_step& s, const tracker_config& config, const std::string& url);

/// Moves the step as the labels of its story tell: begun, done, failed, or ended by a person.
result<void> move_step(const tickets::ticket_store& store, const tickets::step_try& key, const label_change& what,
                       const tracker_config& config);

} // namespace hyakki
