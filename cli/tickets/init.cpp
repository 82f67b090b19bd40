// init: makes the store, and lets git merge it.

#include "cli/tickets/care.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"

#include "tickets/merge_driver.hpp"

#include <nlohmann/json.hpp>

namespace hyakki::ticket_cli {
namespace {

/// What git runs for a file of the store; it appends the files' names.
constexpr auto driver = "hyakki tickets merge-driver";

/// Mercurial does not read .tickets/.gitignore, and .hgignore is the user's.
constexpr auto for_hgignore =
  "Add this line to .hgignore, so that nobody commits what hyakki keeps beside the tickets:\n"
  "  re:^\\.tickets/(\\.lock|\\.cache/|\\.claims\\.json|.*\\.hyakki\\.tmp)\n";

int init(const call& asked) {
  auto root = repository_around(asked.directory());
  if (!root)
    return fail(root.error());
  if (asked.has("merge-driver")) {
    auto installed = tickets::install_merge_driver(*root, driver);
    if (!installed)
      return fail(installed.error());
    if (asked.json())
      put_json({{"path", root->root + "/.tickets"}, {"merge_driver", *installed}});
    else
      put(*installed ? "Git merges tickets field by field now\n" : "There is no git here that would merge\n");
    return exit_done;
  }
  auto made = tickets::ticket_store::init(root->root, asked.has("force"));
  if (!made)
    return fail(made.error().text +
                (made.error() == ec::conflict ? ". init --force removes it, with everything in it" : "") +
                (tickets::lacks_merge_driver(*root) ? std::string{"\n"} + driver_is_missing : ""));
  auto merges = tickets::install_merge_driver(*root, driver);
  if (!merges)
    remark("the store is made, but git was not told how to merge it: " + merges.error().text);
  if (asked.json())
    put_json({{"path", made->path()}, {"merge_driver", merges && *merges}});
  else
    put("Made " + cut(made->path()) + "\n" + (root->kind == tickets::vcs::hg ? for_hgignore : "") +
        "Next: " + asked.program() + " create \"What is to be done\"\n");
  return exit_done;
}

constexpr option init_options[] = {
  {"--force", takes::nothing, "remove the store that is there, with everything in it, and make a new one"},
  {"--merge-driver", takes::nothing, "make no store: tell this clone's git how to merge the one that is there"},
};
constexpr command rows[] = {
  {"init", "make the store of this repository", "text json", init, init_options},
};

} // namespace

commands init_commands() { return rows; }

} // namespace hyakki::ticket_cli
