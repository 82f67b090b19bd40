// merge-driver: what git runs to merge two versions of a file of the store.

#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"

#include "tickets/merge_driver.hpp"

#include <nlohmann/json.hpp>

namespace hyakki::ticket_cli {
namespace {

int merge_driver(const call& asked) {
  auto left =
    tickets::run_merge_driver(asked.text("BASE"), asked.text("OURS"), asked.text("THEIRS"), asked.text("PATH"));
  if (!left)
    return fail(left.error());
  if (asked.json())
    put_json({{"path", asked.text("PATH")}, {"merged", left->empty()}, {"conflicts", *left}});
  // Git reads the exit code; the words are for the person in front of `git merge`.
  for (auto& what : *left)
    remark(what);
  return left->empty() ? exit_done : exit_refused;
}

constexpr option driver_options[] = {
  {"BASE", takes::text, "%O: the common ancestor; an empty file when there is none"},
  {"OURS", takes::text, "%A: our version; the result is written here"},
  {"THEIRS", takes::text, "%B: their version"},
  {"PATH", takes::text, "%P: where the file lies in the work tree"},
};
constexpr command rows[] = {
  {"merge-driver", "merge a file of the store field by field; git runs it", "text json", merge_driver, driver_options,
   "Installed by init in this clone; in another clone of the repository run: init --merge-driver"},
};

} // namespace

commands merge_commands() { return rows; }

} // namespace hyakki::ticket_cli
