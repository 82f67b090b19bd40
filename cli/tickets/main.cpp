// tickets, the command: the same as `hyakki tickets`.

#include "cli/text.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/run.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

int main(int argc, char** argv) {
  using namespace hyakki::ticket_cli;
  std::signal(SIGPIPE, SIG_IGN); // `tickets list | head` is no failure
  hyakki::cli::hold_standard_streams();
  try {
    return run("tickets", {argv + (argc > 0 ? 1 : 0), argv + argc});
  } catch (const std::bad_alloc&) {
    std::fputs("tickets: out of memory\n", stderr);
  } catch (const std::exception& e) {
    say_error(std::string{"stopped by a defect of hyakki: "} + e.what());
  }
  return 1;
}
