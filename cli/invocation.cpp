#include "cli/invocation.hpp"

#include "cli/text.hpp"
#include "cli/version.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <limits>
#include <sstream>

namespace hyakki::cli {
namespace {

constexpr auto footer = R"(
KEY is a story's id (tickets/FIX-1), or its key (FIX-1) when only one tracker has it.
The configuration is -c FILE, else $HYAKKI_CONFIG, else ./hyakki.yaml.

Exit codes:
  0  done
  1  failed: a story failed or is left to be tried again later, a poll failed, nothing of that
     name, the other side refused
  2  the command line or the configuration is wrong
  3  could not start: the state directory is held, its format is newer, a tool is missing)";

/// Adds a command that reads the configuration, with -c taken before or after its name.
CLI::App* add(CLI::App& parent, invocation& into, command what, const char* name, const char* help) {
  auto* sub = parent.add_subcommand(name, help);
  sub->fallthrough();
  sub->callback([&into, what] { into.what = what; });
  return sub;
}

void add_json(CLI::App* sub, invocation& into) {
  sub->add_flag("--json", into.json, "print JSON (see docs/commands.md)");
}

void add_key(CLI::App* sub, invocation& into) {
  sub->add_option("KEY", into.key, "the story")->required()->type_name("");
}

void add_keys(CLI::App* sub, invocation& into) {
  sub->add_option("KEY", into.keys, "the story, or several")->required()->expected(1, -1)->type_name("");
}

CLI::App* add_pull(CLI::App& pr, invocation& into, command what, const char* name, const char* help) {
  auto* sub = add(pr, into, what, name, help);
  sub->add_option("N", into.number, "number of the pull request")->required()->type_name("");
  sub->add_option("--repo", into.repository, "repository; needed when there are several")->type_name("SLUG");
  return sub;
}

void add_all(CLI::App& app, invocation& into) {
  auto* init = add(app, into, command::init, "init", "write a commented starter configuration");
  init->add_option("-o,--output", into.output, "file to write (default: hyakki.yaml)")->type_name("FILE");
  init->add_flag("--force", into.force, "overwrite the file if it exists");

  auto* run = add(app, into, command::run, "run", "turn stories into pull requests, until stopped");
  auto* once = run->add_flag("--once", into.once, "look at the tracker once, finish what that brings, end");
  run->add_flag("--dry-run", into.dry_run, "say what would be started, change nothing")->excludes(once);
  add_json(run, into);
  run->add_flag("--quiet", into.quiet, "no live progress, only the log");
  run->add_option("--log-level", into.log_level, "debug, info, warning or error")
    ->type_name("LEVEL")
    ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  run->add_option("--log-format", into.log_format, "text or json")
    ->type_name("FORMAT")
    ->check(CLI::IsMember({"text", "json"}));

  auto* status = add(app, into, command::status, "status", "where every story stands, newest activity first");
  status->add_flag("--all", into.all, "also those that ended more than a week ago");
  status->add_option("--limit", into.limit, "at most so many stories (default: 30; 0 = no limit)")->type_name("N");
  add_json(status, into);

  auto* show = add(app, into, command::show, "show", "everything that is known of one story");
  add_key(show, into);
  add_json(show, into);

  auto* log = add(app, into, command::log, "log", "what the coding agent printed");
  add_key(log, into);
  log->add_flag("-f,--follow", into.follow, "go on printing until the story rests");
  log->add_option("--run", into.run, "which run (default: the last)")
    ->type_name("N")
    ->check(CLI::Range(std::uint32_t{1}, std::numeric_limits<std::uint32_t>::max()));
  log->add_flag("--raw", into.raw, "as the agent printed it; not safe for a terminal");

  auto* cancel = add(app, into, command::cancel, "cancel", "stop working on a story");
  add_keys(cancel, into);
  cancel->add_option("--reason", into.reason, "kept on the record and told to the tracker")->type_name("TEXT");
  add_keys(add(app, into, command::retry, "retry", "let a story that rests run again"), into);

  auto* check = add(app, into, command::check, "check", "is everything there that a run needs?");
  add_json(check, into);

  auto* pr = app.add_subcommand("pr", "pull requests on the code host");
  pr->fallthrough();
  pr->require_subcommand(1);
  auto* list = add(*pr, into, command::pr_list, "list", "open pull requests, newest first");
  list->add_flag("--all", into.all, "also merged and closed ones");
  list->add_option("--repo", into.repository, "only of this repository")->type_name("SLUG");
  add_json(list, into);
  add_json(add_pull(*pr, into, command::pr_show, "show", "one pull request with its description"), into);
  add_pull(*pr, into, command::pr_diff, "diff", "its change as a unified diff");
  add_json(add_pull(*pr, into, command::pr_merge, "merge", "merge it into its target branch"), into);
  add_json(add_pull(*pr, into, command::pr_close, "close", "close it without merging"), into);

  // Answered before this parser is made; named here so that --help tells of it.
  app.add_subcommand("tickets", "tickets in the repository: `hyakki tickets --help`");
  add_json(add(app, into, command::version, "version", "version of hyakki"), into);
}

} // namespace

std::variant<invocation, int> parse(int argc, const char* const* argv) {
  auto into = invocation{};
  auto app = CLI::App{"hyakki turns the stories of a tracker into pull requests.", "hyakki"};
  app.footer(footer);
  app.set_version_flag("--version", std::string{"hyakki "} + version_text);
  app.add_option("-c,--config", into.config, "configuration file")->type_name("FILE");
  app.require_subcommand(1);
  add_all(app, into);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    // --help and --version arrive here as well, with the code 0. A bare `hyakki` is a question: answer it.
    if (argc < 2) {
      std::fputs(app.help().c_str(), stderr);
      return int{exit_usage};
    }
    auto first = std::string{argv[1]};
    if (!first.empty() && first.front() != '-' &&
        app.get_subcommands([&](CLI::App* s) { return s->get_name() == first; }).empty()) {
      complain("there is no command " + first + "; `hyakki --help` lists those that are");
      return int{exit_usage};
    }
    auto out = std::ostringstream{}, err = std::ostringstream{};
    auto code = app.exit(e, out, err);
    put(out.str());
    std::fputs(err.str().c_str(), stderr);
    return code == 0 ? int{exit_done} : int{exit_usage};
  }
  return into;
}

} // namespace hyakki::cli
