#pragma once
// Where the rows come from: each file of commands gives its own. The order is that of --help.

#include "cli/tickets/command.hpp"

namespace hyakki::ticket_cli {

commands init_commands();
commands list_commands();        ///< list, list-summary, show, search, stats
commands change_commands();      ///< create, update, close, reopen, delete, comment
commands work_log_commands();    ///< journal, time
commands requirement_commands(); ///< requirements ...
commands link_commands();        ///< ready, link, unlink
commands claim_commands();       ///< claim, release, claims
commands status_commands();      ///< status
commands epic_commands();        ///< epic ...
commands epic_report_commands(); ///< epic progress, burndown
commands backlog_commands();     ///< backlog ...
commands batch_commands();       ///< batch ...
commands config_commands();      ///< config
commands event_commands();       ///< events ..., logs
commands sprint_commands();      ///< sprint ...
commands agent_commands();       ///< agent list, create, show, update, delete
commands agent_task_commands();  ///< agent assign ..., tasks
commands workflow_commands();    ///< workflow ...
commands maintenance_commands(); ///< health, metrics, index, rebuild-index, cache-stats
commands merge_commands();       ///< merge-driver, resolve
commands report_commands();      ///< report
commands tui_commands();         ///< tui
commands about_commands();       ///< version

} // namespace hyakki::ticket_cli
