#pragma once
// The coding agent: the contract.
//
// An agent is a command line and a way to read what it prints. A keeper plans the command and parses the lines;
// it starts nothing itself (the agent runner does, through the process door) and has no threads. Plans and
// readers are used from one thread at a time.

#include "adapters/process.hpp"
#include "core/error.hpp"
#include "core/record.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// One run to be made.
struct agent_task {
  story_id story;
  std::string story_key;
  std::uint32_t run = 1;
  run_role role = run_role::implement;
  std::string directory; ///< the working tree, absolute
  std::string prompt;
  std::string session;    ///< the id to use or to resume; may be empty where `names_session()` is false
  bool resume = false;    ///< go on in `session`
  session_account booked; ///< for earlier runs of `session`
  std::string scratch;    ///< a directory for prompt and result files, outside the tree, of this run alone
  std::vector<std::string> base_environment; ///< PATH, HOME, LANG and what the configuration lets through
};

/// What a run turned out to be.
struct run_result {
  bool succeeded = false;
  ec code = ec::agent_failed;   ///< when not succeeded: agent_failed, timed_out, rate_limited, unavailable, bad_config,
                                ///< cancelled, over_budget
  std::string error;            ///< a sentence for a person
  std::int64_t retry_at_ms = 0; ///< rate_limited, when the agent said when
  std::string session;
  std::string summary; ///< last words (Markdown), at most 64 KiB; both ends in 32 KiB when secrets are out of it
  std::uint32_t turns = 0;
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  std::int64_t cost_microusd = 0; ///< of this run alone
  std::int32_t exit_code = -1;
};

/// Reads one run's output.
class agent_reader {
public:
  virtual ~agent_reader() = default;

  /// What a line means to someone who watches.
  struct progress {
    std::string session;  ///< set once, when it becomes known
    std::string activity; ///< "edits calc.py", "runs pytest": one short plain line; empty = nothing to show
    bool stop = false;    ///< go no further: end the run now (`finish` says why)
  };
  /// Takes a line in. Hostile: any bytes, any size up to the limit.
  virtual progress read(const output_line& line) = 0;

  /// The verdict, when the process has ended. Called once.
  virtual run_result finish(const exit_status& status) = 0;
};

class coding_agent {
public:
  virtual ~coding_agent() = default;
  virtual std::string_view name() const = 0;

  /// True when the caller may choose the session's id before the run (so that it is durable before it costs).
  virtual bool names_session() const = 0;
  /// True when a later run can go on in an earlier session.
  virtual bool can_resume() const = 0;

  /// The command for a task; `bad_config` when the program is missing (naming the package that has it). May
  /// write the prompt file into `task.scratch`.
  virtual result<process_spec> command(const agent_task& task) = 0;
  virtual std::unique_ptr<agent_reader> reader(const agent_task& task) = 0;

  /// For `hyakki check`.
  virtual result<std::string> probe() = 0;
};

} // namespace hyakki
