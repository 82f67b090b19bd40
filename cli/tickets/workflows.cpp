// workflow create, list, status, run, start, cancel: steps of a ticket that agents do one after the other.

#include "cli/tickets/assign.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/page.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/tell.hpp"
#include "cli/tickets/workflow.hpp"
#include "tickets/text.hpp"
#include "tickets/turn.hpp"
#include "tickets/workflow_plan.hpp"

#include <algorithm>
#include <cctype>

namespace hyakki::ticket_cli {
namespace {

using tickets::workflow;

/// "WF-0123ABCD" in any letters; anything else is no file of ours.
result<std::string> known_id(std::string id) {
  std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  auto hex =
    id.size() == 11 && id.compare(0, 3, "WF-") == 0 && id.find_first_not_of("0123456789ABCDEF", 3) == std::string::npos;
  if (!hex)
    return {ec::rejected, "\"" + id + "\" is no workflow; they are called WF- and eight hex digits, see workflow list"};
  return id;
}

/// From the store, or from a turn.
template <class From>
result<workflow> load(const From& from, const std::string& id) {
  auto known = known_id(id);
  if (!known)
    return known.error();
  auto w = from.template load<workflow>(*known);
  if (!w && w.error() == ec::not_found)
    return {ec::not_found, "there is no workflow " + *known + "; see workflow list"};
  return w;
}

/// Loads the workflow that was asked for, and keeps what `change` makes of it, which answers false where that is
/// nothing.
template <class F>
result<workflow> changed(const call& asked, const session& at, F&& change) {
  auto w = workflow{};
  auto done = at.in_turn([&](tickets::turn& turn) -> result<void> {
    auto loaded = load(turn, asked.text("ID"));
    if (!loaded)
      return loaded.error();
    w = *std::move(loaded);
    auto differs = change(w);
    if (!differs)
      return differs.error();
    return *differs ? turn.put(w) : result<void>{};
  });
  return done ? result<workflow>{std::move(w)} : result<workflow>{done.error()};
}

int create(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto w = workflow{};
  w.name = asked.has("name") ? asked.text("name") : asked.has("template") ? asked.text("template") : "workflow";
  w.created_at = at->now();
  w.steps = steps_of_template(asked.text("template"));
  for (auto& text : asked.texts("step")) {
    auto s = step_of(text);
    if (!s)
      return fail(s.error());
    w.steps.push_back(std::move(*s));
  }
  for (auto& text : asked.texts("when"))
    if (auto good = set_condition(w, text); !good)
      return fail(good.error());
  for (auto& s : w.steps)
    s.max_retries = *asked.integer("retries");
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    auto t = turn.load<tickets::ticket>(asked.text("TICKET"));
    if (!t)
      return t.error();
    w.ticket_id = t->id;
    for (auto& s : w.steps)
      s.description = s.name + " of " + t->id + ": " + t->title;
    auto made = turn.create(w);
    if (!made)
      return made.error();
    w = std::move(*made);
    return {};
  });
  if (!done)
    return fail(done.error());
  return told(asked, to_json(w),
              "Made workflow " + w.id + " of " + w.ticket_id + " with " +
                cli::counted(w.steps.size(), "step", "steps") + "\nNext: workflow run " + w.id +
                ", or workflow start " + w.id + " for hyakki's engine\n");
}

int list(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = std::vector<workflow>{};
  auto seen = at->store().each<workflow>([&](const std::string&, result<workflow> w) {
    if (w)
      all.push_back(std::move(*w));
    else
      remark("left out: " + tickets::without_name(w.error().text));
  });
  if (!seen)
    return fail(seen.error());
  std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.created_at < b.created_at; });
  auto out = json::array();
  auto s = sheet{};
  s.columns = {{"ID"}, {"Name"}, {"Ticket"}, {"Status"}, {"Steps", true}, {"Created"}};
  for (auto& w : all) {
    out.push_back(to_json(w));
    auto done = std::count_if(w.steps.begin(), w.steps.end(),
                              [](auto& step) { return step.status == "completed" || step.status == "skipped"; });
    s.rows.push_back({w.id, cut(w.name, 40), w.ticket_id, w.status,
                      std::to_string(done) + "/" + std::to_string(w.steps.size()), minute_of(w.created_at)});
  }
  if (asked.json())
    put_json(out);
  else
    put(all.empty() ? "No workflows found.\n" : as_grid(s));
  return exit_done;
}

std::string page_of(const workflow& w) {
  auto s = sheet{};
  s.columns = {{"Step"}, {"Type"}, {"Status"}, {"After"}, {"When"}, {"Agent"}, {"Task"}, {"Tries", true}, {"Why"}};
  for (auto& step : w.steps) {
    auto skipped = step.status == "skipped";
    auto begun = !skipped && step.status != "pending";
    s.rows.push_back({step.name, step.task_type, step.status, list_of(step.depends_on), cut(step.condition, 40),
                      or_dash(step.agent_id), or_dash(step.task_id), std::to_string(step.retry_count + begun),
                      skipped ? "the ticket did not meet the condition" : cut(step.error, 40)});
  }
  return "Workflow " + w.id + " (" + cut(w.name) + ") of " + cut(w.ticket_id) + ": " + cut(w.status) + "\n" +
         as_grid(s);
}

