#include "cli/tickets/ticket_page.hpp"

#include "tickets/measure.hpp"

#include <algorithm>
#include <cctype>

namespace hyakki::ticket_cli {
namespace {

std::string upper(std::string text) {
  for (auto& c : text)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string person_of(const std::string& name, const std::string& email) {
  return email.empty() ? name : name + " <" + email + ">";
}

void facts(page& p, const tickets::ticket& t, wall_ms now) {
  p.title("Ticket", t.id);
  p.fact("Title", t.title);
  p.gap();
  p.fact("Status", t.status);
  p.fact("Priority", t.priority);
  p.fact("Assignee", t.assignee.value_or(""));
  p.fact("Reporter", person_of(t.reporter, t.reporter_email));
  p.fact("Labels", list_of(t.labels));
  p.fact("Epic", t.epic_id.value_or(""));
  p.fact("Parent", t.parent_ticket_id.value_or(""));
  p.fact("Children", list_of(t.child_ticket_ids));
  p.fact("Blocked by", list_of(t.blocked_by));
  p.fact("Blocks", list_of(t.blocks));
  p.fact("Related to", list_of(t.related_to));
  p.fact("Created", minute_of(t.created_at));
  p.fact("Updated", minute_of(t.updated_at));
  p.fact("Age", cli::counted(static_cast<std::uint64_t>(tickets::days_since(t.created_at, now)), "day", "days"));
  p.fact("Branch", t.branch);
  p.fact("Commit", t.commit.value_or(""));
  p.fact("Story points", t.story_points ? std::to_string(*t.story_points) : "");
  p.fact("Agent", t.assigned_agent.value_or(""));
  p.fact("Agent tasks", list_of(t.agent_tasks));
  if (!t.description.empty()) {
    p.head("Description:");
    p.text(t.description);
  }
}

void journal(page& p, const tickets::ticket& t) {
  if (t.journal_entries.empty())
    return;
  p.head("Journal:");
  for (auto& e : t.journal_entries) {
    p.gap();
    p.line("#" + e.id + " " + upper(e.entry_type) + " by " + e.author + ", " + minute_of(e.created_at), 2);
    std::string figures;
    auto add = [&](const std::string& what) { figures += (figures.empty() ? "" : " | ") + what; };
    if (e.effort_estimate_hours)
      add("Estimate: " + hours_text(*e.effort_estimate_hours));
    if (e.effort_spent_hours)
      add("Spent: " + hours_text(*e.effort_spent_hours));
    if (e.completion_percentage)
      add("Complete: " + std::to_string(*e.completion_percentage) + "%");
    if (e.milestone && !e.milestone->empty())
      add("Milestone: " + *e.milestone);
    if (!figures.empty())
      p.line(figures, 2);
    if (!e.dependencies.empty())
      p.line("Depends on: " + list_of(e.dependencies), 2);
    if (!e.risks.empty())
      p.line("Risks: " + list_of(e.risks), 2);
    if (!e.decisions.empty())
      p.line("Decisions: " + list_of(e.decisions), 2);
    p.text(e.content, 4);
  }
}

void comments(page& p, const tickets::ticket& t) {
  if (t.comments.empty())
    return;
  p.head("Comments:");
  for (auto& c : t.comments) {
    p.gap();
    p.line("#" + c.id + " by " + person_of(c.author, c.email) + ", " + minute_of(c.created_at), 2);
    p.text(c.content, 4);
  }
}

} // namespace

void add_requirements(page& p, const tickets::ticket& t) {
  if (!has_requirements(t))
    return;
  auto f = tickets::measure(t, 0);
  p.head("Requirements and acceptance:");
  p.line("Status: " + t.requirements_status + " | Coverage: " + percent(f.requirements_coverage) +
         " | Tests passing: " + percent(f.test_pass_rate) +
         " | Accepted: " + (t.acceptance_criteria_met ? "yes" : "no"));
  if (!t.requirements.empty())
    p.head("Requirements (" + std::to_string(t.requirements.size()) + "):");
  for (auto& r : t.requirements) {
    p.line("#" + r.id + " " + r.title + " [" + r.priority + ", " + r.status + "]", 2);
    p.text(r.description, 4);
    for (auto& c : r.acceptance_criteria)
      p.line("- " + c, 4);
  }
  if (!t.user_stories.empty())
    p.head("User stories (" + std::to_string(t.user_stories.size()) + ", " + std::to_string(f.story_points) +
           " points):");
  for (auto& s : t.user_stories) {
    p.line("#" + s.id + " As a " + s.persona + ", I want " + s.goal + ", so that " + s.benefit + ". [" + s.priority +
             (s.story_points ? ", " + std::to_string(*s.story_points) + " points" : "") + "]",
           2);
    for (auto& c : s.acceptance_criteria)
      p.line("- " + c, 4);
  }
  if (!t.expected_results.empty())
    p.head("Expected results (" + std::to_string(t.expected_results.size()) + "):");
  for (auto& r : t.expected_results) {
    p.line("#" + r.id + " " + r.description + " [" + r.verification_method + ", " + r.status + "]", 2);
    if (r.verified_at)
      p.line("Verified: " + day_of(*r.verified_at) + " by " + r.verified_by, 4);
    if (!r.notes.empty())
      p.text(r.notes, 4);
    for (auto& c : r.success_criteria)
      p.line("- " + c, 4);
  }
  if (!t.gherkin_scenarios.empty())
    p.head("Scenarios (" + std::to_string(t.gherkin_scenarios.size()) + "):");
  for (auto& s : t.gherkin_scenarios)
    p.line("#" + s.id + " " + s.title + " [" + s.status + "] Given: " + std::to_string(s.given.size()) +
             ", When: " + std::to_string(s.when.size()) + ", Then: " + std::to_string(s.then.size()) +
             (s.tags.empty() ? "" : ", tags: " + list_of(s.tags)),
           2);
}

void add_time(page& p, const tickets::ticket& t, wall_ms now) {
  auto m = tickets::measure(t, now);
  p.fact("Total logged", hours_text(m.hours_logged));
  for (auto& log : t.time_logs)
    if (log.active())
      p.fact("Running", hours_text(static_cast<double>(tickets::minutes_of(log, now)) / 60) + ", " + log.entry_type +
                          ", since " + minute_of(log.start_time));
  if (t.estimated_hours)
    p.line("Estimated: " + hours_text(*t.estimated_hours) + " | Remaining: " + hours_text(*m.hours_remaining));
}

void add_time_logs(page& p, const tickets::ticket& t) {
  if (t.time_logs.empty())
    return;
  p.head("Recent time logs:");
  constexpr std::size_t most = 5;
  for (auto n = t.time_logs.size() - std::min(most, t.time_logs.size()); n < t.time_logs.size(); ++n) {
    auto& log = t.time_logs[n];
    p.line(minute_of(log.start_time) + " | " +
             (log.duration_minutes ? hours_text(static_cast<double>(*log.duration_minutes) / 60) : "running") + " | " +
             log.entry_type + (log.description.empty() ? "" : " - " + log.description),
           2);
  }
}

void print_ticket(const tickets::ticket& t, wall_ms now) {
  auto p = page{};
  facts(p, t, now);
  add_requirements(p, t);
  if (t.estimated_hours || !t.time_logs.empty()) {
    p.head("Time:");
    add_time(p, t, now);
  }
  journal(p, t);
  comments(p, t);
  add_time_logs(p, t);
  p.print();
}

} // namespace hyakki::ticket_cli
