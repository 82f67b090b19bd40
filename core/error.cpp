#include "core/error.hpp"

namespace hyakki {

std::string_view to_string(ec code) {
  switch (code) {
  case ec::no_changes: return "no_changes";
  case ec::not_found: return "not_found";
  case ec::cancelled: return "cancelled";
  case ec::withdrawn: return "withdrawn";
  case ec::unavailable: return "unavailable";
  case ec::timed_out: return "timed_out";
  case ec::rate_limited: return "rate_limited";
  case ec::conflict: return "conflict";
  case ec::bad_config: return "bad_config";
  case ec::rejected: return "rejected";
  case ec::over_budget: return "over_budget";
  case ec::agent_failed: return "agent_failed";
  case ec::invalid_transition: return "invalid_transition";
  case ec::corrupt_record: return "corrupt_record";
  }
  return "unknown";
}

std::string_view to_string(band b) {
  switch (b) {
  case band::outcome: return "outcome";
  case band::try_again: return "try again";
  case band::person: return "a person must act";
  case band::defect: return "our defect";
  }
  return "unknown";
}

std::string to_string(const error& e) {
  auto out = std::string{to_string(e.code)};
  if (!e.text.empty())
    out += ": " + e.text;
  return out;
}

error with_context(error e, std::string_view what) {
  e.text = e.text.empty() ? std::string{what} : std::string{what} + ": " + e.text;
  return e;
}

} // namespace hyakki
