#include "tickets/model/ticket_tables.hpp"

#include "tickets/text.hpp"

#include <unordered_set>

namespace hyakki::tickets {
namespace {

constexpr double no_limit = 1e300;

result<void> check_numbers(const ticket& what) {
  if (auto good = check_range("test_coverage_percentage", what.test_coverage_percentage, 0, 100); !good)
    return good;
  for (std::size_t i = 0; i < what.journal_entries.size(); ++i) {
    auto& entry = what.journal_entries[i];
    for (auto& good : {check_range("effort_estimate_hours", entry.effort_estimate_hours, 0, no_limit),
                       check_range("effort_spent_hours", entry.effort_spent_hours, 0, no_limit),
                       check_range("completion_percentage", entry.completion_percentage, 0, 100)})
      if (!good)
        return inside("journal_entries", inside({}, i, good.error()));
  }
  return {};
}

} // namespace

const std::vector<field<ticket>>& field_table<ticket>::rows() {
  using r = ticket;
  static const std::vector<field<r>> all{
    row<&r::id>("id", rule::id),
    row<&r::title>("title", rule::filled),
    row<&r::description>("description"),
    row<&r::status>("status", rule::free, ticket_statuses),
    row<&r::priority>("priority", rule::free, priorities),
    row<&r::assignee>("assignee"),
    row<&r::reporter>("reporter"),
    row<&r::reporter_email>("reporter_email"),
    row<&r::labels>("labels"),
    row<&r::created_at>("created_at"),
    row<&r::updated_at>("updated_at"),
    row<&r::comments>("comments"),
    row<&r::branch>("branch"),
    row<&r::commit>("commit"),
    row<&r::journal_entries>("journal_entries"),
    row<&r::time_logs>("time_logs"),
    row<&r::estimated_hours>("estimated_hours"),
    row<&r::story_points>("story_points"),
    row<&r::blocked_by>("blocked_by"),
    row<&r::blocks>("blocks"),
    row<&r::related_to>("related_to"),
    row<&r::epic_id>("epic_id"),
    row<&r::parent_ticket_id>("parent_ticket_id"),
    row<&r::child_ticket_ids>("child_ticket_ids"),
    row<&r::assigned_agent>("assigned_agent"),
    row<&r::agent_tasks>("agent_tasks"),
    row<&r::requirements>("requirements"),
    row<&r::user_stories>("user_stories"),
    row<&r::expected_results>("expected_results"),
    row<&r::gherkin_scenarios>("gherkin_scenarios"),
    row<&r::requirements_status>("requirements_status", rule::free, requirements_statuses),
    row<&r::acceptance_criteria_met>("acceptance_criteria_met"),
    row<&r::test_coverage_percentage>("test_coverage_percentage"),
  };
  return all;
}

bool is_over(std::string_view status) { return status == "closed" || status == "cancelled"; }

void tidy(words& labels) {
  auto out = words{};
  auto seen = std::unordered_set<std::string_view>{}; // a stranger's file may have tens of thousands
  for (auto& label : labels)
    if (auto text = stripped(label); !text.empty() && seen.insert(text).second)
      out.emplace_back(text);
  labels = std::move(out);
}

result<ticket> read_ticket(const value& from) {
  auto out = read_record<ticket>(from);
  if (out)
    tidy(out->labels);
  return out;
}

value write_ticket(const ticket& from) { return write_record(from); }

result<void> check(const ticket& what) {
  for (auto good :
       {check_rows(what), check_rows("comments", what.comments), check_rows("journal_entries", what.journal_entries),
        check_rows("time_logs", what.time_logs), check_rows("requirements", what.requirements),
        check_rows("user_stories", what.user_stories), check_rows("expected_results", what.expected_results),
        check_rows("gherkin_scenarios", what.gherkin_scenarios), check_numbers(what)})
    if (!good)
      return good;
  for (std::size_t i = 0; i < what.gherkin_scenarios.size(); ++i) {
    auto& s = what.gherkin_scenarios[i];
    if (s.given.empty() && s.when.empty() && s.then.empty())
      return inside("gherkin_scenarios", inside({}, i, {ec::rejected, "must have at least one step"}));
  }
  return {};
}

} // namespace hyakki::tickets
