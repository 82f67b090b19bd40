// init: makes the store.

#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"

#include <nlohmann/json.hpp>

namespace hyakki::ticket_cli {
namespace {

int init(const call& asked) {
  auto root = repository_around(asked.directory());
  if (!root)
    return fail(root.error());
  auto made = tickets::ticket_store::init(root->root, asked.has("force"));
  if (!made)
    return fail(made.error().text +
                (made.error() == ec::conflict ? ". init --force removes it, with everything in it" : ""));
  if (asked.json())
    put_json({{"path", made->path()}});
  else
    put("Made " + cut(made->path()) + "\nNext: create \"What is to be done\"\n");
  return exit_done;
}

constexpr option init_options[] = {
  {"--force", takes::nothing, "remove the store that is there, with everything in it, and make a new one"},
};
constexpr command rows[] = {
  {"init", "make the store of this repository", "text json", init, init_options},
};

} // namespace

commands init_commands() { return rows; }

} // namespace hyakki::ticket_cli
