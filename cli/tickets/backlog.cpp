// backlog ...: work that is weighed before it becomes a ticket.

#include "cli/tickets/backlog_figures.hpp"
#include "cli/tickets/backlog_order.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/misused.hpp"
#include "cli/tickets/page.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/references.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/tell.hpp"
#include "tickets/measure.hpp"
#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
namespace {

using tickets::backlog_item;

std::string stripped(const std::string& text) { return std::string{tickets::stripped(text)}; }

/// Sets what the call gives; says it in `said`.
void apply(const call& asked, backlog_item& b, std::string& said) {
  auto note = [&](const std::string& label, const std::string& value) {
    said += "  " + label + ": " + (value.empty() ? "(none)" : cut(value)) + "\n";
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
  auto whole = [&](const char* name, std::optional<std::int64_t>& field) {
    if (auto given = asked.integer(name)) {
      field = given;
      note(name, std::to_string(*given));
    }
  };
  auto words = [&](const char* name, tickets::words& field) {
    if (asked.has(name))
      note(name, list_of(field = asked.texts(name)));
  };
  if (auto title = asked.optional_text("title"))
    note("title", b.title = stripped(*title));
  text("description", b.description);
  text("type", b.item_type);
  text("priority", b.priority);
  text("status", b.status);
  whole("story-points", b.story_points);
  whole("business-value", b.business_value);
  if (auto hours = asked.number("effort-estimate")) {
    b.effort_estimate = hours;
    note("effort-estimate", hours_text(*hours));
  }
  text("risk-level", b.risk_level);
  text("owner", b.product_owner);
  text("assignee", b.assigned_to);
  maybe("epic-id", b.epic_id);
  maybe("sprint", b.sprint_id);
  maybe("sprint-name", b.sprint_name);
  words("depends", b.dependencies);
  words("criteria", b.acceptance_criteria);
  words("done-when", b.definition_of_done);
  words("label", b.labels);
  text("component", b.component);
  text("theme", b.theme);
}

/// The epic as it is stored, when it is there.
result<void> known_epic(const session& at, backlog_item& b) {
  if (!b.epic_id)
    return {};
  auto epic = at.load<tickets::epic>(*b.epic_id);
  if (!epic)
    return epic.error();
  b.epic_id = epic->id;
  return {};
}

int add(const call& asked) {
  auto title = title_given(asked, "what is wanted");
  if (!title)
    return exit_usage;
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto b = backlog_item{};
  b.title = *title;
  b.product_owner = at->me().name;
  std::string said;
  apply(asked, b, said);
  if (b.title.empty())
    return fail("the title is empty; say in a few words what is wanted");
  if (auto known = known_epic(*at, b); !known)
    return fail(known.error());
  auto made = at->store().create(b);
  if (!made)
    return fail(made.error());
  return told(asked, *made,
              "Added " + made->id + ": " + cut(made->title) + " (score " +
                std::to_string(tickets::priority_score(*made)) + ")\n");
}

json row_of(const backlog_item& b) {
  auto out = to_json(b);
  out["derived"] = {{"score", tickets::priority_score(b)},
                    {"is_ready_for_sprint", tickets::ready_for_sprint(b)},
                    {"lacks", lacks_of(b)}};
  return out;
}

int print_items(const call& asked, const std::vector<backlog_item>& found, bool derived) {
  if (asked.json()) {
    auto out = json::array();
    for (auto& b : found)
      out.push_back(derived ? row_of(b) : to_json(b));
    put_json(out);
    return exit_done;
  }
  if (found.empty()) {
    put("No backlog items found.\n");
    return exit_done;
  }
  if (asked.format() == "simple") {
    std::string out;
    for (auto& b : found)
      out += b.id + ": " + cut(b.title) + " (" + cut(b.status) + ")\n";
    put(out);
    return exit_done;
  }
  auto s = sheet{};
  s.columns = {{"Item ID"},      {"Title"},       {"Type"},        {"Status"}, {"Priority"},
               {"Points", true}, {"Value", true}, {"Score", true}, {"Epic"},   {"Assigned"}};
  for (auto& b : found)
    s.rows.push_back({b.id, cut(b.title, 40), b.item_type, b.status, b.priority, or_dash(b.story_points),
                      or_dash(b.business_value), std::to_string(tickets::priority_score(b)),
                      or_dash(b.epic_id.value_or("")), or_dash(b.assigned_to)});
  put(as_grid(s) + "\n" + cli::counted(found.size(), "backlog item", "backlog items") + "\n");
  return exit_done;
}

int list(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = best_first(*at);
  if (!all)
    return fail(all.error());
  auto status = asked.text("status"), sprint = asked.text("sprint"), epic = asked.text("epic");
  std::transform(epic.begin(), epic.end(), epic.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  auto found = std::vector<backlog_item>{};
  for (auto& b : *all)
    if ((status.empty() || b.status == status) && (sprint.empty() || b.sprint_id == sprint) &&
        (epic.empty() || b.epic_id == epic))
      found.push_back(std::move(b));
  return print_items(asked, found, false);
}

int ready(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = best_first(*at);
  if (!all)
    return fail(all.error());
  auto found = std::vector<backlog_item>{};
  for (auto& b : *all)
    if (tickets::ready_for_sprint(b))
      found.push_back(b);
  if (asked.has("explain")) {
    auto rows = json::array();
    std::string out;
    for (auto& b : *all)
      if (b.status != "done" && b.status != "cancelled" && b.status != "in-progress") {
        rows.push_back(row_of(b));
        out += b.id + ": " + (tickets::ready_for_sprint(b) ? "ready" : "lacks " + list_of(lacks_of(b))) + "\n";
      }
    return told(asked, rows, out.empty() ? "No backlog items found.\n" : out);
  }
  return print_items(asked, found, true);
}

int show(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto found = at->load<backlog_item>(asked.text("ID"));
  if (!found)
    return fail(found.error());
  auto& b = *found;
  if (asked.json()) {
    put_json(row_of(b));
    return exit_done;
  }
  auto p = page{};
  p.title("Backlog item", b.id);
  p.fact("Title", b.title);
  p.gap();
  p.fact("Type", b.item_type);
  p.fact("Status", b.status);
  p.fact("Priority", b.priority);
  p.fact("Score", std::to_string(tickets::priority_score(b)));
  p.fact("Ready for a sprint", tickets::ready_for_sprint(b) ? "yes" : "no, it lacks " + list_of(lacks_of(b)));
  p.fact("Story points", b.story_points ? std::to_string(*b.story_points) : "");
  p.fact("Business value", b.business_value ? std::to_string(*b.business_value) : "");
  p.fact("Effort", b.effort_estimate ? hours_text(*b.effort_estimate) : "");
  p.fact("Risk", b.risk_level);
  p.fact("Product owner", b.product_owner);
  p.fact("Assigned to", b.assigned_to);
  p.fact("Epic", b.epic_id.value_or(""));
  p.fact("Ticket", b.ticket_id.value_or(""));
  p.fact("Sprint", b.sprint_id.value_or("") + (b.sprint_name ? " " + *b.sprint_name : ""));
  p.fact("Depends on", list_of(b.dependencies));
  p.fact("Labels", list_of(b.labels));
  p.fact("Component", b.component);
  p.fact("Theme", b.theme);
  p.fact("Created", minute_of(b.created_at));
  p.fact("Updated", minute_of(b.updated_at));
  if (!b.description.empty()) {
    p.head("Description:");
    p.text(b.description);
  }
  auto points = [&](const char* head, const tickets::words& lines) {
    if (!lines.empty())
      p.head(head);
    for (auto& l : lines)
      p.line("- " + l, 2);
  };
  points("Acceptance criteria:", b.acceptance_criteria);
  points("Done when:", b.definition_of_done);
  p.print();
  return exit_done;
}

int update(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  std::string said;
  auto changed = at->change<backlog_item>(asked.text("ID"), [&](backlog_item& b) -> result<bool> {
    said.clear();
    apply(asked, b, said);
    if (b.title.empty())
      return {ec::rejected, "the title is empty; a backlog item needs one"};
    if (asked.has("epic-id"))
      if (auto known = known_epic(*at, b); !known)
        return known.error();
    return !said.empty();
  });
  if (!changed)
    return fail(changed.error());
  return told_update(asked, *changed, changed->id, said);
}

int convert(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto made = tickets::ticket{};
  std::string said;
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    auto b = turn.load<backlog_item>(asked.text("ID"));
    if (!b)
      return b.error();
    if (b->ticket_id && turn.load<tickets::ticket>(*b->ticket_id))
      return {ec::conflict, b->id + " became ticket " + *b->ticket_id + " already; nothing was made"};
    if (b->status == "cancelled" || b->status == "done")
      return {ec::rejected,
              b->id + " is " + b->status + "; set it to ready first (backlog update " + b->id + " --status ready)"};
    auto draft = tickets::ticket_from(*b, asked.text("reporter"), at->now());
    draft.reporter_email = asked.has("reporter") ? "" : at->me().email;
    auto t = turn.create(draft);
    if (!t)
      return t.error();
    made = *t;
    b->ticket_id = t->id;
    b->status = "in-progress";
    said = "Made ticket " + t->id + " of " + b->id + ": " + cut(t->title) + "\n";
    if (t->epic_id)
      if (auto epic = turn.load<tickets::epic>(*t->epic_id); epic && add_word(epic->ticket_ids, t->id))
        if (auto put = turn.put(*epic); !put)
          return put;
    return turn.put(*b);
  });
  if (!done)
    return fail(done.error());
  return told(asked, made, said);
}

int score(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = std::vector<backlog_item>{};
  if (auto id = asked.text("ID"); !id.empty()) {
    auto one = at->load<backlog_item>(id);
    if (!one)
      return fail(one.error());
    all.push_back(std::move(*one));
  } else {
    auto every = best_first(*at);
    if (!every)
      return fail(every.error());
    all = std::move(*every);
  }
  auto out = json::array();
  std::string text;
  for (auto& b : all) {
    out.push_back({{"id", b.id},
                   {"title", b.title},
                   {"score", tickets::priority_score(b)},
                   {"is_ready_for_sprint", tickets::ready_for_sprint(b)}});
    text += b.id + ": " + std::to_string(tickets::priority_score(b)) + "  " + cut(b.title, 50) +
            (tickets::ready_for_sprint(b) ? " (ready)" : "") + "\n";
  }
  if (asked.json())
    put_json(out);
  else
    put(text.empty() ? "No backlog items found.\n" : text);
  return exit_done;
}

constexpr auto types = "story feature bug epic task spike";
constexpr auto priorities = "critical high medium low";
constexpr auto statuses = "new groomed ready in-progress done cancelled";
constexpr auto risks = "low medium high";

constexpr option add_options[] = {
  {"TITLE", takes::text, "what is wanted", nullptr, ""},
  {"-t,--title", takes::text, "the same"},
  {"-d,--description", takes::text, ""},
  {"--type", takes::choice, "", types},
  {"--priority", takes::choice, "", priorities},
  {"--status", takes::choice, "", statuses},
  {"--story-points", takes::integer, "", nullptr, nullptr, 0, 1e6},
  {"--business-value", takes::integer, "", nullptr, nullptr, 1, 100},
  {"--effort-estimate", takes::number, "hours", nullptr, nullptr, 0, 1e6},
  {"--risk-level", takes::choice, "", risks},
  {"--epic,--epic-id", takes::text, "the epic that it serves"},
  {"--component", takes::text, ""},
  {"--theme", takes::text, ""},
  {"-l,--label", takes::each, ""},
  {"-c,--criteria", takes::each, "an acceptance criterion"},
  {"--done-when", takes::each, "a part of the definition of done"},
  {"--depends", takes::each, "what must come first"},
  {"--owner", takes::text, "product owner (default: you)"},
  {"-a,--assignee", takes::text, ""},
  {"--sprint", takes::text, "its id"},
  {"--sprint-name", takes::text, ""},
};
constexpr option update_options[] = {
  {"ID", takes::text, "the item"},
  {"-t,--title", takes::text, ""},
  {"-d,--description", takes::text, ""},
  {"--type", takes::choice, "", types},
  {"--priority", takes::choice, "", priorities},
  {"--status", takes::choice, "", statuses},
  {"--story-points", takes::integer, "", nullptr, nullptr, 0, 1e6},
  {"--business-value", takes::integer, "", nullptr, nullptr, 1, 100},
  {"--effort-estimate", takes::number, "hours", nullptr, nullptr, 0, 1e6},
  {"--risk-level", takes::choice, "", risks},
  {"--epic,--epic-id", takes::text, "\"\" for none"},
  {"--component", takes::text, ""},
  {"--theme", takes::text, ""},
  {"-l,--label", takes::each, "all of them, each anew"},
  {"-c,--criteria", takes::each, "all of them, each anew"},
  {"--done-when", takes::each, "all of them, each anew"},
  {"--depends", takes::each, "all of them, each anew"},
  {"--owner", takes::text, ""},
  {"-a,--assignee", takes::text, ""},
  {"--sprint", takes::text, "\"\" for none"},
  {"--sprint-name", takes::text, ""},
};
constexpr option list_options[] = {
  {"--status", takes::choice, "", statuses},
  {"--epic", takes::text, ""},
  {"--sprint", takes::text, "its id"},
};
constexpr option ready_options[] = {{"--explain", takes::nothing, "also say what the others lack"}};
constexpr option id_only[] = {{"ID", takes::text, "the item"}};
constexpr option maybe_id[] = {{"ID", takes::text, "the item; all without it", nullptr, ""}};
constexpr option convert_options[] = {
  {"ID", takes::text, "the item"},
  {"--reporter", takes::text, "(default: the product owner)"},
};

constexpr command rows[] = {
  {"backlog add", "add an item to the backlog", "text json", add, add_options},
  {"backlog list", "the backlog, best score first", "table simple json", list, list_options},
  {"backlog show", "one item", "detailed json", show, id_only},
  {"backlog update", "change fields of an item", "text json", update, update_options},
  {"backlog convert", "make a ticket of an item", "text json", convert, convert_options,
   "Each acceptance criterion becomes a requirement of the ticket. The item goes to in-progress and names the ticket."},
  {"backlog score", "the scores", "text json", score, maybe_id,
   "Score = 100 for each level of priority (low 1 ... critical 4) + value - 2 x points. Without a value 50 counts,\n"
   "without points 5."},
  {"backlog ready", "what could go into a sprint", "table simple json", ready, ready_options,
   "Ready is an item that is groomed or ready, has story points and at least one acceptance criterion."},
};

} // namespace

commands backlog_commands() { return rows; }

} // namespace hyakki::ticket_cli
