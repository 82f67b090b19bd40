// status: where the project stands, on the terminal, in STATUS.md and in the README.

#include "cli/tickets/json.hpp"
#include "cli/tickets/page.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/project_figures.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/text_file.hpp"

namespace hyakki::ticket_cli {
namespace {

constexpr std::size_t most_readme = 4u << 20;

std::string place(const call& asked, const std::string& name) {
  return asked.directory().empty() ? name : asked.directory() + "/" + name;
}

void summary(page& p, const project_figures& f, std::int64_t days) {
  p.title("Project", std::to_string(f.numbers.total) + " tickets");
  p.head("Tickets:");
  p.line("Open: " + std::to_string(f.numbers.open), 2);
  p.line("In progress: " + std::to_string(f.numbers.in_progress), 2);
  p.line("Blocked: " + std::to_string(f.blocked), 2);
  p.line("Closed: " + std::to_string(f.numbers.closed), 2);
  p.line("Cancelled: " + std::to_string(f.cancelled), 2);
  if (f.numbers.critical_open + f.numbers.high_open != 0) {
    p.head("To be done first:");
    p.line("Critical: " + std::to_string(f.numbers.critical_open), 2);
    p.line("High: " + std::to_string(f.numbers.high_open), 2);
  }
  if (!f.recent.empty()) {
    p.head("Closed in the last " + cli::counted(static_cast<std::uint64_t>(days), "day", "days") + ": " +
           std::to_string(f.recent.size()));
    for (std::size_t n = 0; n < f.recent.size() && n < 5; ++n)
      p.line(f.recent[n].id + ": " + f.recent[n].title + " (" + f.recent[n].date + ")", 2);
    if (f.recent.size() > 5)
      p.line("and " + std::to_string(f.recent.size() - 5) + " more", 2);
  }
  if (f.requirements.tickets != 0) {
    p.head("Requirements and tests:");
    p.line("Requirements: " + std::to_string(f.requirements.requirements) + " (" + percent(f.requirements.coverage) +
             " covered)",
           2);
    p.line("User stories: " + std::to_string(f.requirements.user_stories) + " (" +
             std::to_string(f.requirements.story_points) + " points)",
           2);
    p.line("Scenarios: " + std::to_string(f.requirements.scenarios) + " (" + percent(f.requirements.test_pass_rate) +
             " passing)",
           2);
    p.line("Accepted: " + std::to_string(f.requirements.accepted_tickets) + " of " +
             std::to_string(f.requirements.tickets) + " tickets (" + percent(f.requirements.acceptance_rate) + ")",
           2);
  }
  if (f.agents.agents != 0) {
    p.head("Agents:");
    p.line("Active: " + std::to_string(f.agents.active_agents) + " of " + std::to_string(f.agents.agents), 2);
    p.line("Tasks: " + std::to_string(f.agents.active_tasks) + " active of " + std::to_string(f.agents.tasks), 2);
  }
}

void details(page& p, const std::vector<tickets::ticket>& all, const project_figures& f) {
  if (f.numbers.open != 0)
    p.head("Open tickets:");
  std::size_t shown = 0;
  for (auto& t : all)
    if (t.status == "open" && shown < 10) {
      ++shown;
      p.line(t.id + ": " + t.title + " [" + t.priority + "]", 2);
    }
  if (f.numbers.open > shown)
    p.line("and " + std::to_string(f.numbers.open - shown) + " more", 2);
  if (f.numbers.in_progress != 0)
    p.head("In progress:");
  for (auto& t : all)
    if (t.status == "in-progress")
      p.line(t.id + ": " + t.title + (t.assignee ? " (" + *t.assignee + ")" : ""), 2);
}

result<void> update_readme(const std::string& path, const std::string& block) {
  auto old = read_text_file(path, most_readme);
  if (!old && old.error() != ec::not_found)
    return old.error();
  auto fresh = old ? with_block(*old, block) : result<std::string>{"# README\n\n" + block};
  if (!fresh)
    return with_context(fresh.error(), path);
  return write_text_file(path, *fresh);
}

int status(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto all = at->measured_tickets();
  auto agents = at->all<tickets::agent>();
  auto tasks = at->all<tickets::agent_task>();
  if (!all || !agents || !tasks)
    return fail(!all ? all.error() : !agents ? agents.error() : tasks.error());
  auto days = *asked.integer("days");
  auto f = figures_of(*all, *agents, *tasks, at->now_ms(), days);
  auto time = minute_of(at->now()) + at->now().substr(16, 3);
  auto done = std::string{};
  if (asked.has("update-readme")) {
    if (auto written = update_readme(place(asked, "README.md"), readme_block(f, time)); !written)
      return fail(written.error());
    done += "Updated the status in README.md\n";
  }
  if (asked.has("generate-report")) {
    if (auto written = write_text_file(place(asked, "STATUS.md"), status_page(f, *all, time, days)); !written)
      return fail(written.error());
    done += "Wrote STATUS.md\n";
  }
  if (asked.json()) {
    put_json(to_json(f));
    return exit_done;
  }
  auto p = page{};
  summary(p, f, days);
  if (asked.format() == "detailed")
    details(p, *all, f);
  if (!done.empty()) {
    p.gap();
    p.text(done);
  }
  p.print();
  return exit_done;
}

constexpr option options[] = {
  {"--update-readme", takes::nothing, "also write the figures into README.md, between two markers"},
  {"--generate-report", takes::nothing, "also write STATUS.md"},
  {"--days", takes::integer, "what counts as recent", nullptr, "7", 0, 36500},
};
constexpr command rows[] = {
  {"status", "where the project stands", "summary detailed json", status, options,
   "README.md and STATUS.md are those of the current directory (or of -C). In README.md only the block between the\n"
   "markers and its heading is replaced; without one it is put behind the first line when that is a heading, else at\n"
   "the top."},
};

} // namespace

commands status_commands() { return rows; }

} // namespace hyakki::ticket_cli
