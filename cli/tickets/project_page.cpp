// The project's figures as Markdown: STATUS.md and the block in a README.

#include "cli/tickets/print.hpp"
#include "cli/tickets/project_figures.hpp"
#include "core/utf8.hpp"

namespace hyakki::ticket_cli {
namespace {

// repo-tickets' own markers, so that both find the same block.
constexpr std::string_view begin_mark = "<!-- AUTO-GENERATED STATUS - DO NOT EDIT MANUALLY -->";
constexpr std::string_view end_mark = "<!-- END AUTO-GENERATED STATUS -->";
constexpr std::string_view heading = "## \xf0\x9f\x93\x8a Project Status";

/// One line that cannot become markup, a link, a table cell or the end of our block.
std::string markdown(std::string_view text) {
  std::string out;
  for (char c : clean_line(text)) {
    if (std::string_view{"\\`*_{}[]<>|#@&"}.find(c) != std::string_view::npos)
      out += '\\';
    out += c;
  }
  return out;
}

std::string count_line(const char* what, std::size_t n) {
  return std::string{"- "} + what + ": " + std::to_string(n) + "\n";
}
std::string row(const char* what, const std::string& value) {
  return std::string{"| "} + what + " | " + value + " |\n";
}
std::string row(const char* what, std::size_t n) { return row(what, std::to_string(n)); }

std::string ticket_line(const tickets::ticket& t) {
  auto out = "- **" + markdown(t.id) + "**: " + markdown(t.title);
  if (t.assignee)
    out += " (" + markdown(*t.assignee) + ")";
  if (!t.labels.empty()) {
    out += " [";
    for (std::size_t n = 0; n < t.labels.size(); ++n)
      out += (n == 0 ? "" : ", ") + markdown(t.labels[n]);
    out += "]";
  }
  return out + "\n";
}

} // namespace

std::string readme_block(const project_figures& f, const std::string& time) {
  auto out = std::string{heading} + "\n\n" + std::string{begin_mark} + "\n**Last updated:** " + time +
             "\n\n**Tickets**\n\n" + count_line("Total", f.numbers.total) + count_line("Open", f.numbers.open) +
             count_line("In progress", f.numbers.in_progress) + count_line("Blocked", f.blocked) +
             count_line("Closed", f.numbers.closed);
  if (f.numbers.critical_open + f.numbers.high_open != 0)
    out += "\n**To be done first**\n\n" + count_line("Critical", f.numbers.critical_open) +
           count_line("High priority", f.numbers.high_open);
  if (!f.recent.empty()) {
    out += "\n**Closed lately**\n\n";
    for (std::size_t n = 0; n < f.recent.size() && n < 3; ++n)
      out += "- " + markdown(f.recent[n].id) + ": " + markdown(f.recent[n].title) + " (" + markdown(f.recent[n].date) +
             ")\n";
  }
  if (f.requirements.tickets != 0)
    out += "\n**Requirements and tests**\n\n- Requirements: " + std::to_string(f.requirements.requirements) + " (" +
           percent(f.requirements.coverage) +
           " covered)\n- User stories: " + std::to_string(f.requirements.user_stories) + " (" +
           std::to_string(f.requirements.story_points) +
           " points)\n- Scenarios: " + std::to_string(f.requirements.scenarios) + " (" +
           percent(f.requirements.test_pass_rate) +
           " passing)\n- Accepted: " + std::to_string(f.requirements.accepted_tickets) + " of " +
           std::to_string(f.requirements.tickets) + " tickets (" + percent(f.requirements.acceptance_rate) + ")\n";
  if (f.agents.agents != 0)
    out += "\n**Agents:** " + std::to_string(f.agents.active_agents) + " of " + std::to_string(f.agents.agents) +
           " active, " + std::to_string(f.agents.active_tasks) + " active tasks\n";
  return out + "\n" + std::string{end_mark} + "\n";
}

result<std::string> with_block(const std::string& text, const std::string& block) {
  auto mark = text.find(begin_mark);
  if (mark != std::string::npos) {
    auto end = text.find(end_mark, mark);
    if (end == std::string::npos)
      return {ec::rejected, "it has the line \"" + std::string{begin_mark} + "\" but not \"" + std::string{end_mark} +
                              "\" behind it; put that back, or take both out, and nothing is lost"};
    if (text.find(begin_mark, mark + 1) < end)
      return {ec::rejected, "it has two status blocks, one inside the other; take one out"};
    // The heading belongs to the block when nothing but blank lines stands between them.
    auto begin = mark;
    if (auto head = text.rfind(heading, mark);
        head != std::string::npos && text.find_first_not_of("\r\n", head + heading.size()) == mark)
      begin = head;
    auto rest = end + end_mark.size();
    if (rest < text.size() && text[rest] == '\n')
      ++rest;
    return text.substr(0, begin) + block + text.substr(rest);
  }
  if (text.empty())
    return block;
  if (text.compare(0, 2, "# ") != 0)
    return block + "\n" + text;
  auto line = text.find('\n');
  if (line == std::string::npos)
    return text + "\n\n" + block;
  auto rest = text.substr(line + 1);
  return text.substr(0, line + 1) + "\n" + block + (rest.empty() || rest[0] == '\n' ? "" : "\n") + rest;
}

std::string status_page(const project_figures& f, const std::vector<tickets::ticket>& all, const std::string& time,
                        std::int64_t days) {
  auto span = std::to_string(days) + " days";
  auto out = "# Project status\n\nWritten at " + time + "; recent means the last " + span +
             ".\n\n## Overview\n\n| Tickets | Count |\n|---|---|\n" + row("Total", f.numbers.total) +
             row("Open", f.numbers.open) + row("In progress", f.numbers.in_progress) + row("Blocked", f.blocked) +
             row("Closed", f.numbers.closed) + row("Cancelled", f.cancelled) +
             row("Critical (open)", f.numbers.critical_open) + row("High priority (open)", f.numbers.high_open) +
             row("Recently closed", f.recent.size());
  if (f.requirements.tickets != 0)
    out += "\n## Requirements and tests\n\n| | |\n|---|---|\n" +
           row("Tickets with requirements", f.requirements.tickets) + row("Requirements", f.requirements.requirements) +
           row("Coverage", percent(f.requirements.coverage)) + row("User stories", f.requirements.user_stories) +
           row("Story points", std::to_string(f.requirements.story_points)) +
           row("Scenarios", f.requirements.scenarios) + row("Passing", percent(f.requirements.test_pass_rate)) +
           row("Expected results", f.requirements.expected_results) +
           row("Accepted", percent(f.requirements.acceptance_rate));
  if (f.agents.agents != 0)
    out += "\n## Agents\n\n| | |\n|---|---|\n" + row("Agents", f.agents.agents) +
           row("Active", f.agents.active_agents) + row("Tasks", f.agents.tasks) +
           row("Active tasks", f.agents.active_tasks);
  if (!f.recent.empty()) {
    out += "\n## Closed in the last " + span + "\n\n";
    for (auto& r : f.recent)
      out += "- **" + markdown(r.id) + "**: " + markdown(r.title) + " (" + markdown(r.date) + ")\n";
  }
  out += "\n## Open, by priority\n";
  for (auto priority : {"critical", "high", "medium", "low"}) {
    auto part = std::string{};
    for (auto& t : all)
      if (t.status == "open" && t.priority == priority)
        part += ticket_line(t);
    if (!part.empty())
      out += std::string{"\n### "} + priority + "\n\n" + part;
  }
  for (auto status : {"in-progress", "blocked"}) {
    auto part = std::string{};
    for (auto& t : all)
      if (t.status == status)
        part += ticket_line(t);
    if (!part.empty())
      out += std::string{"\n## "} + (status[0] == 'i' ? "In progress" : "Blocked") + "\n\n" + part;
  }
  return out;
}

} // namespace hyakki::ticket_cli
