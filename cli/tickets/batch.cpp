// batch create, update, close, delete: many tickets in one go.

#include "cli/text.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/leases.hpp"
#include "cli/tickets/links.hpp"
#include "cli/tickets/odd_values.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/references.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/text_file.hpp"
#include "cli/tickets/value_fields.hpp"
#include "tickets/json_text.hpp"
#include "tickets/text.hpp"

#include <chrono>
#include <functional>
#include <iostream>
#include <unistd.h>
#include <utility>

namespace hyakki::ticket_cli {
namespace {

constexpr std::size_t most_batch_bytes = 1u << 20;

/// The ids of a batch as a person wants to read them; --json has them all.
std::string some_of(const std::vector<std::string>& ids) {
  constexpr std::size_t shown = 12;
  auto out = list_of(ids, shown);
  return ids.size() <= shown ? out : out + ", … and " + std::to_string(ids.size() - shown) + " more";
}

struct outcome {
  std::vector<std::string> created, updated, deleted, errors;
  std::size_t done = 0, failed = 0;
  bool rolled_back = false;
};

/// One operation on the store, and what is done after each other when all of its turn were done: tickets of one batch
/// may name each other in any order.
struct step {
  std::string name;
  std::function<result<void>(tickets::turn&, outcome&)> work;
  std::vector<std::function<result<void>(tickets::turn&)>> after = {};
};

/// What follows a ticket that was changed, or made: the other sides of its links hear of it, and the whole must hold.
/// Both tickets outlive the steps.
std::vector<std::function<result<void>(tickets::turn&)>> afterwards(const tickets::ticket& was,
                                                                    const tickets::ticket& is) {
  return {[&](tickets::turn& turn) { return untie(turn, was, is); },
          [&](tickets::turn& turn) { return tie(turn, was, is); },
          [&](tickets::turn& turn) { return refuse_odd(turn, was, is); }};
}

/// All in one turn, or each in its own.
outcome carry_out(const session& at, const std::vector<step>& steps, bool atomic) {
  auto out = outcome{};
  auto count = [&](const std::string& name, const result<void>& did, outcome& into) {
    if (did) {
      ++into.done;
    } else {
      ++into.failed;
      into.errors.push_back(name + ": " + tickets::without_name(did.error().text));
    }
  };
  if (!atomic) {
    for (auto& one : steps) {
      auto part = outcome{};
      auto did = at.in_turn([&](tickets::turn& turn) {
        auto done = one.work(turn, part);
        for (auto n = one.after.begin(); done && n != one.after.end(); ++n)
          done = (*n)(turn);
        return done;
      });
      if (did) {
        out.created.insert(out.created.end(), part.created.begin(), part.created.end());
        out.updated.insert(out.updated.end(), part.updated.begin(), part.updated.end());
        out.deleted.insert(out.deleted.end(), part.deleted.begin(), part.deleted.end());
      }
      count(one.name, did, out);
    }
    return out;
  }
  auto part = outcome{};
  auto whole = at.in_turn([&](tickets::turn& turn) -> result<void> {
    for (auto& one : steps) {
      auto did = one.work(turn, part);
      count(one.name, did, part);
      if (!did)
        return did;
    }
    bool more = true;
    for (std::size_t n = 0; std::exchange(more, false); ++n)
      for (auto& one : steps) {
        if (n >= one.after.size())
          continue;
        more = true;
        if (auto did = one.after[n](turn); !did) {
          part.errors.push_back(one.name + ": " + tickets::without_name(did.error().text));
          return did;
        }
      }
    return {};
  });
  if (whole)
    return part;
  // Nothing was written: nothing is listed.
  out.errors = part.errors;
  if (out.errors.empty())
    out.errors.push_back(tickets::without_name(whole.error().text));
  out.failed = 1;
  out.rolled_back = part.done != 0;
  return out;
}

int tell(const call& asked, const outcome& o, double ms) {
  if (asked.json()) {
    put_json({{"success", o.failed == 0},
              {"operations_executed", o.done},
              {"operations_failed", o.failed},
              {"created_ids", o.created},
              {"updated_ids", o.updated},
              {"deleted_ids", o.deleted},
              {"errors", o.errors},
              {"duration_ms", ms},
              {"rolled_back", o.rolled_back}});
  } else {
    std::string text;
    for (auto [what, ids] :
         {std::pair{"Created", &o.created}, std::pair{"Changed", &o.updated}, std::pair{"Deleted", &o.deleted}})
      if (!ids->empty())
        text += std::string{what} + " " + std::to_string(ids->size()) + ": " + some_of(*ids) + "\n";
    put(text.empty() && o.failed == 0 ? "Nothing to do.\n" : text);
    for (auto& e : o.errors)
      say_error(e);
    if (o.failed != 0 && !asked.has("no-atomic"))
      say_error("nothing was changed; --no-atomic does what can be done");
  }
  return o.failed == 0 ? exit_done : exit_refused;
}

int run_steps(const call& asked, const session& at, const std::vector<step>& steps) {
  auto began = std::chrono::steady_clock::now();
  auto o = carry_out(at, steps, !asked.has("no-atomic"));
  auto took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began);
  end_idle_claims(at);
  return tell(asked, o, took.count());
}

result<tickets::value> file_of(const call& asked) {
  auto path = asked.text("FILE");
  auto bytes = read_text_file(path, most_batch_bytes);
  if (!bytes)
    return bytes.error();
  auto read = tickets::read_json(*bytes);
  if (!read)
    return with_context(read.error(), path);
  return read;
}

int create(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto file = file_of(asked);
  if (!file)
    return fail(file.error());
  if (file->is != tickets::value::kind::list)
    return fail(asked.text("FILE") + " must be a JSON array of tickets: [{\"title\": \"...\"}, ...]");
  auto steps = std::vector<step>{};
  const auto nothing = tickets::ticket{};
  auto all = std::vector<tickets::ticket>(file->items.size());
  for (std::size_t n = 0; n < file->items.size(); ++n) {
    auto make = [&, n](tickets::turn& turn, outcome& o) -> result<void> {
      auto t = ticket_of(file->items[n]);
      if (!t)
        return t.error();
      if (t->reporter.empty()) {
        t->reporter = at->me().name;
        t->reporter_email = at->me().email;
      }
      auto made = turn.create(*t);
      if (!made)
        return made.error();
      o.created.push_back(made->id);
      all[n] = std::move(*made);
      return {};
    };
    steps.push_back({"ticket " + std::to_string(n + 1), make, afterwards(nothing, all[n])});
  }
  return run_steps(asked, *at, steps);
}

int update(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto file = file_of(asked);
  if (!file)
    return fail(file.error());
  if (file->is != tickets::value::kind::map)
    return fail(asked.text("FILE") +
                " must be a JSON object of ids and what changes: {\"FIX-1\": {\"status\": \"closed\"}, ...}");
  auto steps = std::vector<step>{};
  auto before = std::vector<tickets::ticket>(file->keys.size()), after = before;
  for (std::size_t n = 0; n < file->keys.size(); ++n) {
    auto change = [&, n](tickets::turn& turn, outcome& o) -> result<void> {
      auto t = turn.load<tickets::ticket>(file->keys[n]);
      if (!t)
        return t.error();
      auto changed = with_fields(*t, file->items[n]);
      if (!changed)
        return changed.error();
      o.updated.push_back(t->id);
      before[n] = std::move(*t);
      after[n] = *changed;
      return turn.put(std::move(*changed));
    };
    steps.push_back({file->keys[n], change, afterwards(before[n], after[n])});
  }
  return run_steps(asked, *at, steps);
}

int close(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto steps = std::vector<step>{};
  for (auto& id : asked.texts("ID"))
    steps.push_back({id, [id](tickets::turn& turn, outcome& o) -> result<void> {
                       auto t = turn.load<tickets::ticket>(id);
                       if (!t)
                         return t.error();
                       if (t->status == "closed")
                         return {};
                       t->status = "closed";
                       o.updated.push_back(t->id);
                       return turn.put(*t);
                     }});
  return run_steps(asked, *at, steps);
}

/// True when the user says so on a terminal, or nobody has to be asked.
bool agreed(const call& asked, const std::vector<std::string>& ids) {
  if (asked.has("no-confirm"))
    return true;
  if (::isatty(STDIN_FILENO) == 0) {
    say_error("nothing was deleted: nobody can be asked here; give --no-confirm");
    return false;
  }
  std::fputs(
    ("Delete " + cli::counted(ids.size(), "ticket", "tickets") + " for good (" + some_of(ids) + ")? [y/N] ").c_str(),
    stderr);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "yes")
    return true;
  say_error("nothing was deleted");
  return false;
}

