// events history, stats, clear; logs: what happened, told from the records.

#include "cli/tickets/history.hpp"
#include "cli/tickets/page.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/text_file.hpp"

#include <algorithm>
#include <map>

namespace hyakki::ticket_cli {
namespace {

result<std::vector<happening>> history(const session& at) {
  auto all = at.all<tickets::ticket>();
  auto epics = at.all<tickets::epic>();
  auto tasks = at.all<tickets::agent_task>();
  if (!all || !epics || !tasks)
    return !all ? all.error() : !epics ? epics.error() : tasks.error();
  return history_of(*all, *epics, *tasks);
}

int show(const call& asked) {
  auto type = asked.text("type");
  auto& types = event_types();
  if (!type.empty() && std::find(types.begin(), types.end(), type) == types.end()) {
    std::string known;
    for (auto t : types)
      known += "\n  " + std::string{t};
    return fail("there is no event \"" + type + "\"; there are" + known);
  }
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = history(*at);
  if (!all)
    return fail(all.error());
  if (!type.empty())
    all->erase(std::remove_if(all->begin(), all->end(), [&](auto& h) { return h.type != type; }), all->end());
  auto most = static_cast<std::size_t>(*asked.integer("limit"));
  if (all->size() > most)
    all->erase(all->begin(), all->end() - static_cast<std::ptrdiff_t>(most));
  if (asked.json()) {
    auto out = json::array();
    for (auto& h : *all)
      out.push_back(to_json(h));
    put_json(out);
    return exit_done;
  }
  auto s = sheet{};
  s.columns = {{"Time"}, {"Event"}, {"About"}, {"Title"}};
  for (auto& h : *all)
    s.rows.push_back({h.time.substr(0, 19), std::string{h.type}, h.about,
                      cut(h.data.value("title", h.data.value("task_type", "")), 50)});
  put(s.rows.empty() ? "No events found.\n" : as_grid(s));
  return exit_done;
}

int stats(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = history(*at);
  if (!all)
    return fail(all.error());
  std::map<std::string, std::size_t> by_type;
  for (auto& h : *all)
    ++by_type[std::string{h.type}];
  if (asked.json()) {
    put_json({{"total_events", all->size()},
              {"total_subscribers", 0},
              {"handler_errors", 0},
              {"events_by_type", by_type},
              {"history_size", all->size()},
              {"history_enabled", true}});
    return exit_done;
  }
  auto p = page{};
  p.title("Events", std::to_string(all->size()));
  for (auto& [type, n] : by_type)
    p.fact(type, std::to_string(n));
  p.print();
  return exit_done;
}

int clear(const call& asked) {
  if (asked.json())
    put_json({{"cleared", 0}});
  else
    put("Nothing to clear: events are told from the records, not kept beside them.\n");
  return exit_done;
}

/// One line an event; for machines a JSON object.
int logs(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = history(*at);
  if (!all)
    return fail(all.error());
  constexpr const char* levels[] = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};
  auto rank = [&](const std::string& level) {
    return std::find(std::begin(levels), std::end(levels), level) - std::begin(levels);
  };
  auto least = rank(asked.text("level"));
  std::string out;
  for (auto& h : *all) {
    auto level = std::string{h.type == "agent.task.failed" ? "ERROR" : "INFO"};
    if (rank(level) < least)
      continue;
    if (asked.json())
      out += json{{"timestamp", h.time}, {"level", level},   {"logger", "tickets"},
                  {"message", h.type},   {"about", h.about}, {"data", h.data}}
               .dump(-1, ' ', false, json::error_handler_t::replace) +
             "\n";
    else
      out += h.time.substr(0, 19) + " " + level + " " + std::string{h.type} + " " + cut(h.about) + " " +
             cut(h.data.value("title", h.data.value("task_type", "")), 80) + "\n";
  }
  if (auto file = asked.optional_text("file")) {
    auto written = write_text_file(*file, out);
    if (!written)
      return fail(written.error());
    return exit_done;
  }
  put(out);
  return exit_done;
}

constexpr option history_options[] = {
  {"-t,--type", takes::text, "only this type"},
  {"-n,--limit", takes::integer, "the last so many", nullptr, "20", 1, 1e6},
};
constexpr option log_options[] = {
  {"-l,--level", takes::choice, "this level and above", "DEBUG INFO WARNING ERROR CRITICAL", "INFO"},
  {"--human", takes::nothing, "lines for people (default)"},
  {"-f,--file", takes::text, "write them into this file"},
};

constexpr command rows[] = {
  {"events history", "what happened, oldest first", "table json", show, history_options,
   "Told from the records: creations, comments, requirements, tasks, the last update. An edit that leaves no record "
   "of\n"
   "its own shows only as the last update; what was deleted is not there any more (see the history of the "
   "repository)."},
  {"events stats", "how many of each type", "summary json", stats},
  {"events clear", "there is nothing to clear; kept for scripts", "text json", clear},
  {"logs", "the same as lines of a log", "human json", logs, log_options},
};

} // namespace

commands event_commands() { return rows; }

} // namespace hyakki::ticket_cli
