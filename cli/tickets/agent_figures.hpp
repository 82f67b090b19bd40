#pragma once
// Which agent fits a task, and what was learnt from those that are over. Pure.

#include "tickets/measure.hpp"

#include <string>
#include <vector>

namespace hyakki::ticket_cli {

/// It can take one more task.
bool is_available(const tickets::agent& a);
/// Its preferred types are empty or have this one.
bool can_handle(const tickets::agent& a, const std::string& type);

/// By what was learnt, the best first; of active agents only.
std::vector<tickets::recommendation> recommended(const std::vector<tickets::agent>& agents,
                                                 const std::vector<tickets::agent_task>& tasks,
                                                 const std::vector<tickets::learning_profile>& profiles,
                                                 const std::string& type);

/// The profiles as the tasks tell them.
std::vector<tickets::learning_profile> learnt(const std::vector<tickets::agent>& agents,
                                              const std::vector<tickets::agent_task>& tasks, const std::string& now);

/// A task is over: counters and the free slot of its agent.
void count_end(tickets::agent& a, const tickets::agent_task& task, const std::string& now);

} // namespace hyakki::ticket_cli
