#include "adapters/coding_agents/claude_reader.hpp"

#include <charconv>

namespace hyakki {

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// "…usage limit reached|1790000000": seconds since the epoch after the bar. 0 = not said.
std::int64_t reset_time_in(std::string_view text) {
  auto bar = text.find("limit reached|");
  if (bar == std::string_view::npos)
    return 0;
  text.remove_prefix(bar + 14);
  std::int64_t seconds = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return failed == std::errc{} && seconds > 0 && seconds < 100'000'000'000 ? seconds * 1000 : 0;
}

bool is_usage_limit(std::string_view text) {
  return has(text, "usage limit") || has(text, "hit your limit") || has(text, "rate limit") ||
         has(text, "limit reached|");
}

/// Without a result event there are only exit code and stderr to go by.
error without_result(const claude_run& run, const exit_status& status) {
  auto said = run.complaints.text();
  auto text = "Claude Code " + describe(status) + " without a result";
  if (!said.empty())
    text += ":\n" + said;
  if (has(said, "No conversation found"))
    return {ec::not_found, text};
  if (has(said, "already in use"))
    return {ec::conflict, text};
  if (status.how == process_end::exited && status.code == 0)
    return {ec::unavailable, text + (said.empty() ? "; its last words were lost" : "")};
  if (status.how == process_end::signalled || status.code == 143 || status.code == 129 || status.code == 137)
    return {ec::unavailable, text};
  for (auto* sign : {"unknown option", "root/sudo", "Invalid MCP", "MCP config", "When using --print", "requires",
                     "Invalid API key", "/login", "Invalid session ID", "argument missing"})
    if (has(said, sign))
      return {ec::bad_config, text};
  return {ec::agent_failed, text};
}

/// The API's answer, as far as it explains the end.
ec code_of_api_error(const claude_run& run) {
  const auto& r = run.last;
  if (r.api_status == 429 || r.api_status == 529 || run.api_error == "rate_limit" || run.api_error == "overloaded" ||
      is_usage_limit(r.text) || has(r.text, "Overloaded"))
    return ec::rate_limited;
  if (r.api_status == 401 || r.api_status == 403 || r.api_status == 404 || run.api_error == "authentication_failed" ||
      has(r.text, "Not logged in") || has(r.text, "Invalid API key") || has(r.text, "/login") ||
      has(r.text, "credit balance"))
    return ec::bad_config;
  if (r.api_status >= 500 || run.api_error == "server_error" ||
      (r.api_status == 0 &&
       (r.terminal_reason == "api_error" || has(r.text, "API Error") || has(r.text, "Connection"))))
    return ec::unavailable;
  return ec::agent_failed;
}

error with_error_result(const claude_run& run) {
  const auto& r = run.last;
  auto said = r.errors.empty() ? r.text : r.errors;
  if (r.subtype == "error_max_turns")
    return {ec::over_budget, "Claude Code used up its turns (agent.max_turns): " + said};
  if (r.subtype == "error_max_budget_usd")
    return {ec::over_budget, "Claude Code used up its budget: " + said};
  if (has(r.errors, "No conversation found"))
    return {ec::not_found, "Claude Code does not know the session any more: " + said};
  if (r.terminal_reason.compare(0, 8, "aborted_") == 0)
    return {ec::cancelled, "Claude Code was interrupted (" + r.terminal_reason + ")"};
  auto code = r.terminal_reason == "prompt_too_long" ? ec::agent_failed : code_of_api_error(run);
  auto text = "Claude Code: " + (said.empty() ? "ended with " + r.subtype : said);
  if (r.api_status != 0)
    text += " (HTTP " + std::to_string(r.api_status) + ")";
  if (code == ec::bad_config)
    text += "; look at its login, agent.model and agent.pass_environment";
  error e{code, text};
  if (code == ec::rate_limited)
    e.retry_at_ms = run.resets_at_ms > 0 ? run.resets_at_ms : reset_time_in(r.text);
  return e;
}

std::string denied_text(const std::vector<std::string>& denials) {
  std::string text = "Claude Code was denied what it needed";
  for (std::size_t i = 0; i < denials.size(); ++i)
    text += (i == 0 ? ": " : ", ") + denials[i];
  return text + "; permit it by agent.allowed_tools or agent.permission_mode";
}

/// Nothing when the run succeeded.
std::optional<error> failure_of(const claude_run& run, const exit_status& status, run_role role) {
  if (run.no_login)
    return error{ec::bad_config, "Claude Code cannot log in (authentication_failed): name its key's variable in "
                                 "agent.pass_environment, or log it in once by hand"};
  if (auto failed = process_failure("Claude Code", status))
    return failed;
  if (!run.has_result)
    return without_result(run, status);
  if (run.last.is_error)
    return with_error_result(run);
  if (run.last.subtype != "success")
    return error{ec::agent_failed, "Claude Code ended with an unknown result: " + run.last.subtype};
  if (status.how != process_end::exited || status.code != 0)
    return error{ec::agent_failed, "Claude Code says that it succeeded, but it " + describe(status)};
  // A reviewer may try things that it is not let do; what counts is its answer. Others often find another way: theirs
  // is judged by what they leave, unless nothing that they tried was let through.
  if (!run.last.denials.empty() && !(role == run_role::review ? !run.last.text.empty() : run.has_worked))
    return error{ec::agent_failed, denied_text(run.last.denials)};
  return std::nullopt;
}

/// Of this run alone. A total that stands for no more tokens than the run used began with the run.
std::int64_t cost_of(const claude_run& run) {
  if (run.has_result && run.says_what_it_adds)
    return run.added_cost_microusd;
  auto own = run.input_tokens + run.output_tokens;
  bool since_session_began = run.booked.tokens > 0 && run.total_tokens >= own + run.booked.tokens &&
                             run.total_cost_microusd >= run.booked.cost_microusd;
  return run.total_cost_microusd - (since_session_began ? run.booked.cost_microusd : 0);
}

} // namespace

run_result claude_verdict(const claude_run& run, const exit_status& status, run_role role) {
  run_result r;
  r.exit_code = status.how == process_end::exited ? status.code : -1;
  r.session = run.session.empty() ? run.last.session : run.session;
  r.summary = agent_text(run.last.text, most_summary);
  r.turns = run.turns;
  r.input_tokens = run.input_tokens;
  r.output_tokens = run.output_tokens;
  r.cost_microusd = cost_of(run);
  if (auto failed = failure_of(run, status, role)) {
    r.code = failed->code;
    r.error = agent_text(failed->text, most_error_detail + 1024);
    r.retry_at_ms = failed->retry_at_ms;
  } else {
    r.succeeded = true;
    if (!run.last.denials.empty() && role != run_role::review)
      r.summary = agent_text(run.last.text, most_summary - most_error_detail) + "\n\n(" +
                  agent_text(denied_text(run.last.denials), most_error_detail - 10) + ")";
  }
  return r;
}

} // namespace hyakki
