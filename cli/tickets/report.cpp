// report: the store's report as one HTML file, and a browser that shows it.

#include "cli/tickets/json.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "tickets/report/page.hpp"
#include "tickets/report/read_report.hpp"
#include "tickets/report/report_file.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

extern char** environ;

namespace hyakki::ticket_cli {
namespace {

/// Somebody sits there and can see a window.
bool somebody_looks() {
  auto set = [](const char* name) {
    auto* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  return ::isatty(STDOUT_FILENO) == 1 && (set("DISPLAY") || set("WAYLAND_DISPLAY"));
}

/// Asks the desktop to show a file; answers whether it could be asked. Nobody waits for the browser.
bool show(const std::string& path) {
  auto program = std::string{"xdg-open"}, file = path;
  char* argv[] = {program.data(), file.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t apart;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&apart);
  for (int fd : {0, 1, 2})
    ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  ::posix_spawnattr_setpgroup(&apart, 0);
  ::posix_spawnattr_setflags(&apart, POSIX_SPAWN_SETPGROUP);
  pid_t child = -1;
  bool asked = ::posix_spawnp(&child, program.c_str(), &actions, &apart, argv, environ) == 0;
  ::posix_spawnattr_destroy(&apart);
  ::posix_spawn_file_actions_destroy(&actions);
  return asked;
}

int write_report(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto unreadable = std::vector<std::string>{};
  auto project = std::filesystem::path{at->root()}.filename().string();
  auto made = tickets::read_report(at->store(), project, at->branch(), at->now_ms(), &unreadable);
  session::remark_unreadable(unreadable);
  if (!made)
    return fail(made.error());
  auto options = tickets::page_options{};
  options.open_only = asked.has("open-only");
  auto ignored = std::error_code{};
  auto path = std::filesystem::absolute(asked.text("output"), ignored).lexically_normal().string();
  auto page = tickets::report_page(*made, options);
  if (auto done = tickets::write_whole_file(path, page); !done)
    return fail(done.error());
  bool shown = !asked.has("no-open") && !asked.json() && somebody_looks() && show(path);
  if (asked.json())
    put_json({{"path", path},
              {"bytes", page.size()},
              {"tickets", made->total},
              {"open", made->open},
              {"risk_score", made->risk.score},
              {"risk_level", made->risk.level},
              {"unreadable", made->unreadable}});
  else
    put("Report of " + std::to_string(made->total) + (made->total == 1 ? " ticket" : " tickets") + " in " + cut(path) +
        (shown ? "; your browser was asked to show it.\n" : "\n"));
  return exit_done;
}

constexpr option report_options[] = {
  {"-o,--output", takes::text, "the file to write, replaced as a whole", nullptr, "ticket_report.html"},
  {"--open-only", takes::nothing, "list open tickets only; the figures count all"},
  {"--no-open", takes::nothing, "do not ask a browser to show it"},
};
constexpr command rows[] = {
  {"report", "write the report as one HTML file", "text json", write_report, report_options,
   "The file needs no network and no other file. On a terminal with a desktop the browser is asked to show it.\n"},
};

} // namespace

commands report_commands() { return rows; }

} // namespace hyakki::ticket_cli
