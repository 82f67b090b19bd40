// list, list-summary, search, stats, show: looking at tickets.

#include "cli/tickets/figures.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/tell.hpp"
#include "cli/tickets/ticket_page.hpp"

#include "tickets/catalog.hpp"
#include "tickets/query.hpp"
#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
namespace {

using tickets::summary;

constexpr std::size_t title_width = 50;

/// Every ticket, newest created first; what cannot be read is named on stderr.
result<tickets::catalog> every_ticket(const session& at) {
  auto all = tickets::catalog::open(at.store());
  if (all)
    session::remark_unreadable(all->unreadable());
  return all;
}

/// A word that can never match is no error, but it is said.
void remark_unknown(const std::string& what, const std::string& word, tickets::word_list allowed) {
  if (word.empty() || allowed.has(word))
    return;
  std::string known;
  for (auto w : allowed)
    known += (known.empty() ? "" : ", ") + std::string{w};
  remark("no ticket has the " + what + " \"" + word + "\"; there are " + known);
}

bool has_all(const summary& t, const std::vector<std::string>& wanted) {
  if (wanted.empty())
    return true;
  auto labels = t.labels();
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](auto& w) { return std::find(labels.begin(), labels.end(), w) != labels.end(); });
}

tickets::words labels_of(const summary& t) {
  auto views = t.labels();
  return {views.begin(), views.end()};
}

json to_row(const summary& t) {
  return json{
    {"id", t.id()},           {"title", t.title()},           {"status", t.status()},        {"priority", t.priority()},
    {"labels", labels_of(t)}, {"created_at", t.created_at()}, {"updated_at", t.updated_at()}};
}

int print_list(const call& asked, const session& at, const std::vector<summary>& found) {
  if (asked.json()) {
    auto out = json::array();
    for (auto& t : found) {
      auto row = to_row(t);
      row["assignee"] = t.assignee().empty() ? json(nullptr) : json(t.assignee());
      row["age_days"] = tickets::days_since(t.created_at(), at.now_ms());
      out.push_back(std::move(row));
    }
    put_json(out);
    return exit_done;
  }
  if (found.empty()) {
    put("No tickets found.\n");
    return exit_done;
  }
  if (asked.format() == "simple") {
    std::string out;
    for (auto& t : found)
      out += std::string{t.id()} + ": " + cut(t.title()) + " (" + cut(t.status()) + ")\n";
    put(out);
    return exit_done;
  }
  auto s = sheet{};
  s.columns = {{"ID"}, {"Title"}, {"Status"}, {"Priority"}, {"Labels"}, {"Age"}, {"Assignee"}};
  std::size_t open = 0;
  for (auto& t : found) {
    auto& row = s.rows.emplace_back(); // there may be very many: nothing is copied twice
    row.reserve(s.columns.size());
    row.emplace_back(t.id());
    row.push_back(cut(t.title(), title_width));
    row.emplace_back(t.status());
    row.emplace_back(t.priority());
    row.push_back(list_of(t.labels()));
    row.push_back(std::to_string(tickets::days_since(t.created_at(), at.now_ms())) + "d");
    row.emplace_back(t.assignee());
    open += tickets::is_over(t.status()) ? 0 : 1;
  }
  auto out = as_grid(std::move(s));
  put(out += "\n" + cli::counted(found.size(), "ticket", "tickets") + " (" + std::to_string(open) + " open)\n");
  return exit_done;
}

int list(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto status = asked.has("all") ? "" : asked.text("status");
  remark_unknown("status", status, tickets::ticket_statuses);
  auto labels = asked.texts("labels");
  auto assignee = asked.optional_text("assignee");
  auto all = every_ticket(*at);
  if (!all)
    return fail(all.error());
  auto found = std::vector<summary>{};
  found.reserve(all->tickets().size());
  for (auto& t : all->tickets())
    if ((status.empty() || t.status() == status) && has_all(t, labels) && (!assignee || t.assignee() == *assignee))
      found.push_back(t);
  return print_list(asked, *at, found);
}

int list_summary(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto status = asked.text("status"), priority = asked.text("priority");
  remark_unknown("status", status, tickets::ticket_statuses);
  remark_unknown("priority", priority, tickets::priorities);
  auto labels = asked.texts("labels");
  auto all = every_ticket(*at);
  if (!all)
    return fail(all.error());
  auto found = std::vector<summary>{};
  for (auto& t : all->tickets())
    if ((status.empty() || t.status() == status) && (priority.empty() || t.priority() == priority) &&
        has_all(t, labels))
      found.push_back(t);
  if (asked.json()) {
    auto out = json::array();
    for (auto& t : found)
      out.push_back(to_row(t));
    put_json(out);
    return exit_done;
  }
  if (found.empty()) {
    put("No tickets found.\n");
    return exit_done;
  }
  auto s = sheet{};
  s.columns = {{"ID"}, {"Title"}, {"Status"}, {"Priority"}, {"Labels"}};
  for (auto& t : found)
    s.rows.push_back({std::string{t.id()}, cut(t.title(), title_width), std::string{t.status()},
                      std::string{t.priority()}, list_of(t.labels(), 3)});
  put(as_simple(std::move(s)) + "\n" + cli::counted(found.size(), "ticket", "tickets") + "\n");
  return exit_done;
}

