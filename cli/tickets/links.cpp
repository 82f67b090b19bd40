// link, unlink, ready: what must come before what.

#include "cli/tickets/links.hpp"
#include "cli/text.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/leases.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/tell.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
namespace {

int change_link(const call& asked, bool add) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto kind = *link_of(asked.text("KIND"));
  auto after = tickets::ticket{};
  std::string said;
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    auto a = turn.load<tickets::ticket>(asked.text("ID"));
    if (!a)
      return a.error();
    auto b = turn.load<tickets::ticket>(asked.text("OTHER"));
    if (!b && (add || b.error() != ec::not_found))
      return b.error();
    auto other = b ? b->id : *tickets::ticket_id(asked.text("OTHER"));
    if (a->id == other)
      return {ec::rejected, "a ticket cannot be linked to itself"};
    if (add)
      if (auto free = refuse_cycle(turn, kind, *a, *b); !free)
        return free;
    auto former = std::string{};
    auto changed = false;
    if (add) {
      auto left = leave_former_parent(turn, kind, *a, *b);
      if (!left)
        return left.error();
      former = std::move(*left);
      changed = join(kind, *a, *b);
    } else {
      auto gone = tickets::ticket{};
      gone.id = other;
      changed = part(kind, *a, b ? *b : gone);
    }
    said = !changed ? "Nothing to change: " + a->id + (add ? " has that link already" : " has no such link") + "\n"
                    : a->id + " " + (add ? "now " : "no longer ") + phrase_of(kind) + " " + other +
                        (former.empty() ? "" : " (its parent was " + former + ")") + "\n";
    if (changed) {
      if (auto put = turn.put(*a); !put)
        return put;
      if (b)
        if (auto put = turn.put(*b); !put)
          return put;
    }
    after = *a;
    return {};
  });
  if (!done)
    return fail(done.error());
  return told(asked, after, said);
}

int link(const call& asked) { return change_link(asked, true); }
int unlink(const call& asked) { return change_link(asked, false); }

int ready(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = at->brief_tickets();
  if (!all)
    return fail(all.error());
  auto file = claims_file::open(at->root(), false);
  auto leases = file ? file->leases(at->now_ms()) : result<std::vector<lease>>{file.error()};
  if (!leases)
    return fail(leases.error());
  auto verdicts = readiness_of(*all, *leases);
  auto who = asked.optional_text("assignee");
  auto labels = asked.texts("labels");
  auto wanted = [&](const tickets::ticket& t) {
    return (!who || t.assignee.value_or("") == *who) &&
           std::all_of(labels.begin(), labels.end(), [&](auto& l) { return has_word(t.labels, l); });
  };
  auto limit = asked.integer("limit").value_or(0);
  auto explain = asked.has("explain");
  auto rows = json::array();
  auto s = sheet{};
  s.columns = {{"ID"}, {"Title"}, {"Priority"}, {"Points", true}, {"Unblocks", true}, {"Assignee"}};
  std::string reasons, lines;
  for (auto& v : verdicts) {
    auto& t = *v.about;
    if (!wanted(t) || (!v.ready() && !explain) ||
        (v.ready() && limit > 0 && static_cast<std::int64_t>(s.rows.size()) >= limit))
      continue;
    auto row = json{{"id", t.id},
                    {"title", t.title},
                    {"status", t.status},
                    {"priority", t.priority},
                    {"labels", t.labels},
                    {"assignee", t.assignee ? json(*t.assignee) : json(nullptr)},
                    {"story_points", t.story_points ? json(*t.story_points) : json(nullptr)},
                    {"unblocks", v.unblocks}};
    if (explain) {
      row["ready"] = v.ready();
      row["because"] = v.because;
      reasons += t.id + ": " + (v.ready() ? "ready" : "waits") + "; " + list_of(v.because) + "\n";
    }
    rows.push_back(std::move(row));
    if (!v.ready())
      continue;
    lines += t.id + ": " + cut(t.title) + " (" + t.priority + ")\n";
    s.rows.push_back({t.id, cut(t.title, 50), t.priority, or_dash(t.story_points), std::to_string(v.unblocks),
                      t.assignee.value_or("")});
  }
  if (asked.json())
    put_json(rows);
  else if (explain)
    put(reasons.empty() ? "No tickets found.\n" : reasons);
  else if (s.rows.empty())
    put("Nothing is ready: see ready --explain for what waits on what.\n");
  else
    put(asked.format() == "simple" ? lines : as_grid(s));
  return exit_done;
}

constexpr auto kinds = "blocks blocked-by relates parent child";
constexpr option link_options[] = {
  {"ID", takes::text, "the ticket"},
  {"KIND", takes::choice, "blocks, blocked-by, relates, parent (OTHER is its parent) or child", kinds},
  {"OTHER", takes::text, "the other ticket"},
};
constexpr option ready_options[] = {
  {"--explain", takes::nothing, "say for every open ticket why it is ready or what it waits for"},
  {"-a,--assignee", takes::text, "exactly this name; \"\" = nobody's"},
  {"-l,--labels", takes::word_list, "those that have all of these"},
  {"-n,--limit", takes::integer, "at most so many", nullptr, nullptr, 1, 1e6},
};

constexpr command rows[] = {
  {"ready", "what can be started now, best first", "table simple json", ready, ready_options,
   "Ready is an open ticket that nobody holds by a claim, whose blockers are all closed, cancelled or gone, and which\n"
   "is no parent of open tickets. Order: priority, then how many it unblocks, then age."},
  {"link", "link two tickets; both sides know it", "text json", link, link_options,
   "A circle of blockers or of parents is refused."},
  {"unlink", "take such a link away", "text json", unlink, link_options},
};

} // namespace

commands link_commands() { return rows; }

} // namespace hyakki::ticket_cli
