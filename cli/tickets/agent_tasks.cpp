// agent assign, auto-assign, tasks, start, complete, fail, cancel, recommend, learning: who does what.

#include "cli/tickets/agent_figures.hpp"
#include "cli/tickets/assign.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/page.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/references.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/tell.hpp"
#include "tickets/local_time.hpp"
#include "tickets/measure.hpp"
#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
namespace {

using tickets::agent;
using tickets::agent_task;

task_order order_of(const call& asked) {
  auto o = task_order{};
  o.ticket_id = asked.text("TICKET");
  o.agent_id = asked.text("AGENT");
  o.agent_type = asked.text("agent-type");
  o.type = asked.text("TYPE");
  o.description = asked.text("DESCRIPTION");
  o.priority = asked.text("priority");
  o.instructions = asked.text("instructions");
  o.expected_output = asked.text("expected-output");
  o.estimate_minutes = asked.integer("estimate");
  return o;
}

int assign(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto made = std::optional<agent_task>{};
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    auto task = give_out(turn, order_of(asked));
    if (!task)
      return task.error();
    made = std::move(*task);
    return {};
  });
  if (!done)
    return fail(done.error());
  if (made)
    return told(asked, *made,
                "Task " + made->id + " (" + cut(made->task_type) + ") of " + made->ticket_id + " goes to " +
                  made->agent_id + "\n");
  if (asked.json())
    put_json(nullptr);
  else
    put("No agent is free for a task of the type " + cut(asked.text("TYPE")) + "; see agent list --all\n");
  return exit_done;
}

/// Of a task that ended, or so far.
std::string duration_of(const agent_task& t, const std::string& now) {
  auto minutes = t.actual_duration_minutes;
  if (!minutes && t.started_at && !t.completed_at)
    minutes = tickets::minutes_between(*t.started_at, now);
  return minutes ? std::to_string(*minutes) + "m" : "-";
}

int list(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = at->all<agent_task>();
  if (!all)
    return fail(all.error());
  auto who = asked.text("agent"), status = asked.text("status"), ticket = asked.text("ticket");
  std::replace(status.begin(), status.end(), '-', '_');
  std::transform(ticket.begin(), ticket.end(), ticket.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (!status.empty() && !tickets::word_list{tickets::task_statuses}.has(status))
    remark("no task has the status \"" + status +
           "\"; there are assigned, in_progress, completed, failed, cancelled, paused");
  auto found = std::vector<agent_task>{};
  for (auto& t : *all)
    if ((who.empty() || tickets::folded(t.agent_id) == tickets::folded(who)) &&
        (status.empty() || t.status == status) && (ticket.empty() || t.ticket_id == ticket))
      found.push_back(std::move(t));
  std::stable_sort(found.begin(), found.end(), [](auto& a, auto& b) { return a.assigned_at > b.assigned_at; });
  if (asked.json()) {
    auto out = json::array();
    for (auto& t : found)
      out.push_back(to_json(t));
    put_json(out);
    return exit_done;
  }
  if (found.empty()) {
    put("No tasks found.\n");
    return exit_done;
  }
  auto s = sheet{};
  s.columns = {{"Task ID"}, {"Ticket"},   {"Agent"},    {"Type"},    {"Description"},
               {"Status"},  {"Priority"}, {"Duration"}, {"Assigned"}};
  for (auto& t : found)
    s.rows.push_back({t.id, t.ticket_id, t.agent_id, t.task_type, cut(t.description, 40), t.status, t.priority,
                      duration_of(t, at->now()),
                      t.assigned_at.size() < 16 ? t.assigned_at : minute_of(t.assigned_at).substr(5)});
  put(as_grid(s) + "\n" + cli::counted(found.size(), "task", "tasks") + "\n");
  return exit_done;
}

/// Moves a task to `status`; its agent's counters and slot go with it.
int move_task(const call& asked, const std::string& status, std::initializer_list<const char*> from) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto after = agent_task{};
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    auto task = turn.load<agent_task>(asked.text("TASK"));
    if (!task)
      return task.error();
    if (std::find(from.begin(), from.end(), task->status) == from.end()) {
      std::string allowed;
      for (auto word : from)
        allowed += (allowed.empty() ? "" : " or ") + std::string{word};
      return {ec::rejected,
              "task " + task->id + " is " + task->status + "; it can become " + status + " when it is " + allowed};
    }
    task->status = status;
    auto a = turn.load<agent>(task->agent_id);
    if (!a && a.error() != ec::not_found)
      return a.error();
    if (status == "in_progress") {
      task->started_at = turn.time();
      if (a)
        add_word(a->active_tasks, task->id);
    } else {
      task->completed_at = turn.time();
      if (task->started_at)
        if (auto start = tickets::read_local_time(*task->started_at))
          task->actual_duration_minutes = std::max<wall_ms>(0, at->now_ms() - *start) / 60'000;
      if (auto output = asked.optional_text("output"))
        task->output = *output;
      if (auto files = asked.texts("artifact"); !files.empty())
        task->artifacts = files;
      if (auto why = asked.optional_text("error"))
        task->error_message = *why;
      if (a)
        count_end(*a, *task, turn.time());
    }
    if (a)
      if (auto put = turn.put(*a); !put)
        return put;
    after = *task;
    return turn.put(*task);
  });
  if (!done)
    return fail(done.error());
  return told(
    asked, after,
    "Task " + after.id +
      (status == "in_progress" ? " is in progress"
       : status == "failed"    ? " has failed"
                               : " is " + status) +
      (after.actual_duration_minutes ? " after " + std::to_string(*after.actual_duration_minutes) + " min" : "") +
      "\n");
}