int status(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto w = load(at->store(), asked.text("ID"));
  if (!w)
    return fail(w.error());
  return told(asked, to_json(*w), page_of(*w));
}

/// Takes in what ended, and gives out what can begin.
int run(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto w = workflow{};
  std::size_t given = 0, waiting = 0;
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    auto loaded = load(turn, asked.text("ID"));
    if (!loaded)
      return loaded.error();
    w = *loaded;
    if (w.status == "cancelled")
      return {ec::rejected, w.id + " is cancelled; make a new one"};
    if (w.driven_by == "stories")
      return {ec::rejected, w.id + " is driven by hyakki's engine since workflow start; see workflow status"};
    if (w.status == "created") {
      w.status = "running";
      w.started_at = at->now();
    }
    auto tasks = std::vector<tickets::agent_task>{};
    auto seen = turn.each<tickets::agent_task>([&](const std::string&, result<tickets::agent_task> t) {
      if (t)
        tasks.push_back(std::move(*t));
    });
    if (!seen)
      return seen;
    settle(w, tasks, at->now());
    auto about = turn.load<tickets::ticket>(w.ticket_id);
    if (!about)
      return about.error();
    if (skip_unmet(w, *about))
      settle(w, at->now());
    for (auto n : startable(w)) {
      auto& step = w.steps[n];
      auto order = task_order{};
      order.ticket_id = w.ticket_id;
      order.agent_id = step.agent_id;
      order.type = step.task_type;
      order.description = step.description;
      order.priority = "high";
      auto task = give_out(turn, order);
      if (!task)
        return task.error();
      if (!*task) {
        ++waiting;
        continue;
      }
      begin_step(step, (*task)->id);
      step.agent_id = (*task)->agent_id;
      ++given;
    }
    return turn.put(w);
  });
  if (!done)
    return fail(done.error());
  auto text = page_of(w) + cli::counted(given, "task", "tasks") + " given out";
  if (waiting != 0)
    text += ", " + cli::counted(waiting, "step waits", "steps wait") + " for a free agent";
  return told(asked, to_json(w), text + "\n");
}

/// Hands it to the engine: from now on a tracker of type tickets shows its steps as stories.
int start(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto w = changed(asked, *at, [&](workflow& w) -> result<bool> {
    if (w.driven_by == "stories" && w.status == "running")
      return false;
    if (w.status != "created")
      return {ec::rejected, w.id + " is " + w.status + " already; make a new one"};
    w.status = "running";
    w.driven_by = "stories";
    w.started_at = at->now();
    return true;
  });
  if (!w)
    return fail(w.error());
  return told(asked, to_json(*w),
              "Started workflow " + w->id + ": hyakki's engine takes its steps as stories, one after the other\n" +
                "Watch: workflow status " + w->id + "\n");
}

int cancel(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto w = changed(asked, *at, [&](workflow& w) -> result<bool> {
    if (w.status == "completed" || w.status == "failed")
      return {ec::rejected, w.id + " is " + w.status + " already"};
    w.status = "cancelled";
    w.completed_at = at->now();
    return true;
  });
  if (!w)
    return fail(w.error());
  return told(asked, to_json(*w),
              "Cancelled workflow " + w->id +
                (w->driven_by == "stories" ? "; the engine ends the stories of its steps\n"
                                           : "; tasks that were given out go on (agent cancel TASK)\n"));
}

constexpr option create_options[] = {
  {"TICKET", takes::text, "the ticket"},
  {"--template", takes::choice,
   "feature: requirements, design, implementation, testing, review; bug: reproduce, diagnose, fix, verify",
   "feature bug"},
  {"--step", takes::each, "NAME:TYPE or NAME:TYPE:AFTER,AFTER"},
  {"--when", takes::each, "NAME=QUERY: skip the step NAME if the ticket does not meet the query when its turn comes"},
  {"--name", takes::text, ""},
  {"--retries", takes::integer, "how often a step is tried again", nullptr, "0", 0, 100},
};
constexpr option id_only[] = {{"ID", takes::text, "the workflow"}};

constexpr command rows[] = {
  {"workflow create", "plan the steps of a ticket", "text json", create, create_options},
  {"workflow list", "every workflow, oldest first", "table json", list},
  {"workflow status", "one workflow with its steps", "table json", status, id_only},
  {"workflow run", "take in what agents have ended, give out what can begin", "table json", run, id_only,
   "Each call goes one round: tasks that ended are taken in, failed ones tried again while retries are left, and "
   "every\n"
   "step whose predecessors are done is given to the agent that fits best. Call it again when tasks have ended; "
   "nothing\n"
   "runs between the calls."},
  {"workflow start", "let hyakki's engine do the steps as stories", "text json", start, id_only,
   "From now on each step whose predecessors are done is a story of the tracker of type tickets: routed by the labels "
   "of\n"
   "its ticket, implemented, reviewed, and told on the ticket. A step is completed when its pull request is open."},
  {"workflow cancel", "give out no more steps", "text json", cancel, id_only},
};

} // namespace

commands workflow_commands() { return rows; }

} // namespace hyakki::ticket_cli
