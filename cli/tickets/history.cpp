#include "cli/tickets/history.hpp"

#include "tickets/local_time.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
namespace {

json about(const tickets::ticket& t) {
  return json{{"ticket_id", t.id}, {"title", t.title}, {"status", t.status}, {"priority", t.priority}};
}

json with(json data, const char* key, const std::string& value) {
  data[key] = value;
  return data;
}

void add_ticket(std::vector<happening>& out, const tickets::ticket& t) {
  auto add = [&](const std::string& time, std::string_view type, json data) {
    if (!time.empty())
      out.push_back({time, type, t.id, std::move(data)});
  };
  add(t.created_at, "ticket.created", about(t));
  for (auto& c : t.comments)
    add(c.created_at, "ticket.commented", with(about(t), "comment_id", c.id));
  for (auto& r : t.requirements)
    add(r.created_at, "requirement.added", with(about(t), "requirement_id", r.id));
  for (auto& r : t.expected_results)
    if (r.verified_at && r.status == "verified")
      add(*r.verified_at, "requirement.verified", with(about(t), "result_id", r.id));
  for (auto& e : t.journal_entries)
    if (e.entry_type == "milestone")
      add(e.created_at, "milestone.reached", with(about(t), "milestone", e.milestone.value_or("")));
  // The last change of a ticket that is closed is taken for its closing: no other time is kept.
  if (t.status == "closed")
    add(t.updated_at, "ticket.closed", about(t));
  else if (t.updated_at > t.created_at)
    add(t.updated_at, "ticket.updated", about(t));
}

void add_epic(std::vector<happening>& out, const tickets::epic& e) {
  auto data = json{{"epic_id", e.id}, {"title", e.title}, {"status", e.status}};
  out.push_back({e.created_at, "epic.created", e.id, data});
  if (e.completed_date)
    out.push_back({*e.completed_date, "epic.completed", e.id, data});
  else if (e.updated_at > e.created_at)
    out.push_back({e.updated_at, "epic.updated", e.id, data});
}

void add_task(std::vector<happening>& out, const tickets::agent_task& t) {
  auto data = json{{"task_id", t.id},
                   {"ticket_id", t.ticket_id},
                   {"agent_id", t.agent_id},
                   {"task_type", t.task_type},
                   {"status", t.status}};
  out.push_back({t.assigned_at, "agent.task.assigned", t.id, data});
  if (t.started_at)
    out.push_back({*t.started_at, "agent.task.started", t.id, data});
  if (t.completed_at && t.status == "completed")
    out.push_back({*t.completed_at, "agent.task.completed", t.id, data});
  if (t.completed_at && t.status == "failed")
    out.push_back({*t.completed_at, "agent.task.failed", t.id, data});
}

} // namespace

const std::vector<std::string_view>& event_types() {
  static const std::vector<std::string_view> types{
    "ticket.created",    "ticket.updated",       "ticket.closed",        "ticket.reopened",    "ticket.deleted",
    "ticket.assigned",   "ticket.commented",     "agent.task.assigned",  "agent.task.started", "agent.task.completed",
    "agent.task.failed", "requirement.added",    "requirement.verified", "test.passed",        "test.failed",
    "epic.created",      "epic.updated",         "epic.completed",       "milestone.reached",  "sprint.started",
    "sprint.completed",  "system.index.rebuilt", "system.cache.cleared",
  };
  return types;
}

std::vector<happening> history_of(const std::vector<tickets::ticket>& all, const std::vector<tickets::epic>& epics,
                                  const std::vector<tickets::agent_task>& tasks) {
  std::vector<happening> out;
  for (auto& t : all)
    add_ticket(out, t);
  for (auto& e : epics)
    add_epic(out, e);
  for (auto& t : tasks)
    add_task(out, t);
  std::stable_sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.time < b.time; });
  return out;
}

json to_json(const happening& h) {
  auto at = tickets::read_local_time(h.time).value_or(0);
  return json{{"id", "evt_" + std::to_string(at) + "_" + h.about},
              {"type", h.type},
              {"data", h.data},
              {"source", "records"},
              {"metadata", json::object()},
              {"timestamp", h.time}};
}

} // namespace hyakki::ticket_cli
