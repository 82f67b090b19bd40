// epic ...: goals that several tickets serve.

#include "cli/tickets/epic_figures.hpp"
#include "cli/tickets/epic_order.hpp"
#include "cli/tickets/figures.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/links.hpp"
#include "cli/tickets/misused.hpp"
#include "cli/tickets/page.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/references.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/tell.hpp"
#include "tickets/local_time.hpp"
#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
namespace {

using tickets::epic;

std::string stripped(const std::string& text) { return std::string{tickets::stripped(text)}; }

/// Sets what the call gives; says it in `said`.
result<void> apply(const call& asked, epic& e, std::string& said) {
  auto note = [&](const char* label, const std::string& value) {
    said += std::string{"  "} + label + ": " + (value.empty() ? "(none)" : cut(value)) + "\n";
  };
  auto text = [&](const char* name, std::string& field) {
    if (auto given = asked.optional_text(name))
      note(name, field = *given);
  };
  if (auto title = asked.optional_text("title"))
    note("title", e.title = stripped(*title));
  text("description", e.description);
  text("status", e.status);
  text("priority", e.priority);
  text("owner", e.owner);
  text("owner-email", e.owner_email);
  text("target-version", e.target_version);
  if (asked.has("label"))
    note("labels", list_of(e.labels = asked.texts("label")));
  if (asked.has("goal"))
    note("goals", list_of(e.goals = asked.texts("goal")));
  if (asked.has("criteria"))
    note("success criteria", list_of(e.success_criteria = asked.texts("criteria")));
  for (auto [name, field] : {std::pair{"start-date", &epic::start_date}, std::pair{"target-date", &epic::target_date}})
    if (auto given = asked.optional_text(name)) {
      if (auto date = date_text(*given); !date)
        return with_context(date.error(), std::string{"--"} + name);
      else if (given->empty())
        e.*field = std::nullopt;
      else
        e.*field = *date;
      note(name, *given);
    }
  if ((asked.has("start-date") || asked.has("target-date")) && e.start_date && e.target_date) {
    auto start = tickets::read_local_time(*e.start_date), target = tickets::read_local_time(*e.target_date);
    if (start && target && *target < *start)
      return {ec::rejected, "the target date " + day_of(*e.target_date) + " lies before the start date " +
                              day_of(*e.start_date) + "; change one of them"};
  }
  if (auto points = asked.integer("estimated-points")) {
    e.estimated_story_points = points;
    note("estimated points", std::to_string(*points));
  }
  return {};
}

int create(const call& asked) {
  auto title = title_given(asked, "what is to be reached");
  if (!title)
    return exit_usage;
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto e = epic{};
  e.title = *title;
  e.owner = at->me().name;
  e.owner_email = at->me().email;
  e.priority = asked.text("priority");
  std::string said;
  if (auto done = apply(asked, e, said); !done)
    return fail(done.error());
  if (e.title.empty())
    return fail("the title is empty; say in a few words what is to be reached");
  auto made = at->store().create(e);
  if (!made)
    return fail(made.error());
  return told(asked, *made, "Created epic " + made->id + ": " + cut(made->title) + "\n");
}

int list(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = oldest_first(*at);
  if (!all)
    return fail(all.error());
  if (auto status = asked.text("status"); !status.empty())
    all->erase(std::remove_if(all->begin(), all->end(), [&](auto& e) { return e.status != status; }), all->end());
  if (asked.json()) {
    auto out = json::array();
    for (auto& e : *all)
      out.push_back(to_json(e));
    put_json(out);
    return exit_done;
  }
  if (all->empty()) {
    put("No epics found.\n");
    return exit_done;
  }
  if (asked.format() == "simple") {
    std::string out;
    for (auto& e : *all)
      out += e.id + ": " + cut(e.title) + " (" + cut(e.status) + ")\n";
    put(out);
    return exit_done;
  }
  auto loaded = at->brief_tickets();
  if (!loaded)
    return fail(loaded.error());
  auto s = sheet{};
  s.columns = {{"Epic ID"},    {"Title"}, {"Status"},  {"Priority"},   {"Tickets", true},
               {"Done", true}, {"Owner"}, {"Version"}, {"Target Date"}};
  for (auto& e : *all) {
    auto p = state_of(e, *loaded);
    s.rows.push_back({e.id, cut(e.title, 40), e.status, e.priority, std::to_string(e.ticket_ids.size()),
                      p.tickets + p.missing == 0 ? "-" : fixed(p.percent, 0) + "%", e.owner, or_dash(e.target_version),
                      e.target_date ? day_of(*e.target_date) : "-"});
  }
  put(as_grid(s) + "\n" + cli::counted(all->size(), "epic", "epics") + "\n");
  return exit_done;
}

json derived(const epic& e, const std::vector<tickets::ticket>& all, wall_ms now) {
  auto p = state_of(e, all);
  auto members = json::array();
  for (auto& [id, t] : members_of(e, all)) {
    members.push_back({{"id", id},
                       {"title", t ? json(t->title) : json(nullptr)},
                       {"status", t ? json(t->status) : json(nullptr)},
                       {"found", t != nullptr}});
  }
  return json{{"age_days", tickets::days_since(e.created_at, now)},
              {"is_overdue", is_overdue(e, now)},
              {"progress", to_json(p)},
              {"tickets", members}};
}

int show(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto found = at->load<epic>(asked.text("ID"));
  if (!found)
    return fail(found.error());
  auto& e = *found;
  auto all = at->brief_tickets();
  if (!all)
    return fail(all.error());
  if (asked.json()) {
    auto out = to_json(e);
    out["derived"] = derived(e, *all, at->now_ms());
    put_json(out);
    return exit_done;
  }
  auto members = members_of(e, *all);
  auto p = page{};
  p.title("Epic", e.id);
  p.fact("Title", e.title);
  p.gap();
  p.fact("Status", e.status);
  p.fact("Priority", e.priority);
  p.fact("Owner", e.owner_email.empty() ? e.owner : e.owner + " <" + e.owner_email + ">");
  p.fact("Labels", list_of(e.labels));
  p.fact("Created", minute_of(e.created_at));
  p.fact("Updated", minute_of(e.updated_at));
  p.fact("Age",
         cli::counted(static_cast<std::uint64_t>(tickets::days_since(e.created_at, at->now_ms())), "day", "days"));
  p.fact("Target version", e.target_version);
  p.fact("Start date", e.start_date ? day_of(*e.start_date) : "");
  p.fact("Target date",
         e.target_date ? day_of(*e.target_date) + (is_overdue(e, at->now_ms()) ? " (overdue)" : "") : "");
  p.fact("Completed", e.completed_date ? day_of(*e.completed_date) : "");
  p.fact("Estimated points", e.estimated_story_points ? std::to_string(*e.estimated_story_points) : "");
  if (!members.empty())
    p.fact("Progress", text_of(state_of(e, *all)));
  if (!e.description.empty()) {
    p.head("Description:");
    p.text(e.description);
  }
  auto numbered = [&](const char* head, const tickets::words& lines) {
    if (!lines.empty())
      p.head(head);
    for (std::size_t n = 0; n < lines.size(); ++n)
      p.line(std::to_string(n + 1) + ". " + lines[n], 2);
  };
  numbered("Goals:", e.goals);
  numbered("Success criteria:", e.success_criteria);
  p.head(members.empty() ? "No tickets yet; epic add-ticket " + e.id + " TICKET adds one."
                         : "Tickets (" + std::to_string(members.size()) + "):");
  for (auto& [id, t] : members)
    p.line(t ? id + ": " + t->title + " (" + t->status + ")" : id + ": not there", 2);
  p.print();
  return exit_done;
}

int update(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  std::string said;
  auto changed = at->change<epic>(asked.text("ID"), [&](epic& e) -> result<bool> {
    said.clear();
    auto before = e.status;
    if (auto done = apply(asked, e, said); !done)
      return done.error();
    if (e.title.empty())
      return {ec::rejected, "the title is empty; an epic needs one"};
    if (before != e.status && e.status == "completed")
      e.completed_date = at->now();
    else if (before != e.status)
      e.completed_date.reset();
    return !said.empty();
  });
  if (!changed)
    return fail(changed.error());
  return told_update(asked, *changed, "epic " + changed->id, said);
}

int add_ticket(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto after = epic{};
  std::string said;
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    auto e = turn.load<epic>(asked.text("EPIC"));
    if (!e)
      return e.error();
    auto t = turn.load<tickets::ticket>(asked.text("TICKET"));
    if (!t)
      return t.error();
    auto moved = move_to_epic(turn, *t, e->id);
    if (!moved)
      return moved.error();
    said = (moved->changed ? "Added " + t->id + " to" : "Nothing to change: " + t->id + " is in") + " epic " + e->id +
           (moved->former.empty() ? "" : " (it was in " + moved->former + ")");
    if (auto put = turn.put(*t); !put)
      return put;
    auto stored = turn.load<epic>(e->id);
    if (!stored)
      return stored.error();
    after = std::move(*stored);
    return {};
  });
  if (!done)
    return fail(done.error());
  return told(asked, after, said + "\n");
}

