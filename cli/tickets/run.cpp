#include "cli/tickets/run.hpp"

#include "cli/tickets/parse.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"

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

int run(const std::string& program, const std::vector<std::string>& words) {
  auto parsed = parse(program, words);
  if (auto code = std::get_if<int>(&parsed))
    return *code;
  auto& asked = std::get<call>(parsed);
  return asked.row().run(asked);
}

} // namespace hyakki::ticket_cli
