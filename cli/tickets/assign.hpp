#pragma once
// Giving a task of a ticket to an agent: task, agent and ticket change together.

#include "core/error.hpp"
#include "tickets/turn.hpp"

#include <optional>
#include <string>

namespace hyakki::ticket_cli {

struct task_order {
  std::string ticket_id;
  std::string agent_id;   ///< empty = who fits best
  std::string agent_type; ///< with an empty agent_id: only agents of this type; empty = any
  std::string type;
  std::string description;
  std::string priority = "medium";
  std::string instructions;
  std::string expected_output;
  std::optional<std::int64_t> estimate_minutes;
};

/// The task; nothing when no agent is free for it. `rejected` when the agent that was named is not.
result<std::optional<tickets::agent_task>> give_out(tickets::turn& turn, const task_order& order);

} // namespace hyakki::ticket_cli
