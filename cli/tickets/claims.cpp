// claim, release, claims: who works on what.

#include "cli/tickets/json.hpp"
#include "cli/tickets/leases.hpp"
#include "cli/tickets/links.hpp"
#include "cli/tickets/misused.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/tell.hpp"
#include "tickets/local_time.hpp"
#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
namespace {

json to_json(const lease& l) {
  return json{{"ticket", l.ticket},
              {"holder", l.holder},
              {"since", tickets::local_time_text(l.since_ms)},
              {"until", tickets::local_time_text(l.until_ms)},
              {"until_ms", l.until_ms}};
}

/// The ticket to claim: the one that was named, or the best that is ready.
result<std::string> chosen(const call& asked, tickets::turn& turn, const std::vector<lease>& leases) {
  if (auto id = asked.text("ID"); !id.empty()) {
    auto t = turn.load<tickets::ticket>(id);
    if (!t)
      return t.error();
    if (tickets::is_over(t->status))
      return {ec::rejected, t->id + " is " + t->status + "; reopen it first"};
    return t->id;
  }
  auto all = std::vector<tickets::ticket>{};
  auto seen = turn.each<tickets::ticket>([&](const std::string&, result<tickets::ticket> t) {
    if (t)
      all.push_back(std::move(*t));
  });
  if (!seen)
    return seen.error();
  auto labels = asked.texts("labels");
  for (auto& v : readiness_of(all, leases))
    if (v.ready() && std::all_of(labels.begin(), labels.end(), [&](auto& l) { return has_word(v.about->labels, l); }))
      return v.about->id;
  return std::string{};
}

int claim(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  if (asked.text("ID").empty() == !asked.has("next"))
    return misused(asked, "name one ticket, or give --next for the best that is ready");
  auto holder = std::string{tickets::stripped(asked.has("as") ? asked.text("as") : at->me().name)};
  if (holder.empty() || holder.size() > 200)
    return fail("--as must be a name of 1 to 200 characters");
  auto mine = lease{};
  auto done = at->in_turn([&](tickets::turn& turn) -> result<void> {
    auto file = claims_file::open(at->root(), true);
    auto leases = file ? file->leases(at->now_ms()) : result<std::vector<lease>>{file.error()};
    if (!leases)
      return leases.error();
    auto id = chosen(asked, turn, *leases);
    if (!id)
      return id.error();
    if (id->empty())
      return {};
    auto held = std::find_if(leases->begin(), leases->end(), [&](auto& l) { return l.ticket == *id; });
    if (held != leases->end() && held->holder != holder)
      return {ec::conflict, *id + " is claimed by " + held->holder + " until " + held->until +
                              "; take another one (claim --next), or wait for the end"};
    mine.ticket = *id;
    mine.holder = holder;
    mine.since_ms = held != leases->end() ? held->since_ms : at->now_ms();
    mine.until_ms = at->now_ms() + *asked.integer("for") * 60'000;
    if (held != leases->end())
      *held = mine;
    else
      leases->push_back(mine);
    if (auto saved = file->save(*leases); !saved)
      return saved;
    if (!asked.has("start"))
      return {};
    auto t = turn.load<tickets::ticket>(*id);
    if (!t)
      return t.error();
    t->status = "in-progress";
    t->assignee = holder;
    return turn.put(*t);
  });
  if (!done)
    return fail(done.error());
  if (mine.ticket.empty()) {
    if (asked.json())
      put_json(nullptr);
    else
      put("Nothing is ready: see ready --explain for what waits on what.\n");
    return exit_done;
  }
  if (asked.json())
    put_json(to_json(mine));
  else
    put(mine.ticket + " is " + cut(mine.holder) + "'s until " + tickets::local_time_text(mine.until_ms) + "\n");
  return exit_done;
}

int release(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto id = tickets::ticket_id(asked.text("ID"));
  if (!id)
    return fail(id.error());
  auto holder = asked.has("as") ? asked.text("as") : at->me().name;
  std::string said;
  auto done = at->in_turn([&](tickets::turn&) -> result<void> {
    auto file = claims_file::open(at->root(), true);
    auto leases = file ? file->leases(at->now_ms()) : result<std::vector<lease>>{file.error()};
    if (!leases)
      return leases.error();
    auto held = std::find_if(leases->begin(), leases->end(), [&](auto& l) { return l.ticket == *id; });
    if (held == leases->end()) {
      said = *id + " is not claimed\n";
      return {};
    }
    if (held->holder != holder && !asked.has("force"))
      return {ec::rejected, *id + " is claimed by " + held->holder + " until " + held->until + ", not by " + holder +
                              "; --force takes it away"};
    leases->erase(held);
    said = *id + " is free\n";
    return file->save(*leases);
  });
  if (!done)
    return fail(done.error());
  if (asked.json())
    put_json({{"ticket", *id}, {"holder", nullptr}});
  else
    put(said);
  return exit_done;
}

int list(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto file = claims_file::open(at->root(), false);
  auto leases = file ? file->leases(at->now_ms()) : result<std::vector<lease>>{file.error()};
  if (!leases)
    return fail(leases.error());
  auto out = json::array();
  auto s = sheet{};
  s.columns = {{"Ticket"}, {"Holder"}, {"Until"}};
  for (auto& l : *leases) {
    if (is_idle(l, at->store()))
      continue;
    out.push_back(to_json(l));
    s.rows.push_back({l.ticket, l.holder, l.until});
  }
  if (asked.json())
    put_json(out);
  else
    put(s.rows.empty() ? "Nothing is claimed.\n" : as_grid(s));
  return exit_done;
}

constexpr option claim_options[] = {
  {"ID", takes::text, "the ticket", nullptr, ""},
  {"--next", takes::nothing, "the best ticket that is ready, see ready"},
  {"-l,--labels", takes::word_list, "with --next: only those that have all of these"},
  {"--as", takes::text, "who claims it (default: you)"},
  {"--for", takes::integer, "minutes until the claim ends by itself", nullptr, "60", 1, 43200},
  {"--start", takes::nothing, "also set it to in-progress and assign it"},
};
constexpr option release_options[] = {
  {"ID", takes::text, "the ticket"},
  {"--as", takes::text, "who claimed it (default: you)"},
  {"--force", takes::nothing, "also when somebody else did"},
};

constexpr command rows[] = {
  {"claim", "take a ticket, so that nobody else does", "text json", claim, claim_options,
   "Of many that ask at once exactly one gets it. Asking again prolongs it. Claims are known to all who use this "
   "clone;\n"
   "they end by themselves and leave the tickets as they are."},
  {"release", "give a claimed ticket back", "text json", release, release_options},
  {"claims", "who holds what", "table json", list},
};

} // namespace

commands claim_commands() { return rows; }

} // namespace hyakki::ticket_cli
