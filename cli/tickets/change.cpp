// create, update, close, reopen, delete, comment: one ticket changes.

#include "cli/tickets/json.hpp"
#include "cli/tickets/leases.hpp"
#include "cli/tickets/links.hpp"
#include "cli/tickets/misused.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/references.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/tell.hpp"
#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
namespace {

constexpr auto statuses = "open in-progress blocked closed cancelled";
constexpr auto priorities = "critical high medium low";

std::string stripped(const std::string& text) { return std::string{tickets::stripped(text)}; }

int create(const call& asked) {
  auto title = title_given(asked, "what is to be done");
  if (!title)
    return exit_usage;
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto t = tickets::ticket{};
  t.title = *title;
  if (t.title.empty())
    return fail("the title is empty; say in a few words what is to be done");
  t.description = asked.text("description");
  t.priority = asked.text("priority");
  if (auto who = stripped(asked.text("assignee")); !who.empty())
    t.assignee = who;
  t.labels = asked.texts("labels");
  if (auto hours = asked.number("estimate"); hours && *hours != 0)
    t.estimated_hours = hours;
  if (auto points = asked.integer("points"); points && *points != 0)
    t.story_points = points;
  auto config = at->store().config();
  if (!config)
    return fail(config.error());
  t.status = tickets::word_list{tickets::ticket_statuses}.has(config->default_status) ? config->default_status : "open";
  t.reporter = at->me().name;
  t.reporter_email = at->me().email;
  t.branch = at->branch();
  auto made = result<tickets::ticket>{ec::unavailable, ""};
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    if (auto name = asked.text("epic"); !name.empty()) {
      auto epic = turn.load<tickets::epic>(name);
      if (!epic)
        return epic.error();
      t.epic_id = epic->id;
      made = turn.create(t);
      if (!made)
        return made.error();
      epic->ticket_ids.push_back(made->id);
      return turn.put(*epic);
    }
    made = turn.create(t);
    return made ? result<void>{} : made.error();
  });
  if (!done)
    return fail(done.error());
  auto text = "Created " + made->id + ": " + cut(made->title) + "\n";
  if (made->estimated_hours)
    text += "  estimate: " + hours_text(*made->estimated_hours) + "\n";
  if (made->story_points)
    text += "  points: " + std::to_string(*made->story_points) + "\n";
  return told(asked, *made, text);
}

int update(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  std::string said;
  auto note = [&](const char* key, const std::string& value) {
    said += std::string{"  "} + key + ": " + (value.empty() ? "(none)" : cut(value)) + "\n";
  };
  auto after = tickets::ticket{};
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    auto found = turn.load<tickets::ticket>(asked.text("ID"));
    if (!found)
      return found.error();
    auto& t = after = std::move(*found);
    if (auto title = asked.optional_text("title")) {
      t.title = stripped(*title);
      if (t.title.empty())
        return {ec::rejected, "the title is empty; a ticket needs one"};
      note("title", t.title);
    }
    if (auto text = asked.optional_text("description"))
      note("description", t.description = *text);
    if (auto status = asked.optional_text("status"))
      note("status", t.status = *status);
    if (auto priority = asked.optional_text("priority"))
      note("priority", t.priority = *priority);
    if (auto who = asked.optional_text("assignee")) {
      t.assignee = stripped(*who);
      if (t.assignee->empty())
        t.assignee.reset();
      note("assignee", t.assignee.value_or(""));
    }
    if (asked.has("labels")) {
      t.labels = asked.texts("labels");
      note("labels", list_of(t.labels));
    }
    if (auto hours = asked.number("estimate")) {
      t.estimated_hours = hours;
      note("estimate", hours_text(*hours));
    }
    if (auto points = asked.integer("points")) {
      t.story_points = points;
      note("points", std::to_string(*points));
    }
    if (auto epic = asked.optional_text("epic")) {
      if (auto moved = move_to_epic(turn, t, *epic); !moved)
        return moved.error();
      note("epic", t.epic_id.value_or(""));
    }
    if (said.empty())
      return {};
    if (auto put = turn.put(t); !put)
      return put;
    auto stored = turn.load<tickets::ticket>(t.id); // with the time of the change
    if (!stored)
      return stored.error();
    after = std::move(*stored);
    return {};
  });
  if (!done)
    return fail(done.error());
  end_idle_claims(*at);
  return told_update(asked, after, after.id, said);
}

