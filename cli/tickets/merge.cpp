// merge-driver: what git runs to merge two versions of a file of the store. resolve: what it left to be finished.

#include "cli/tickets/json.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"

#include "tickets/merge_driver.hpp"
#include "tickets/resolve.hpp"

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

int resolve(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = tickets::resolve_merge(at->store(), at->repository());
  if (!all)
    return fail(all.error());
  auto listed = [](const std::vector<tickets::resolved::line>& lines) {
    auto out = json::array();
    for (auto& l : lines)
      out.push_back({{"id", l.id}, {"path", l.path}, {"text", l.text}});
    return out;
  };
  if (asked.json())
    put_json({{"resolved", listed(all->done)}, {"left", listed(all->left)}});
  else if (all->done.empty() && all->left.empty())
    put("Nothing to resolve: git has no unmerged files of the store\n");
  for (auto& l : all->done)
    if (!asked.json())
      put(cut(l.id) + ": " + cut(l.text) + "\n");
  for (auto& l : all->left)
    remark(l.id + " is left to you: " + l.text);
  if (!asked.json() && !all->done.empty() && all->left.empty())
    put("All of it is resolved; `git status` says how to go on\n");
  return all->left.empty() ? exit_done : exit_refused;
}

constexpr option driver_options[] = {
  {"BASE", takes::text, "%O: the common ancestor; an empty file when there is none"},
  {"OURS", takes::text, "%A: our version; the result is written here"},
  {"THEIRS", takes::text, "%B: their version"},
  {"PATH", takes::text, "%P: where the file lies in the work tree"},
};
constexpr command explained(command row, const char* more) {
  row.more = more;
  return row;
}
constexpr command rows[] = {
  {"merge-driver", "merge a file of the store field by field; git runs it", "text json", merge_driver, driver_options,
   "Installed by init in this clone; in another clone of the repository run: init --merge-driver"},
  explained(
    {"resolve", "finish what a merge of git left unmerged in the store", "text json", resolve},
    "After a merge, a rebase, a cherry-pick or a stash: merges by fields what git could not, sorts apart what it took "
    "for one renamed ticket, and adds it to git's index. Exit code 1 when something is left to you."),
};

} // namespace

commands merge_commands() { return rows; }

} // namespace hyakki::ticket_cli
