// journal and time: what was done on a ticket.

#include "cli/tickets/figures.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/tell.hpp"
#include "cli/tickets/ticket_page.hpp"
#include "tickets/local_time.hpp"
#include "tickets/text.hpp"

#include <algorithm>
#include <cctype>

namespace hyakki::ticket_cli {
namespace {

int journal(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto e = tickets::journal_entry{};
  e.id = tickets::random_record_id();
  e.author = at->me().name;
  e.email = at->me().email;
  e.content = asked.text("TEXT");
  e.entry_type = asked.text("type");
  e.created_at = at->now();
  e.effort_estimate_hours = asked.number("estimate");
  e.effort_spent_hours = asked.number("spent");
  e.completion_percentage = asked.integer("completion");
  e.milestone = asked.optional_text("milestone");
  for (auto& id : asked.texts("dependencies")) {
    auto known = tickets::ticket_id(id);
    if (!known)
      return fail(with_context(known.error(), "--dependencies"));
    e.dependencies.push_back(*known);
  }
  e.risks = asked.texts("risks");
  e.decisions = asked.texts("decisions");
  if (tickets::stripped(e.content).empty())
    return fail("the entry is empty; nothing was added");
  auto changed = at->change<tickets::ticket>(asked.text("ID"), [&](tickets::ticket& t) -> result<bool> {
    t.journal_entries.push_back(e);
    return true;
  });
  if (!changed)
    return fail(changed.error());
  return told(asked, *changed, "Added " + e.entry_type + " entry " + e.id + " to " + changed->id + "\n");
}

json time_json(const tickets::ticket& t, wall_ms now) {
  auto m = tickets::measure(t, now);
  auto out = json{{"id", t.id},
                  {"total_hours", m.hours_logged},
                  {"estimated_hours", t.estimated_hours ? json(*t.estimated_hours) : json(nullptr)},
                  {"remaining_hours", m.hours_remaining ? json(*m.hours_remaining) : json(nullptr)},
                  {"active", nullptr},
                  {"time_logs", to_json(tickets::write_ticket(t))["time_logs"]}};
  for (auto& log : t.time_logs)
    if (log.active())
      out["active"] = json{{"id", log.id},
                           {"start_time", log.start_time},
                           {"entry_type", log.entry_type},
                           {"hours", static_cast<double>(tickets::minutes_of(log, now)) / 60}};
  return out;
}

int time_told(const call& asked, const tickets::ticket& t, wall_ms now, const std::string& text) {
  if (asked.json())
    put_json(time_json(t, now));
  else
    put(text);
  return exit_done;
}

int time_shown(const call& asked, const session& at) {
  auto found = at.load<tickets::ticket>(asked.text("ID"));
  if (!found)
    return fail(found.error());
  if (asked.json())
    return time_told(asked, *found, at.now_ms(), "");
  auto p = page{};
  p.title("Time of", found->id);
  add_time(p, *found, at.now_ms());
  add_time_logs(p, *found);
  p.print();
  return exit_done;
}

tickets::time_log new_log(const call& asked, const session& at) {
  auto log = tickets::time_log{};
  log.id = tickets::random_record_id();
  log.start_time = log.created_at = at.now();
  log.description = asked.text("description");
  log.entry_type = asked.text("type");
  log.author = at.me().name;
  return log;
}

int time(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto start = asked.has("start"), stop = asked.has("stop");
  auto minutes = asked.integer("add");
  if (!start && !stop && !minutes)
    return time_shown(asked, *at);
  std::string text;
  auto log = new_log(asked, *at);
  auto changed = at->change<tickets::ticket>(asked.text("ID"), [&](tickets::ticket& t) -> result<bool> {
    auto running = std::find_if(t.time_logs.begin(), t.time_logs.end(), [](auto& l) { return l.active(); });
    if (start) {
      if (running != t.time_logs.end()) {
        text =
          "Time is running on " + t.id + " already, since " + minute_of(running->start_time) + "; nothing was stored\n";
        return false;
      }
      t.time_logs.push_back(log);
      text = "Time is running on " + t.id + " (" + log.entry_type + "); stop it with --stop\n";
    } else if (stop) {
      if (running == t.time_logs.end()) {
        text = "No time is running on " + t.id + "; start it with --start\n";
        return false;
      }
      auto start = tickets::read_local_time(running->start_time);
      auto back = start && at->now_ms() < *start; // the machine's clock was set back in between
      running->duration_minutes = tickets::minutes_of(*running, at->now_ms());
      running->end_time = back ? running->start_time : at->now();
      text = "Stopped on " + t.id + ": " + std::to_string(*running->duration_minutes) + " min" +
             (back ? "; the clock says that it began later than now, so no time is counted" : "") + "\n";
    } else {
      log.end_time = at->now();
      log.start_time = tickets::local_time_text(at->now_ms() - *minutes * 60'000);
      log.duration_minutes = *minutes;
      t.time_logs.push_back(log);
      text = "Added " + std::to_string(*minutes) + " min to " + t.id + "\n";
    }
    return true;
  });
  if (!changed)
    return fail(changed.error());
  return time_told(asked, *changed, at->now_ms(), text);
}

constexpr option journal_options[] = {
  {"ID", takes::text, "the ticket"},
  {"TEXT", takes::text, "what happened"},
  {"-t,--type", takes::choice, "", "progress blocker milestone decision risk meeting", "progress"},
  {"-e,--estimate", takes::number, "hours", nullptr, nullptr, 0, 1e6},
  {"-s,--spent", takes::number, "hours", nullptr, nullptr, 0, 1e6},
  {"-c,--completion", takes::integer, "percent", nullptr, nullptr, 0, 100},
  {"-m,--milestone", takes::text, ""},
  {"-d,--dependencies", takes::word_list, "tickets"},
  {"-r,--risks", takes::word_list, ""},
  {"--decisions", takes::word_list, ""},
};
constexpr option time_options[] = {
  {"ID", takes::text, "the ticket"},
  {"-s,--start", takes::nothing, "start the clock"},
  {"-t,--stop", takes::nothing, "stop it"},
  {"-a,--add", takes::integer, "minutes that were worked", nullptr, nullptr, 1, 1e6},
  {"--type", takes::choice, "", "work meeting research blocked review testing documentation other", "work"},
  {"-d,--description", takes::text, ""},
};

constexpr command rows[] = {
  {"journal", "write down what happened", "text json", journal, journal_options},
  {"time", "track time, or show it", "text json", time, time_options,
   "Without --start, --stop and --add it shows what was logged. One clock runs on a ticket at a time; clocks of\n"
   "several tickets may run at once."},
};

} // namespace

commands work_log_commands() { return rows; }

} // namespace hyakki::ticket_cli
