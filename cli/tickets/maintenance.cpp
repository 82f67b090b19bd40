// health, metrics, index, rebuild-index, cache-stats: looking after the store.

#include "cli/tickets/care.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/page.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"

#include "tickets/catalog.hpp"

#include <algorithm>
#include <chrono>

namespace hyakki::ticket_cli {
namespace {

int health(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto checks = examined(*at);
  std::size_t grave = 0, light = 0;
  auto by_name = json::object();
  auto issues = json::array();
  auto p = page{};
  auto lines = std::vector<std::string>{};
  for (auto& c : checks) {
    by_name[c.name] = c.findings.empty();
    for (auto& f : c.findings) {
      ++(f.grave ? grave : light);
      issues.push_back(c.name + ": " + f.text);
      lines.push_back(c.name + ": " + f.text);
    }
  }
  auto status = grave != 0 ? "unhealthy" : light != 0 ? "degraded" : "healthy";
  if (asked.json()) {
    put_json({{"status", status},
              {"is_healthy", grave + light == 0},
              {"checks", by_name},
              {"issues", issues},
              {"last_check", at->now()}});
  } else {
    p.title("Store", status);
    for (auto& c : checks)
      p.fact(c.name, c.findings.empty() ? "good" : cli::counted(c.findings.size(), "finding", "findings"));
    if (!lines.empty())
      p.gap();
    for (auto& line : lines)
      p.line("- " + line);
    p.print();
  }
  return grave != 0 ? exit_refused : exit_done;
}

int index(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = at->all<tickets::ticket>();
  if (!all)
    return fail(all.error());
  auto state = index_of(*at, *all);
  if (asked.json()) {
    put_json({{"in_step", state.in_step()},
              {"readable", state.readable},
              {"entries", state.entries},
              {"tickets", state.files},
              {"missing", state.missing},
              {"stale", state.stale},
              {"differing", state.differing}});
    return exit_done;
  }
  auto p = page{};
  p.title("index.yaml", state.in_step() ? "in step with the files"
                        : state.readable && !state.kept_up
                          ? "not in step: larger than 1 MiB, it is not kept up; rebuild-index makes it anew"
                        : state.readable ? "not in step; rebuild-index makes it anew"
                                         : "cannot be read; rebuild-index makes it anew");
  p.fact("Entries", std::to_string(state.entries));
  p.fact("Tickets", std::to_string(state.files));
  p.fact("Missing", list_of(state.missing));
  p.fact("Gone", list_of(state.stale));
  p.fact("Different", list_of(state.differing));
  p.print();
  return exit_done;
}

int rebuild(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  std::vector<std::string> unreadable;
  auto entries = at->store().rebuild_index(&unreadable);
  if (!entries)
    return fail(entries.error());
  session::remark_unreadable(unreadable);
  if (asked.json())
    put_json({{"indexed", *entries}, {"left_out", unreadable.size()}});
  else
    put("Indexed " + cli::counted(*entries, "ticket", "tickets") + "\n");
  return exit_done;
}

struct measure {
  const char* what;
  std::size_t records = 0;
  double ms = 0;
};

template <class T>
measure timed(const session& at, const char* what) {
  auto began = std::chrono::steady_clock::now();
  auto m = measure{what};
  auto read = at.store().all<T>();
  if (read)
    m.records = read->size();
  m.ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
  return m;
}

int metrics(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto measures =
    std::vector<measure>{timed<tickets::ticket>(*at, "read tickets"), timed<tickets::epic>(*at, "read epics"),
                         timed<tickets::backlog_item>(*at, "read backlog"), timed<tickets::agent>(*at, "read agents"),
                         timed<tickets::agent_task>(*at, "read tasks")};
  auto out = json::array();
  auto s = sheet{};
  s.columns = {{"Operation"}, {"Records", true}, {"ms", true}};
  for (auto& m : measures) {
    out.push_back({{"operation", m.what}, {"records", m.records}, {"ms", m.ms}});
    s.rows.push_back({m.what, std::to_string(m.records), fixed(m.ms, 2)});
  }
  if (asked.json())
    put_json({{"measured_at", at->now()}, {"operations", out}});
  else
    put(as_grid(s));
  return exit_done;
}

int cache_stats(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = tickets::catalog::open(at->store());
  if (!all)
    return fail(all.error());
  auto size = all->tickets().size() + all->unreadable().size();
  auto misses = all->files_read(), hits = size - std::min(size, misses);
  auto rate = size == 0 ? 0.0 : static_cast<double>(hits) * 100 / static_cast<double>(size);
  if (asked.json()) {
    put_json({{"hits", hits},
              {"misses", misses},
              {"evictions", 0},
              {"cache_size", size},
              {"enabled", true},
              {"hit_rate", rate}});
    return exit_done;
  }
  auto p = page{};
  p.title("Index", cli::counted(size, "ticket", "tickets"));
  p.fact("Known", std::to_string(hits) + " (" + percent(rate) + ")");
  p.fact("Read now", std::to_string(misses));
  p.print();
  return exit_done;
}

constexpr option cache_options[] = {
  {"--clear", takes::nothing, "kept for scripts: the index checks itself against the files at every look"}};

constexpr command rows[] = {
  {"health", "is the store whole? exit code 1 when a file cannot be read or written", "summary json", health},
  {"metrics", "how long reading takes, measured now", "table json", metrics},
  {"index", "is index.yaml in step with the files?", "summary json", index},
  {"rebuild-index", "write index.yaml anew from the files", "text json", rebuild},
  {"cache-stats", "how much of the tickets the index knows", "summary json", cache_stats, cache_options},
  {"cache", "the same", "summary json", cache_stats, cache_options},
};

} // namespace

commands maintenance_commands() { return rows; }

} // namespace hyakki::ticket_cli
