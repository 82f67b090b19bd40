#include "cli/tickets/assign.hpp"

#include "cli/tickets/agent_figures.hpp"
#include "cli/tickets/print.hpp"
#include "tickets/measure.hpp"
#include "tickets/text.hpp"

namespace hyakki::ticket_cli {
namespace {

using tickets::agent;

result<agent> named(tickets::turn& turn, const task_order& order) {
  auto a = turn.load<agent>(order.agent_id);
  if (!a)
    return a;
  if (!is_available(*a))
    return {ec::rejected, a->id + " takes no task now: it is " + a->status + " with " +
                            std::to_string(a->active_tasks.size()) + " of at most " +
                            std::to_string(a->max_concurrent_tasks) + " tasks"};
  if (!can_handle(*a, order.type))
    return {ec::rejected,
            a->id + " takes no task of the type \"" + order.type + "\"; it takes " + list_of(a->preferred_task_types)};
  return a;
}

/// The best score; ties go to the oldest.
result<std::optional<agent>> best(tickets::turn& turn, const task_order& order) {
  auto chosen = std::optional<agent>{};
  double highest = 0;
  auto seen = turn.each<agent>([&](const std::string& id, result<agent> read) {
    if (!read)
      return;
    read = turn.load<agent>(id); // what this turn has given it already counts
    auto score = read ? tickets::assignment_score(*read, order.type) : std::nullopt;
    if (!score || (!order.agent_type.empty() && read->agent_type != order.agent_type))
      return;
    if (!chosen || *score > highest || (*score == highest && read->created_at < chosen->created_at)) {
      highest = *score;
      chosen = std::move(*read);
    }
  });
  if (!seen)
    return seen.error();
  return chosen;
}

} // namespace

result<std::optional<tickets::agent_task>> give_out(tickets::turn& turn, const task_order& order) {
  if (tickets::stripped(order.type).empty() || tickets::stripped(order.description).empty())
    return {ec::rejected, "type and description must not be empty; say what the agent has to do"};
  auto t = turn.load<tickets::ticket>(order.ticket_id);
  if (!t)
    return t.error();
  auto who = std::optional<agent>{};
  if (!order.agent_id.empty()) {
    auto a = named(turn, order);
    if (!a)
      return a.error();
    who = std::move(*a);
  } else {
    auto a = best(turn, order);
    if (!a)
      return a.error();
    who = std::move(*a);
  }
  if (!who)
    return std::optional<tickets::agent_task>{};
  auto task = tickets::agent_task{};
  task.ticket_id = t->id;
  task.agent_id = who->id;
  task.task_type = order.type;
  task.description = order.description;
  task.priority = order.priority;
  task.instructions = order.instructions;
  task.expected_output = order.expected_output;
  task.estimated_duration_minutes = order.estimate_minutes;
  task.assigned_at = turn.time();
  auto made = turn.create(task);
  if (!made)
    return made.error();
  who->active_tasks.push_back(made->id);
  t->agent_tasks.push_back(made->id);
  if (!t->assigned_agent)
    t->assigned_agent = who->id;
  if (auto put = turn.put(*who); !put)
    return put.error();
  if (auto put = turn.put(*t); !put)
    return put.error();
  return std::optional<tickets::agent_task>{*made};
}

} // namespace hyakki::ticket_cli