int remove_ticket(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto after = epic{};
  std::string said;
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    auto e = turn.load<epic>(asked.text("EPIC"));
    if (!e)
      return e.error();
    auto t = turn.load<tickets::ticket>(asked.text("TICKET"));
    if (!t && t.error() != ec::not_found)
      return t.error();
    // A ticket that is gone can still be taken out of the list.
    auto id = t ? t->id : *tickets::ticket_id(asked.text("TICKET"));
    auto listed = drop_word(e->ticket_ids, id);
    auto belongs = t && t->epic_id == e->id;
    said =
      (listed || belongs ? "Removed " + id + " from" : "Nothing to change: " + id + " is not in") + " epic " + e->id;
    if (belongs) {
      t->epic_id.reset();
      if (auto put = turn.put(*t); !put)
        return put;
    }
    after = *e;
    return listed ? turn.put(*e) : result<void>{};
  });
  if (!done)
    return fail(done.error());
  return told(asked, after, said + "\n");
}

constexpr auto priorities = "critical high medium low";
constexpr auto statuses = "draft active completed cancelled";
constexpr option create_options[] = {
  {"TITLE", takes::text, "what is to be reached", nullptr, ""},
  {"--name,--title", takes::text, "the same"},
  {"-d,--description", takes::text, ""},
  {"--status", takes::choice, "", statuses},
  {"--priority", takes::choice, "", priorities, "medium"},
  {"--owner", takes::text, "(default: you)"},
  {"--owner-email", takes::text, ""},
  {"-l,--label", takes::each, ""},
  {"--goal", takes::each, ""},
  {"--criteria", takes::each, "by what one knows that it is reached"},
  {"--target-version", takes::text, ""},
  {"--start-date", takes::date, ""},
  {"--target-date", takes::date, ""},
  {"--estimated-points", takes::integer, "", nullptr, nullptr, 0, 1e6},
};
constexpr option update_options[] = {
  {"ID", takes::text, "the epic"},
  {"--title", takes::text, ""},
  {"-d,--description", takes::text, ""},
  {"--status", takes::choice, "", statuses},
  {"--priority", takes::choice, "", priorities},
  {"--owner", takes::text, ""},
  {"--owner-email", takes::text, ""},
  {"-l,--label", takes::each, "all of them, each anew"},
  {"--goal", takes::each, "all of them, each anew"},
  {"--criteria", takes::each, "all of them, each anew"},
  {"--target-version", takes::text, ""},
  {"--start-date", takes::date, "\"\" for none"},
  {"--target-date", takes::date, "\"\" for none"},
  {"--estimated-points", takes::integer, "", nullptr, nullptr, 0, 1e6},
};
constexpr option list_options[] = {{"--status", takes::choice, "", statuses}};
constexpr option id_only[] = {{"ID", takes::text, "the epic"}};
constexpr option pair[] = {{"EPIC", takes::text, "the epic"}, {"TICKET", takes::text, "the ticket"}};
constexpr auto about_add = "A ticket serves one epic: another one that lists it forgets it.";

constexpr command rows[] = {
  {"epic create", "make an epic", "text json", create, create_options},
  {"epic list", "every epic, oldest first", "table simple json", list, list_options},
  {"epic show", "one epic with its tickets", "detailed json", show, id_only},
  {"epic update", "change fields of an epic", "text json", update, update_options},
  {"epic add-ticket", "let a ticket serve an epic", "text json", add_ticket, pair, about_add},
  {"epic add", "the same", "text json", add_ticket, pair, about_add},
  {"epic remove-ticket", "take a ticket out of an epic", "text json", remove_ticket, pair},
  {"epic remove", "the same", "text json", remove_ticket, pair},
};

} // namespace

commands epic_commands() { return rows; }

} // namespace hyakki::ticket_cli