int start(const call& asked) { return move_task(asked, "in_progress", {"assigned", "paused"}); }
int complete(const call& asked) { return move_task(asked, "completed", {"in_progress"}); }
int give_up(const call& asked) { return move_task(asked, "failed", {"assigned", "in_progress", "paused"}); }
int cancel(const call& asked) { return move_task(asked, "cancelled", {"assigned", "in_progress", "paused"}); }

int recommend(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto agents = at->all<agent>();
  auto tasks = at->all<agent_task>();
  auto profiles = at->store().profiles();
  if (!agents || !tasks || !profiles)
    return fail(!agents ? agents.error() : !tasks ? tasks.error() : profiles.error());
  std::stable_sort(agents->begin(), agents->end(), [](auto& a, auto& b) { return a.created_at < b.created_at; });
  auto best = recommended(*agents, *tasks, *profiles, asked.text("TYPE"));
  if (asked.json()) {
    auto out = json::array();
    for (auto& r : best)
      out.push_back({{"agent_id", r.agent_id}, {"score", r.score}, {"why", r.why}});
    put_json(out);
    return exit_done;
  }
  std::string text;
  for (auto& r : best)
    text += r.agent_id + "  " + fixed(r.score) + "  " + cut(r.why) + "\n";
  put(text.empty() ? "No active agents.\n" : text);
  return exit_done;
}

int learning(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  if (asked.has("update")) {
    auto agents = at->all<agent>();
    auto tasks = at->all<agent_task>();
    if (!agents || !tasks)
      return fail(!agents ? agents.error() : tasks.error());
    if (auto saved = at->store().save_profiles(learnt(*agents, *tasks, at->now())); !saved)
      return fail(saved.error());
  }
  auto profiles = at->store().profiles();
  if (!profiles)
    return fail(profiles.error());
  if (asked.json()) {
    put_json(to_json(tickets::write_learning_profiles(*profiles)));
    return exit_done;
  }
  if (profiles->empty()) {
    put("Nothing was learnt yet: agent learning --update reads the tasks that are over.\n");
    return exit_done;
  }
  auto s = sheet{};
  s.columns = {{"Agent"}, {"Type"}, {"Tasks", true}, {"Success", true}, {"Minutes", true}, {"Verdict"}};
  for (auto& p : *profiles)
    for (auto& r : p.task_type_performance)
      s.rows.push_back({p.agent_id, r.task_type, std::to_string(r.total_tasks), percent(r.success_rate * 100),
                        fixed(r.avg_duration_minutes),
                        has_word(p.preferred_task_types, r.task_type) ? "good at it"
                        : has_word(p.weak_task_types, r.task_type)    ? "weak at it"
                                                                      : ""});
  put(as_grid(s));
  return exit_done;
}

constexpr auto priorities = "critical high medium low";
constexpr option assign_options[] = {
  {"TICKET", takes::text, "the ticket"},
  {"AGENT", takes::text, "the agent"},
  {"TYPE", takes::text, "code, review, test, document, analyze or a word of yours"},
  {"DESCRIPTION", takes::text, "what is to be done"},
  {"--priority", takes::choice, "", priorities, "medium"},
  {"--instructions", takes::text, ""},
  {"--expected-output", takes::text, ""},
  {"--estimate", takes::integer, "minutes", nullptr, nullptr, 0, 1e6},
};
constexpr option auto_options[] = {
  {"TICKET", takes::text, "the ticket"},
  {"TYPE", takes::text, "code, review, test, document, analyze or a word of yours"},
  {"DESCRIPTION", takes::text, "what is to be done"},
  {"--priority", takes::choice, "", priorities, "medium"},
  {"--agent-type", takes::choice, "only agents of this type",
   "developer reviewer tester analyst documenter project_manager general"},
  {"--instructions", takes::text, ""},
  {"--expected-output", takes::text, ""},
  {"--estimate", takes::integer, "minutes", nullptr, nullptr, 0, 1e6},
};
constexpr option list_options[] = {
  {"--agent", takes::text, ""},
  {"--ticket", takes::text, ""},
  {"--status", takes::text, "assigned, in_progress, completed, failed, cancelled, paused"},
};
constexpr option task_only[] = {{"TASK", takes::text, "the task"}};
constexpr option complete_options[] = {
  {"TASK", takes::text, "the task"},
  {"--output", takes::text, "what it brought"},
  {"--artifact", takes::each, "a file or address"},
};
constexpr option fail_options[] = {{"TASK", takes::text, "the task"}, {"--error", takes::text, "why"}};
constexpr option type_only[] = {{"TYPE", takes::text, "the type of task"}};
constexpr option learning_options[] = {{"--update", takes::nothing, "learn anew from all tasks that are over"}};

constexpr command rows[] = {
  {"agent assign", "give an agent a task of a ticket", "text json", assign, assign_options},
  {"agent auto-assign", "give the task to the agent that fits best", "text json", assign, auto_options,
   "Of the active agents with a free slot that take the type, the best score wins: 10 x free share + 20 x success "
   "rate\n"
   "+ 15 when the type is preferred + 10 x confidence of capabilities whose name has the type. Ties go to the oldest."},
  {"agent tasks", "tasks, newest first", "table json", list, list_options},
  {"agent start", "an agent begins a task", "text json", start, task_only},
  {"agent complete", "a task is done", "text json", complete, complete_options},
  {"agent fail", "a task cannot be done", "text json", give_up, fail_options},
  {"agent cancel", "a task is no longer wanted", "text json", cancel, task_only},
  {"agent recommend", "which agent would be good at a type of task", "text json", recommend, type_only},
  {"agent learning", "how agents fared, by type of task", "table json", learning, learning_options},
  {"tasks", "the same as agent tasks", "table json", list, list_options},
};

} // namespace

commands agent_task_commands() { return rows; }

} // namespace hyakki::ticket_cli
