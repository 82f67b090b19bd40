// agent create, list, show, update, delete: who can be given work.

#include "cli/tickets/agent_figures.hpp"
#include "cli/tickets/figures.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/page.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/tell.hpp"
#include "tickets/text.hpp"

#include <algorithm>
#include <map>

namespace hyakki::ticket_cli {
namespace {

using tickets::agent;
using tickets::agent_task;

std::string stripped(const std::string& text) { return std::string{tickets::stripped(text)}; }

/// "name:0.9" = a capability and how sure it is.
result<tickets::agent_capability> capability_of(const std::string& text) {
  auto c = tickets::agent_capability{};
  auto colon = text.rfind(':');
  c.name = stripped(text.substr(0, colon));
  c.confidence_level = 1;
  if (colon != std::string::npos) {
    char* end = nullptr;
    auto number = text.substr(colon + 1);
    c.confidence_level = std::strtod(number.c_str(), &end);
    if (number.empty() || *end != '\0' || !(c.confidence_level >= 0 && c.confidence_level <= 1))
      return {ec::rejected, "--capability is \"" + text + "\"; write NAME or NAME:0.9, with a number from 0 to 1"};
  }
  if (c.name.empty())
    return {ec::rejected, "--capability is \"" + text + "\"; a capability needs a name"};
  return c;
}

result<void> apply(const call& asked, agent& a, std::string& said) {
  auto note = [&](const char* label, const std::string& value) {
    said += std::string{"  "} + label + ": " + (value.empty() ? "(none)" : cut(value)) + "\n";
  };
  auto text = [&](const char* name, std::string& field) {
    if (auto given = asked.optional_text(name))
      note(name, field = *given);
  };
  auto maybe = [&](const char* name, std::optional<std::string>& field) {
    if (auto given = asked.optional_text(name)) {
      field = given->empty() ? std::nullopt : given;
      note(name, *given);
    }
  };
  if (auto name = asked.optional_text("name"))
    note("name", a.name = stripped(*name));
  text("description", a.description);
  text("type", a.agent_type);
  text("status", a.status);
  if (auto most = asked.integer("max-tasks"))
    note("max-tasks", std::to_string(a.max_concurrent_tasks = *most));
  maybe("endpoint", a.endpoint);
  maybe("model", a.model);
  if (asked.has("prefers"))
    note("prefers", list_of(a.preferred_task_types = asked.texts("prefers")));
  if (asked.has("capability")) {
    a.capabilities.clear();
    for (auto& given : asked.texts("capability")) {
      auto c = capability_of(given);
      if (!c)
        return c.error();
      a.capabilities.push_back(*c);
    }
    note("capabilities", std::to_string(a.capabilities.size()));
  }
  return {};
}

int create(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto a = agent{};
  a.name = stripped(asked.text("NAME"));
  if (a.name.empty())
    return fail("the name is empty; an agent needs one");
  std::string said;
  if (auto done = apply(asked, a, said); !done)
    return fail(done.error());
  if (a.description.empty())
    a.description = "AI agent for " + a.agent_type + " tasks";
  auto made = at->store().create(a);
  if (!made)
    return fail(made.error());
  return told(asked, *made, "Created agent " + made->id + ": " + cut(made->name) + " (" + made->agent_type + ")\n");
}

int update(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  std::string said;
  auto changed = at->change<agent>(asked.text("ID"), [&](agent& a) -> result<bool> {
    said.clear();
    if (auto done = apply(asked, a, said); !done)
      return done.error();
    return !said.empty();
  });
  if (!changed)
    return fail(changed.error());
  return told_update(asked, *changed, "agent " + changed->id, said);
}

int remove(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto gone = agent{};
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    auto a = turn.load<agent>(asked.text("ID"));
    if (!a)
      return a.error();
    auto busy = std::vector<std::string>{};
    auto seen = turn.each<agent_task>([&](const std::string& id, result<agent_task> t) {
      if (t && t->agent_id == a->id && !tickets::is_over(*t))
        busy.push_back(id);
    });
    if (!seen)
      return seen;
    if (!busy.empty())
      return {ec::rejected, a->id + " has active tasks (" + list_of(busy) + "); end them first with agent cancel"};
    gone = *a;
    return turn.remove<agent>(a->id);
  });
  if (!done)
    return fail(done.error());
  if (asked.json())
    put_json({{"deleted", gone.id}});
  else
    put("Deleted agent " + gone.id + "\n");
  return exit_done;
}

int list(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = at->all<agent>();
  if (!all)
    return fail(all.error());
  std::stable_sort(all->begin(), all->end(), [](auto& a, auto& b) { return a.created_at < b.created_at; });
  if (!asked.has("all"))
    all->erase(std::remove_if(all->begin(), all->end(), [](auto& a) { return a.status != "active"; }), all->end());
  if (asked.json()) {
    auto out = json::array();
    for (auto& a : *all)
      out.push_back(to_json(a));
    put_json(out);
    return exit_done;
  }
  if (all->empty()) {
    put("No agents found.\n");
    return exit_done;
  }
  if (asked.format() == "simple") {
    std::string out;
    for (auto& a : *all)
      out += a.id + ": " + cut(a.name) + " (" + cut(a.status) + ")\n";
    put(out);
    return exit_done;
  }
  auto s = sheet{};
  s.columns = {{"ID"}, {"Name"}, {"Type"}, {"Status"}, {"Tasks", true}, {"Success"}, {"Completed", true}, {"Created"}};
  for (auto& a : *all)
    s.rows.push_back({a.id, a.name, a.agent_type, a.status, std::to_string(a.active_tasks.size()),
                      percent(a.metrics.success_rate * 100), std::to_string(a.metrics.tasks_completed),
                      day_of(a.created_at)});
  put(as_grid(s) + "\n" + cli::counted(all->size(), "agent", "agents") + "\n");
  return exit_done;
}

