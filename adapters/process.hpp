#pragma once
// The process door: the only place that starts children.
//
// Children are started by argument vector (no shell, ever), in a session of their own, with an environment that
// is built and not inherited, and die as a whole group, strays included. One loop thread serves any number of
// children; callbacks run on it and must not block. Children are made with posix_spawn.

#include "core/error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

struct process_limits {
  std::chrono::milliseconds wall{0};     ///< whole run; 0 = none
  std::chrono::milliseconds silence{0};  ///< longest time without a byte of output; 0 = none
  std::chrono::milliseconds grace{2000}; ///< between SIGTERM and SIGKILL
  std::uint64_t output_bytes = 0;        ///< both streams together; 0 = none
  std::size_t line_bytes = 4u << 20;     ///< longer lines are cut, with a flag
  /// What each process of the run may have, by the system's own limits; 0 = as we have it.
  std::uint64_t memory_bytes = 0; ///< RLIMIT_DATA: what is written to, not what is reserved
  std::uint64_t file_bytes = 0;   ///< RLIMIT_FSIZE
  std::uint64_t processes = 0;    ///< RLIMIT_NPROC: over all processes of the user
};

struct process_spec {
  std::vector<std::string> argv;        ///< argv[0] with a slash, or looked up in the PATH of `environment`
  std::vector<std::string> environment; ///< "NAME=value", complete: nothing is inherited
  std::string directory;                ///< absolute
  std::string input;                    ///< written to stdin, then closed
  std::string mark; ///< set as HYAKKI_RUN in the environment; whatever still carries it at the end is ended too
  /// A tool of ours and no agent: its end proves nothing of orphans that carry no mark while other runs go on.
  bool own_tool = false;
  process_limits limits;
};

enum class process_end : std::uint8_t {
  exited,
  signalled,
  not_started, ///< see `exit_status::error_text`, which names the missing program
  timed_out,
  silent,
  too_much_output,
  cancelled,
};

struct exit_status {
  process_end how = process_end::exited;
  int code = -1;
  int signal = 0;
  std::string error_text;
  std::int64_t took_ms = 0;
  std::uint64_t output_bytes = 0;
  bool is_shortage = false;       ///< not_started for want of descriptors, memory or processes: later it may start
  std::uint32_t strays_ended = 0; ///< processes outside the group that had to be killed
};

/// A sentence for a person: "exited with 3", "no output for 600 s, ended", …
std::string describe(const exit_status& e);

/// A line of output, without its newline.
struct output_line {
  bool from_stderr = false;
  bool cut = false;
  std::string text;
};

struct process_handlers {
  std::function<void(std::vector<output_line>)> on_lines; ///< in order per stream, batched per read
  std::function<void(exit_status)> on_exit; ///< once, last, after both streams ended and the group is gone
};

/// A running child. Letting the handle go does not end it.
class process_handle {
public:
  virtual ~process_handle() = default;
  virtual void cancel() = 0; ///< from any thread; the end arrives by `on_exit`
  virtual int pid() const = 0;
};

/// What a short command left behind.
struct process_output {
  exit_status status;
  std::string out;
  std::string err;
  bool ok() const { return status.how == process_end::exited && status.code == 0; }
};

class process {
public:
  virtual ~process() = default;

  /// Starts a child. Never fails by itself: a child that cannot start ends with `not_started`.
  virtual std::shared_ptr<process_handle> start(process_spec spec, process_handlers handlers) = 0;

  /// Runs a command to its end and returns what it printed, each stream cut at `most_bytes`. Blocks; never call
  /// it from a handler.
  virtual process_output run(process_spec spec, std::size_t most_bytes = 1u << 20) = 0;

  /// Ends what an earlier life of ours left running: every process of this user whose HYAKKI_RUN begins with
  /// `mark_prefix`, the sessions of the runs that it noted, and all their descendants. Returns how many.
  virtual std::uint32_t end_leftovers(std::string_view mark_prefix) = 0;

  /// Children that are alive now.
  virtual std::size_t running() const = 0;
};

/// The real door, with its own loop thread. Joins and kills what is left when it is destroyed.
/// `own_process`: the whole process is ours, so become the subreaper and end strays without a mark as well. At
/// most one such door in a process; children that other code starts in our own session are left to it.
/// `notes`: the file in which runs are noted for `end_leftovers` of a later life; one living door has it. Empty: none.
std::unique_ptr<process> make_process_door(bool own_process, const std::string& notes = {});

/// Absolute path of a program in a PATH-like list; empty when there is none.
std::string find_program(std::string_view name, std::string_view path);

} // namespace hyakki
