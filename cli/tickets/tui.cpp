// tui: the screen. It lies in a program of its own, which this one becomes.

#include "cli/companion.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"

namespace hyakki::ticket_cli {
namespace {

int tui(const call& asked) {
  auto name = std::string{"hyakki-tickets-tui"}, word = std::string{asked.row().path}, option = std::string{"-C"},
       directory = asked.directory();
  char* argv[] = {name.data(), word.data(), directory.empty() ? nullptr : option.data(), directory.data(), nullptr};
  return fail(cli::become(name, argv));
}

constexpr command rows[] = {
  {"tui", "all tickets on the terminal's screen, to look through and to change; ? tells the keys", "screen", tui},
};

} // namespace

commands tui_commands() { return rows; }

} // namespace hyakki::ticket_cli
