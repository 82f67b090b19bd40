// hyakki, the command: parse, hand to the function of that name, return its exit code.
//
// Built twice from the same functions: `hyakki`, small, so that looking costs milliseconds, and `hyakki-engine`,
// which has the actors and is started by it.

#include "adapters/git/askpass.hpp"
#include "cli/commands.hpp"
#include "cli/text.hpp"
#include "cli/tickets/run.hpp"

#include <csignal>
#include <exception>
#include <new>
#include <string_view>

#include <unistd.h>

namespace {

using namespace hyakki::cli;

/// Before `main` nobody catches what the making of the libraries' own values throws.
[[noreturn]] void no_memory_to_begin() {
  constexpr std::string_view words = "hyakki: out of memory before it began\n";
  (void)!::write(STDERR_FILENO, words.data(), words.size());
  ::_exit(exit_startup);
}

[[gnu::constructor(101)]] void before_all_else() { std::set_new_handler(no_memory_to_begin); }

int run_command(int argc, char** argv) {
  auto parsed = parse(argc, argv);
  if (auto code = std::get_if<int>(&parsed))
    return *code;
  auto& i = std::get<invocation>(parsed);
  switch (i.what) {
  case command::init: return run_init(i);
  case command::status: return run_status(i);
  case command::show: return run_show(i);
  case command::log: return run_log(i);
  case command::cancel:
  case command::retry: return run_request(i);
  case command::version: return run_version(i);
  default: return run_engine(i, argv);
  }
}

} // namespace

int main(int argc, char** argv) {
  std::set_new_handler(nullptr);
  // Started by git for a token, this program is nothing but the answer.
  if (auto answered = hyakki::serve_askpass(argc, argv))
    return *answered;
  std::signal(SIGPIPE, SIG_IGN); // `hyakki status | head` is no failure
  hold_standard_streams();
  try {
    if (argc > 1 && std::string_view{argv[1]} == "tickets")
      return hyakki::ticket_cli::run("hyakki tickets", {argv + 2, argv + argc});
    auto code = run_command(argc, argv);
    if (auto why = unwritten(); code == exit_done && !why.empty()) {
      complain("could not write all of the answer: " + why);
      return exit_failed;
    }
    return code;
  } catch (const std::bad_alloc&) {
    std::fputs("hyakki: out of memory\n", stderr);
  } catch (const std::exception& e) {
    complain(std::string{"stopped by a defect of hyakki: "} + e.what());
  }
  return exit_failed;
}