/// Moves a ticket to a status unless it is there.
int move_to(const call& asked, const std::string& status, const char* done, const char* already) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  bool moved = false;
  auto changed = at->change<tickets::ticket>(asked.text("ID"), [&](tickets::ticket& t) -> result<bool> {
    moved = status == "open" ? tickets::is_over(t.status) : t.status != status;
    if (!moved)
      return false;
    t.status = status;
    return true;
  });
  if (!changed)
    return fail(changed.error());
  end_idle_claims(*at);
  return told(asked, *changed,
              moved ? std::string{done} + " " + changed->id + ": " + cut(changed->title) + "\n"
                    : changed->id + " " + already + " (" + changed->status + ")\n");
}

int close(const call& asked) { return move_to(asked, "closed", "Closed", "is closed already"); }
int reopen(const call& asked) { return move_to(asked, "open", "Reopened", "is not closed"); }

int comment(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto id = tickets::random_record_id();
  auto changed = at->change<tickets::ticket>(asked.text("ID"), [&](tickets::ticket& t) -> result<bool> {
    auto c = tickets::comment_record{};
    c.id = id;
    c.author = at->me().name;
    c.email = at->me().email;
    c.content = asked.text("TEXT");
    if (stripped(c.content).empty())
      return {ec::rejected, "the comment is empty; nothing was added"};
    c.created_at = at->now();
    t.comments.push_back(std::move(c));
    return true;
  });
  if (!changed)
    return fail(changed.error());
  return told(asked, *changed, "Added comment " + id + " to " + changed->id + "\n");
}

int remove(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto gone = std::vector<tickets::ticket>{};
  auto done =
    at->in_turn([&](tickets::turn& turn) { return remove_tickets(turn, asked.texts("ID"), asked.has("force"), gone); });
  if (!done)
    return fail(done.error());
  auto ids = json::array();
  std::string text;
  for (auto& t : gone) {
    ids.push_back(t.id);
    text += "Deleted " + t.id + ": " + cut(t.title) + "\n";
  }
  end_idle_claims(*at);
  if (asked.json())
    put_json({{"deleted", ids}});
  else
    put(text);
  return exit_done;
}

constexpr option create_options[] = {
  {"TITLE", takes::text, "what is to be done", nullptr, ""},
  {"-t,--title", takes::text, "the same"},
  {"-d,--description", takes::text, "the long story"},
  {"-p,--priority", takes::choice, "", priorities, "medium"},
  {"-a,--assignee", takes::text, "who does it"},
  {"-l,--labels", takes::word_list, ""},
  {"-e,--estimate", takes::number, "hours", nullptr, nullptr, 0, 1e6},
  {"--points", takes::integer, "story points", nullptr, nullptr, 0, 1e6},
  {"--epic-id,--epic", takes::text, "the epic that it serves"},
};
constexpr option update_options[] = {
  {"ID", takes::text, "the ticket"},
  {"-t,--title", takes::text, ""},
  {"-d,--description", takes::text, ""},
  {"-s,--status", takes::choice, "", statuses},
  {"-p,--priority", takes::choice, "", priorities},
  {"-a,--assignee", takes::text, "\"\" for nobody"},
  {"-l,--labels", takes::word_list, "all of them; \"\" for none"},
  {"-e,--estimate", takes::number, "hours", nullptr, nullptr, 0, 1e6},
  {"--points", takes::integer, "story points", nullptr, nullptr, 0, 1e6},
  {"--epic-id,--epic", takes::text, "the epic that it serves; \"\" for none"},
};
constexpr option id_only[] = {{"ID", takes::text, "the ticket"}};
constexpr option comment_options[] = {{"ID", takes::text, "the ticket"}, {"TEXT", takes::text, "what you have to say"}};
constexpr option delete_options[] = {
  {"ID", takes::each, "the tickets"},
  {"--force", takes::nothing, "also when others name it: they forget it, its tasks and workflows go with it"},
};

constexpr command rows[] = {
  {"create", "make a ticket; prints its id", "text json", create, create_options},
  {"update", "change fields of a ticket", "text json", update, update_options},
  {"close", "set a ticket to closed", "text json", close, id_only},
  {"reopen", "set a closed or cancelled ticket to open", "text json", reopen, id_only},
  {"delete", "remove tickets for good", "text json", remove, delete_options,
   "A ticket that others name (blocked-by, parent, backlog) or that has tasks or workflows is not deleted without "
   "--force."},
  {"comment", "add a comment to a ticket", "text json", comment, comment_options},
};

} // namespace

commands change_commands() { return rows; }

} // namespace hyakki::ticket_cli
