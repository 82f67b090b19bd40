#include "core/event.hpp"

namespace hyakki {

std::string_view to_string(event_kind k) {
  switch (k) {
  case event_kind::before_process: return "before_process";
  case event_kind::after_resolve_repo: return "after_resolve_repo";
  case event_kind::after_clone: return "after_clone";
  case event_kind::before_agent_run: return "before_agent_run";
  case event_kind::after_agent_run: return "after_agent_run";
  case event_kind::after_commit: return "after_commit";
  case event_kind::after_push: return "after_push";
  case event_kind::after_pull_request: return "after_pull_request";
  case event_kind::on_success: return "on_success";
  case event_kind::on_failure: return "on_failure";
  case event_kind::moved: return "moved";
  case event_kind::run_lost: return "run_lost";
  case event_kind::noted: return "noted";
  case event_kind::ticket_created: return "ticket_created";
  case event_kind::ticket_changed: return "ticket_changed";
  case event_kind::ticket_closed: return "ticket_closed";
  case event_kind::ticket_removed: return "ticket_removed";
  }
  return "unknown";
}

} // namespace hyakki
