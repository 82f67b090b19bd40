#include "cli/tickets/run.hpp"

#include "cli/text.hpp"
#include "cli/tickets/parse.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "tickets/index_guard.hpp"

#include <malloc.h>

namespace hyakki::ticket_cli {

const std::vector<commands>& all_commands() {
  static const std::vector<commands> rows{
    init_commands(),    list_commands(),     change_commands(),      link_commands(),        claim_commands(),
    status_commands(),  work_log_commands(), requirement_commands(), epic_commands(),        epic_report_commands(),
    backlog_commands(), sprint_commands(),   agent_commands(),       agent_task_commands(),  workflow_commands(),
    batch_commands(),   event_commands(),    config_commands(),      maintenance_commands(), merge_commands(),
    report_commands(),  tui_commands(),      about_commands(),
  };
  return rows;
}

namespace {

/// The threads of a command put much into memory and give it back at the end: one arena for all, which grows by a
/// megabyte and not by a page.
void prepare_memory() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_TOP_PAD, 1024 * 1024);
}

} // namespace

int run(const std::string& program, const std::vector<std::string>& words) {
  prepare_memory();
  tickets::guard_index();
  auto parsed = parse(program, words);
  auto asked = std::get_if<call>(&parsed);
  auto code = asked ? asked->row().run(*asked) : std::get<int>(parsed);
  if (auto why = cli::unwritten(); code == exit_done && !why.empty())
    return fail("could not write all of the answer: " + why +
                ". If something was to be changed, it is changed and stored");
  return code;
}

} // namespace hyakki::ticket_cli