struct type_figures {
  std::size_t total = 0, completed = 0;
};

int show(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto found = at->load<agent>(asked.text("ID"));
  if (!found)
    return fail(found.error());
  auto& a = *found;
  auto tasks = at->all<agent_task>();
  if (!tasks)
    return fail(tasks.error());
  tasks->erase(std::remove_if(tasks->begin(), tasks->end(), [&](auto& t) { return t.agent_id != a.id; }), tasks->end());
  std::stable_sort(tasks->begin(), tasks->end(), [](auto& x, auto& y) { return x.assigned_at > y.assigned_at; });
  auto count = [&](std::string_view status) {
    return std::count_if(tasks->begin(), tasks->end(), [&](auto& t) { return t.status == status; });
  };
  std::map<std::string, type_figures> types;
  for (auto& t : *tasks) {
    ++types[t.task_type].total;
    types[t.task_type].completed += t.status == "completed";
  }
  if (asked.json()) {
    auto out = to_json(a);
    auto by_type = json::object();
    for (auto& [type, f] : types)
      by_type[type] = {{"total", f.total},
                       {"success_rate", static_cast<double>(f.completed) / static_cast<double>(f.total)}};
    out["derived"] = {{"is_available", is_available(a)},     {"total_tasks", tasks->size()},
                      {"in_progress", count("in_progress")}, {"completed", count("completed")},
                      {"failed", count("failed")},           {"task_types", by_type}};
    put_json(out);
    return exit_done;
  }
  auto p = page{};
  p.title("Agent", a.name + " (" + a.id + ")");
  p.fact("Type", a.agent_type);
  p.fact("Status", a.status);
  p.fact("Description", a.description);
  p.fact("Created", minute_of(a.created_at));
  p.head("Configuration:");
  p.fact("Max concurrent tasks", std::to_string(a.max_concurrent_tasks));
  p.fact("Preferred task types", list_of(a.preferred_task_types));
  p.fact("Endpoint", a.endpoint.value_or(""));
  p.fact("Model", a.model.value_or(""));
  p.fact("API key", a.api_key ? "in the file, which is versioned: take it out" : "");
  if (!a.capabilities.empty())
    p.head("Capabilities:");
  for (auto& c : a.capabilities) {
    p.line("- " + c.name + ": " + percent(c.confidence_level * 100) + " confidence" + (c.enabled ? "" : " (disabled)"),
           2);
    p.text(c.description, 4);
  }
  p.head("Tasks:");
  p.fact("Total", std::to_string(tasks->size()));
  p.fact("In progress", std::to_string(count("in_progress")));
  p.fact("Completed", std::to_string(count("completed")));
  p.fact("Failed", std::to_string(count("failed")));
  p.fact("Success rate", percent(a.metrics.success_rate * 100));
  if (a.metrics.total_execution_time_minutes > 0)
    p.fact("Time", hours_text(static_cast<double>(a.metrics.total_execution_time_minutes) / 60));
  if (!types.empty())
    p.head("By type:");
  for (auto& [type, f] : types)
    p.line(type + ": " + std::to_string(f.total) + ", " +
             percent(static_cast<double>(f.completed) * 100 / static_cast<double>(f.total)) + " successful",
           2);
  if (!tasks->empty())
    p.head("Recent tasks:");
  for (std::size_t n = 0; n < tasks->size() && n < 5; ++n)
    p.line((*tasks)[n].id + ": " + cut((*tasks)[n].description, 60) + " (" + (*tasks)[n].status + ")", 2);
  p.print();
  return exit_done;
}

constexpr auto types = "developer reviewer tester analyst documenter project_manager general";
constexpr auto statuses = "active inactive busy error maintenance";
constexpr option create_options[] = {
  {"NAME", takes::text, "how it is called"},
  {"-d,--description", takes::text, ""},
  {"--type", takes::choice, "", types},
  {"--status", takes::choice, "", statuses},
  {"--max-tasks", takes::integer, "at the same time (default: 1)", nullptr, nullptr, 1, 1000},
  {"--endpoint", takes::text, ""},
  {"--model", takes::text, ""},
  {"--prefers", takes::word_list, "task types; it gets no others"},
  {"--capability", takes::each, "NAME or NAME:0.9, how sure it is from 0 to 1"},
};
constexpr option update_options[] = {
  {"ID", takes::text, "the agent"},
  {"--name", takes::text, ""},
  {"-d,--description", takes::text, ""},
  {"--type", takes::choice, "", types},
  {"--status", takes::choice, "", statuses},
  {"--max-tasks", takes::integer, "at the same time", nullptr, nullptr, 1, 1000},
  {"--endpoint", takes::text, "\"\" for none"},
  {"--model", takes::text, "\"\" for none"},
  {"--prefers", takes::word_list, "task types; \"\" for any"},
  {"--capability", takes::each, "all of them, each anew: NAME or NAME:0.9"},
};
constexpr option list_options[] = {{"-a,--all", takes::nothing, "also those that are not active"}};
constexpr option id_only[] = {{"ID", takes::text, "the agent"}};

constexpr command rows[] = {
  {"agent list", "the active agents, oldest first", "table json simple", list, list_options},
  {"agent create", "make an agent known", "text json", create, create_options,
   "There is no option for an API key: the file is versioned. Give secrets to the program that runs the agent."},
  {"agent show", "one agent with its tasks", "detailed json", show, id_only},
  {"agent update", "change fields of an agent", "text json", update, update_options},
  {"agent delete", "remove an agent that has no active task", "text json", remove, id_only},
};

} // namespace

commands agent_commands() { return rows; }

} // namespace hyakki::ticket_cli
