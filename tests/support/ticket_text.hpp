#pragma once
// A ticket's file as repo-tickets writes it, for tests and benchmarks.

#include <string>
#include <vector>

namespace hyakki::test {

/// What repo-tickets writes for a new ticket.
inline std::string ticket_text(const std::string& id, const std::string& title,
                               const std::vector<std::string>& labels = {"ai-pipeline"},
                               const std::string& status = "open", const std::string& priority = "medium",
                               const std::string& blocked_by = " []") {
  auto list = std::string{labels.empty() ? " []\n" : "\n"};
  for (auto& label : labels)
    list += "- " + label + "\n";
  return "id: " + id + "\ntitle: " + title + "\ndescription: ''\nstatus: " + status + "\npriority: " + priority +
         "\nassignee: null\nreporter: Ann Dev\nreporter_email: ann@example.org\nlabels:" + list +
         "created_at: '2026-11-01T10:00:00'\nupdated_at: '2026-11-01T10:00:00'\ncomments: []\nbranch: main\n"
         "commit: null\njournal_entries: []\ntime_logs: []\nestimated_hours: null\nstory_points: null\nblocked_by:" +
         blocked_by +
         "\nblocks: []\nrelated_to: []\nepic_id: null\nparent_ticket_id: null\nchild_ticket_ids: []\n"
         "assigned_agent: null\nagent_tasks: []\nrequirements: []\nuser_stories: []\nexpected_results: []\n"
         "gherkin_scenarios: []\nrequirements_status: draft\nacceptance_criteria_met: false\n"
         "test_coverage_percentage: null\n";
}

} // namespace hyakki::test
