#include "core/record.hpp"

namespace hyakki {

std::string_view to_string(run_role r) {
  switch (r) {
  case run_role::implement: return "implement";
  case run_role::review: return "review";
  case run_role::fix: return "fix";
  case run_role::rework: return "rework";
  }
  return "unknown";
}

std::string_view to_string(run_outcome o) {
  switch (o) {
  case run_outcome::running: return "running";
  case run_outcome::succeeded: return "succeeded";
  case run_outcome::failed: return "failed";
  case run_outcome::timed_out: return "timed_out";
  case run_outcome::cancelled: return "cancelled";
  case run_outcome::lost: return "lost";
  }
  return "unknown";
}

} // namespace hyakki
