#pragma once
// What a workflow does next. Decisions only: tasks, stories and files are the caller's.

#include "tickets/model/agent.hpp"
#include "tickets/model/workflow.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

/// Steps that can begin now: those they come after are completed or skipped.
std::vector<std::size_t> startable(const workflow& w);

/// Skips steps whose turn has come and whose condition the ticket does not meet, and those after them in their turn.
/// Whether any was.
bool skip_unmet(workflow& w, const ticket& about);

/// A step is being done, by that task or story.
void begin_step(workflow_step& s, const std::string& task_id);
/// It went wrong: tried again while a retry is left, unless `final`.
void step_failed(workflow_step& s, const std::string& why, bool final = false);
void step_completed(workflow_step& s);

/// The state of the whole, from its steps. One that failed ends it; those that still run are let run.
void settle(workflow& w, const std::string& now);
/// Takes in how the tasks of running steps ended, and settles it.
void settle(workflow& w, const std::vector<agent_task>& tasks, const std::string& now);

/// The try of a step that is under way or comes next, from 1.
std::int64_t current_try(const workflow_step& s);

/// The key of the story that is one try of one step: "WF-0123ABCD-2-1".
std::string story_key(const workflow& w, std::size_t step);
struct step_try {
  std::string workflow;
  std::size_t step = 0;    ///< its place
  std::int64_t number = 0; ///< of the try, from 1
};
/// Nothing for what is no such key.
std::optional<step_try> read_story_key(std::string_view key);

} // namespace hyakki::tickets
