// hyakki-tickets-tui: what `hyakki tickets tui` and `tickets tui` become. Started as "hyakki-tickets-tui tui [-C
// PATH]".

#include "cli/tickets/parse.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/tui/loop.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

int main(int argc, char** argv) {
  using namespace hyakki;
  std::signal(SIGPIPE, SIG_IGN);
  try {
    auto parsed = ticket_cli::parse("tickets", {argv + (argc > 0 ? 1 : 0), argv + argc});
    if (auto code = std::get_if<int>(&parsed))
      return *code;
    auto& asked = std::get<ticket_cli::call>(parsed);
    if (std::string_view{asked.row().path} != "tui")
      return ticket_cli::fail("this program is only the screen; the other commands are those of `tickets`");
    return ticket_tui::run_screen(asked);
  } catch (const std::bad_alloc&) {
    std::fputs("tickets: out of memory\n", stderr);
  } catch (const std::exception& e) {
    ticket_cli::say_error(std::string{"stopped by a defect of hyakki: "} + e.what());
  }
  return ticket_cli::exit_refused;
}