int search(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto query = asked.text("QUERY");
  if (tickets::stripped(query).empty())
    return fail("the query is empty; give a word to look for");
  auto wanted = tickets::read_query(query);
  if (!wanted)
    return fail(wanted.error());
  for (auto& term : wanted->terms)
    for (auto& word : term.any_of)
      if (term.field == "status")
        remark_unknown("status", word, tickets::ticket_statuses);
      else if (term.field == "priority")
        remark_unknown("priority", word, tickets::priorities);
  auto all = every_ticket(*at);
  if (!all)
    return fail(all.error());
  auto fast = asked.has("fast");
  auto found = std::vector<summary>{};
  for (auto n : fast ? all->search_fast(*wanted) : all->search(*wanted))
    found.push_back(all->tickets()[n]);
  if (!fast)
    return print_list(asked, *at, found);
  auto ids = json::array();
  std::string text;
  for (auto& t : found) {
    ids.push_back(t.id());
    text += "  " + std::string{t.id()} + "\n";
  }
  if (asked.json())
    put_json(ids);
  else if (found.empty())
    put("No tickets found.\n");
  else
    put(cli::counted(found.size(), "ticket", "tickets") + " found:\n" + text);
  return exit_done;
}

int stats(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = every_ticket(*at);
  if (!all)
    return fail(all.error());
  auto count = [&](std::string_view status) {
    return std::count_if(all->tickets().begin(), all->tickets().end(), [&](auto& t) { return t.status() == status; });
  };
  auto total = all->tickets().size();
  auto other = static_cast<std::int64_t>(total);
  for (auto status : tickets::ticket_statuses)
    other -= count(status);
  if (asked.json()) {
    put_json({{"total", total},
              {"open", count("open")},
              {"in_progress", count("in-progress")},
              {"blocked", count("blocked")},
              {"closed", count("closed")},
              {"cancelled", count("cancelled")},
              {"other", other}});
    return exit_done;
  }
  put("Total: " + std::to_string(total) + "\nOpen: " + std::to_string(count("open")) +
      "\nIn progress: " + std::to_string(count("in-progress")) + "\nBlocked: " + std::to_string(count("blocked")) +
      "\nClosed: " + std::to_string(count("closed")) + "\nCancelled: " + std::to_string(count("cancelled")) +
      (other != 0 ? "\nOther: " + std::to_string(other) : "") + "\n");
  return exit_done;
}

int show(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto found = at->load<tickets::ticket>(asked.text("ID"));
  if (!found)
    return fail(found.error());
  if (asked.json()) {
    auto out = to_json(*found);
    out["derived"] = derived_json(*found, at->now_ms());
    put_json(out);
  } else {
    print_ticket(*found, at->now_ms());
  }
  return exit_done;
}

constexpr option list_options[] = {
  {"-s,--status", takes::text, "exactly this status", nullptr, "open"},
  {"-l,--labels", takes::word_list, "those that have all of these"},
  {"-a,--assignee", takes::text, "exactly this name; \"\" = nobody's"},
  {"-A,--all", takes::nothing, "every status"},
};
constexpr option summary_options[] = {
  {"-s,--status", takes::text, ""},
  {"-p,--priority", takes::text, ""},
  {"-l,--labels", takes::word_list, "those that have all of these"},
};
constexpr option search_options[] = {
  {"QUERY", takes::text, "words to look for"},
  {"--fast", takes::nothing, "only titles and labels; prints ids"},
};
constexpr option show_options[] = {{"ID", takes::text, "the ticket"}};

constexpr command rows[] = {
  {"list", "open tickets, newest first", "table simple json", list, list_options,
   "Shows tickets whose status is open; -s asks for another, --all for every one. The age is in whole days."},
  {"list-summary", "every ticket in short, newest first", "table json", list_summary, summary_options},
  {"show", "everything that is known of one ticket", "detailed json", show, show_options},
  {"search", "find tickets by their words", "table simple json", search, search_options,
   "Looks for the text, in any case, in titles, descriptions and comments; newest first. Terms narrow it: status:open\n"
   "priority:high label:bug assignee:bob (or none) reporter:ann epic:USER-1 id:FIX-1; with a minus in front they must\n"
   "not hold, with commas between values one is enough. --fast looks at titles and labels, and answers with ids.\n"
   "A query that begins with a minus comes after --: search -- -label:bug"},
  {"stats", "how many tickets of each status", "text json", stats},
};

} // namespace

commands list_commands() { return rows; }

} // namespace hyakki::ticket_cli
