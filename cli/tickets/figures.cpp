#include "cli/tickets/figures.hpp"

namespace hyakki::ticket_cli {

json derived_json(const tickets::ticket& t, wall_ms now) {
  auto m = tickets::measure(t, now);
  return json{{"age_days", m.age_days},
              {"is_open", m.is_open},
              {"total_hours", m.hours_logged},
              {"remaining_hours", m.hours_remaining ? json(*m.hours_remaining) : json(nullptr)},
              {"requirements_coverage", m.requirements_coverage},
              {"verification_rate", m.verification_rate},
              {"test_pass_rate", m.test_pass_rate},
              {"total_story_points", m.story_points}};
}

} // namespace hyakki::ticket_cli
