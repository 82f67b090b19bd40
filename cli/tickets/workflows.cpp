// workflow create, list, status, run, cancel: steps of a ticket that agents do one after the other.

#include "cli/tickets/assign.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/page.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/tell.hpp"
#include "cli/tickets/workflow.hpp"
#include "tickets/directory.hpp"
#include "tickets/json_text.hpp"

#include <algorithm>
#include <cctype>

namespace hyakki::ticket_cli {
namespace {

constexpr std::size_t most_bytes = 1u << 20;

result<tickets::directory> folder(const session& at, bool make) {
  auto root = tickets::directory::open(at.store().path());
  if (!root)
    return root.error();
  return root->folder("workflows", make);
}

/// "WF-0123ABCD" as it is typed; anything else is no file of ours.
result<std::string> known_id(std::string id) {
  std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  auto hex =
    id.size() == 11 && id.compare(0, 3, "WF-") == 0 && id.find_first_not_of("0123456789ABCDEF", 3) == std::string::npos;
  if (!hex)
    return {ec::rejected, "\"" + id + "\" is no workflow; they are called WF- and eight hex digits, see workflow list"};
  return id;
}

result<workflow> load(const session& at, const std::string& id) {
  auto known = known_id(id);
  if (!known)
    return known.error();
  auto where = folder(at, false);
  auto bytes = where ? where->read(*known + ".json", most_bytes) : result<std::string>{where.error()};
  if (!bytes && bytes.error() == ec::not_found)
    return {ec::not_found, "there is no workflow " + *known + "; see workflow list"};
  if (!bytes)
    return bytes.error();
  auto read = tickets::read_json(*bytes);
  auto w = read ? read_workflow(*read) : result<workflow>{read.error()};
  if (!w)
    return with_context(w.error(), "workflows/" + *known + ".json");
  return w;
}

/// Within a turn only.
result<void> save(const session& at, const workflow& w) {
  auto where = folder(at, true);
  if (!where)
    return where.error();
  auto out = to_json(w);
  out.erase("progress");
  return where->write(w.id + ".json", out.dump(2, ' ', false, json::error_handler_t::replace) + "\n", {});
}

int create(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto w = workflow{};
  w.id = "WF-" + tickets::random_task_id();
  w.name = asked.has("name") ? asked.text("name") : asked.has("template") ? asked.text("template") : "workflow";
  w.created_at = at->now();
  w.steps = steps_of_template(asked.text("template"));
  for (auto& text : asked.texts("step")) {
    auto s = step_of(text);
    if (!s)
      return fail(s.error());
    w.steps.push_back(std::move(*s));
  }
  for (auto& s : w.steps) {
    s.id = w.id + "-" + s.name;
    std::replace(s.id.begin(), s.id.end(), ' ', '-');
    s.max_retries = *asked.integer("retries");
  }
  if (auto good = check(w); !good)
    return fail(good.error());
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    auto t = turn.load<tickets::ticket>(asked.text("TICKET"));
    if (!t)
      return t.error();
    w.ticket_id = t->id;
    for (auto& s : w.steps)
      s.description = s.name + " of " + t->id + ": " + t->title;
    return save(*at, w);
  });
  if (!done)
    return fail(done.error());
  return told(asked, w,
              "Made workflow " + w.id + " of " + w.ticket_id + " with " + std::to_string(w.steps.size()) +
                " steps\nNext: workflow run " + w.id + "\n");
}

int list(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = std::vector<workflow>{};
  if (auto where = folder(*at, false)) {
    auto names = where->names();
    if (!names)
      return fail(names.error());
    std::sort(names->begin(), names->end());
    for (auto& name : *names)
      if (name.size() == 16 && name.compare(11, 5, ".json") == 0) {
        auto w = load(*at, name.substr(0, 11));
        if (w)
          all.push_back(std::move(*w));
        else
          remark("left out: " + w.error().text);
      }
  }
  std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.created_at < b.created_at; });
  auto out = json::array();
  auto s = sheet{};
  s.columns = {{"ID"}, {"Name"}, {"Ticket"}, {"Status"}, {"Steps", true}, {"Created"}};
  for (auto& w : all) {
    out.push_back(to_json(w));
    auto done = std::count_if(w.steps.begin(), w.steps.end(), [](auto& step) { return step.status == "completed"; });
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
  s.columns = {{"Step"}, {"Type"}, {"Status"}, {"After"}, {"Agent"}, {"Task"}, {"Tries", true}, {"Error"}};
  for (auto& step : w.steps)
    s.rows.push_back({step.name, step.task_type, step.status, list_of(step.depends_on), or_dash(step.agent_id),
                      or_dash(step.task_id), std::to_string(step.retry_count + (step.status == "pending" ? 0 : 1)),
                      cut(step.error, 40)});
  return "Workflow " + w.id + " (" + cut(w.name) + ") of " + cut(w.ticket_id) + ": " + cut(w.status) + "\n" +
         as_grid(s);
}

int status(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto w = load(*at, asked.text("ID"));
  if (!w)
    return fail(w.error());
  return told(asked, *w, page_of(*w));
}

/// Takes in what ended, and gives out what can begin.
int run(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto w = workflow{};
  std::size_t given = 0, waiting = 0;
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    auto loaded = load(*at, asked.text("ID"));
    if (!loaded)
      return loaded.error();
    w = *loaded;
    if (w.status == "cancelled")
      return {ec::rejected, w.id + " is cancelled; make a new one"};
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
      step.status = "in_progress";
      step.task_id = (*task)->id;
      step.agent_id = (*task)->agent_id;
      ++given;
    }
    return save(*at, w);
  });
  if (!done)
    return fail(done.error());
  auto text = page_of(w) + cli::counted(given, "task", "tasks") + " given out";
  if (waiting != 0)
    text += ", " + cli::counted(waiting, "step waits", "steps wait") + " for a free agent";
  return told(asked, w, text + "\n");
}

int cancel(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto w = workflow{};
  auto done = at->in_turn([&](tickets::turn&) -> result<void> {
    auto loaded = load(*at, asked.text("ID"));
    if (!loaded)
      return loaded.error();
    w = *loaded;
    if (w.status == "completed" || w.status == "failed")
      return {ec::rejected, w.id + " is " + w.status + " already"};
    w.status = "cancelled";
    w.completed_at = at->now();
    return save(*at, w);
  });
  if (!done)
    return fail(done.error());
  return told(asked, w, "Cancelled workflow " + w.id + "; tasks that were given out go on (agent cancel TASK)\n");
}

constexpr option create_options[] = {
  {"TICKET", takes::text, "the ticket"},
  {"--template", takes::choice,
   "feature: requirements, design, implementation, testing, review; bug: reproduce, diagnose, fix, verify",
   "feature bug"},
  {"--step", takes::each, "NAME:TYPE or NAME:TYPE:AFTER,AFTER"},
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
  {"workflow cancel", "give out no more steps", "text json", cancel, id_only},
};

} // namespace

commands workflow_commands() { return rows; }

} // namespace hyakki::ticket_cli
