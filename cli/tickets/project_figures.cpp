#include "cli/tickets/project_figures.hpp"

namespace hyakki::ticket_cli {
project_figures figures_of(const std::vector<tickets::ticket>& all, const std::vector<tickets::agent>& agents,
                           const std::vector<tickets::agent_task>& tasks, wall_ms now, std::int64_t days) {
  auto f = project_figures{};
  f.numbers = tickets::status_of(all, now, static_cast<int>(days));
  f.agents = tickets::count_agents(agents, tasks);
  f.requirements = tickets::total_requirements(all);
  for (auto& t : all) {
    f.blocked += t.status == "blocked";
    f.cancelled += t.status == "cancelled";
  }
  for (auto t : f.numbers.recently_closed)
    f.recent.push_back({t->id, t->title, t->updated_at.substr(0, 10)});
  return f;
}

json to_json(const project_figures& f) {
  auto recent = json::array();
  for (auto& r : f.recent)
    recent.push_back({{"id", r.id}, {"title", r.title}, {"closed_at", r.date}});
  return json{{"total_tickets", f.numbers.total},
              {"open_tickets", f.numbers.open},
              {"in_progress", f.numbers.in_progress},
              {"closed_tickets", f.numbers.closed},
              {"critical_open", f.numbers.critical_open},
              {"high_priority_open", f.numbers.high_open},
              {"recent_closed", f.recent.size()},
              {"recent_closed_list", recent},
              {"agent_stats",
               {{"total_agents", f.agents.agents},
                {"active_agents", f.agents.active_agents},
                {"total_tasks", f.agents.tasks},
                {"active_tasks", f.agents.active_tasks}}},
              {"requirements_stats",
               {{"tickets_with_requirements", f.requirements.tickets},
                {"total_requirements", f.requirements.requirements},
                {"total_user_stories", f.requirements.user_stories},
                {"total_story_points", f.requirements.story_points},
                {"total_scenarios", f.requirements.scenarios},
                {"total_expected_results", f.requirements.expected_results},
                {"tickets_with_acceptance_met", f.requirements.accepted_tickets},
                {"requirements_coverage", f.requirements.coverage},
                {"test_pass_rate", f.requirements.test_pass_rate}}},
              {"blocked", f.blocked},
              {"cancelled", f.cancelled}};
}

} // namespace hyakki::ticket_cli
