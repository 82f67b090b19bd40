#pragma once
// Reads one run of Claude Code: progress from its events, the verdict from its last result event.
//
// Usage and turns are per turn of the conversation and are added up over the result events of the run (never
// over assistant events, which repeat them). The cost is reported as a total: some versions (2.1.329) count it from
// the beginning of the session, over resumed runs too, others (2.1.197) from the beginning of the run. The former say
// besides what each result adds. Where they do not, the tokens that the total is made of show whether it holds earlier
// runs; what was booked for these is then taken off.

#include "adapters/coding_agents/agent_parts.hpp"
#include "core/keep_ends.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// What the last result event said.
struct claude_result {
  bool is_error = false;
  std::string subtype;
  std::string text;   ///< its answer, or its account of an error
  std::string errors; ///< one line each
  std::string terminal_reason;
  std::string session;
  std::uint64_t api_status = 0; ///< HTTP status of the API; 0 = none
  std::vector<std::string> denials;
};

/// Everything that a verdict is made of.
struct claude_run {
  bool has_result = false;
  claude_result last;
  std::string session;
  std::string api_error;         ///< last kind of API error: rate_limit, overloaded, authentication_failed, …
  std::int64_t resets_at_ms = 0; ///< when a usage limit ends, when it said so
  bool no_login = false;
  bool has_worked = false; ///< a tool that can change something did what it was asked to
  std::uint32_t turns = 0;
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  std::int64_t total_cost_microusd = 0;    ///< as reported last
  std::uint64_t total_tokens = 0;          ///< that this cost stands for
  std::int64_t added_cost_microusd = 0;    ///< by the results, as far as they say what they add
  bool says_what_it_adds = true;           ///< every result did
  session_account booked;                  ///< for earlier runs of the session
  text_ends complaints{most_error_detail}; ///< stderr, and what is no event
};

/// Decides what a run turned out to be.
run_result claude_verdict(const claude_run& run, const exit_status& status, run_role role);

/// `directory`: the working tree, for short paths in progress lines; `booked`: for earlier runs of the session that
/// this run goes on in.
std::unique_ptr<agent_reader> make_claude_reader(std::string directory, run_role role, session_account booked = {});

} // namespace hyakki
