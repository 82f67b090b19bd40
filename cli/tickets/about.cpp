// version.

#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/version.hpp"

#include <nlohmann/json.hpp>

namespace hyakki::ticket_cli {
namespace {

int version(const call& asked) {
  if (asked.json())
    put_json({{"version", cli::version_text}, {"json", 1}});
  else
    put(std::string{"tickets, version "} + cli::version_text + "\n");
  return exit_done;
}

constexpr command rows[] = {
  {"version", "tell the version of the program and of its JSON", "text json", version},
};

} // namespace

commands about_commands() { return rows; }

} // namespace hyakki::ticket_cli