int remove(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto ids = asked.texts("ID");
  if (!agreed(asked, ids))
    return exit_refused;
  auto force = asked.has("force");
  auto steps = std::vector<step>{};
  auto take = [force](const std::vector<std::string>& which) {
    return [which, force](tickets::turn& turn, outcome& o) -> result<void> {
      auto gone = std::vector<tickets::ticket>{};
      auto did = remove_tickets(turn, which, force, gone);
      for (auto& t : gone)
        o.deleted.push_back(t.id);
      return did;
    };
  };
  // Together they may name each other.
  if (!asked.has("no-atomic"))
    steps.push_back({"delete", take(ids)});
  else
    for (auto& id : ids)
      steps.push_back({id, take({id})});
  return run_steps(asked, *at, steps);
}

constexpr option atomic{"--atomic", takes::nothing, "all or nothing (default)"};
constexpr option no_atomic{"--no-atomic", takes::nothing, "what can be done is done, each by itself"};
constexpr option file_options[] = {{"FILE", takes::text, "JSON; \"-\" for the standard input"}, atomic, no_atomic};
constexpr option close_options[] = {{"ID", takes::each, "the tickets"}, atomic, no_atomic};
constexpr option delete_options[] = {
  {"ID", takes::each, "the tickets"},
  atomic,
  no_atomic,
  {"--confirm", takes::nothing, "ask first (default)"},
  {"--no-confirm", takes::nothing, "do not ask"},
  {"--force", takes::nothing, "also when others name them; they forget them then"},
};

constexpr command rows[] = {
  {"batch create", "make tickets from a file", "table json", create, file_options,
   "FILE is a JSON array of tickets: [{\"title\": \"Fix login\", \"priority\": \"high\"}, ...]. Any key of a ticket "
   "may be\n"
   "given but its id."},
  {"batch update", "change tickets from a file", "table json", update, file_options,
   "FILE is a JSON object: {\"FIX-1\": {\"status\": \"closed\"}, ...}. Every value is checked before any ticket is "
   "written."},
  {"batch close", "close tickets", "table json", close, close_options},
  {"batch delete", "remove tickets for good", "table json", remove, delete_options},
};

} // namespace

commands batch_commands() { return rows; }

} // namespace hyakki::ticket_cli
