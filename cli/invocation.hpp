#pragma once
// What the user asked for, as a plain value, and the parser that makes it from the command line.
//
// The only place that knows the option parser. Usage errors print a sentence and give exit code 2; --help and
// --version print and give 0.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace hyakki::cli {

/// Exit codes, as documented in --help. Never renumber.
enum exit_code : int {
  exit_done = 0,    ///< done
  exit_failed = 1,  ///< it ran and failed: a story failed, nothing found, refused
  exit_usage = 2,   ///< the command line or the configuration is wrong
  exit_startup = 3, ///< could not start: state directory held, store newer, tool missing
};

enum class command : std::uint8_t {
  init,
  run,
  status,
  show,
  log,
  cancel,
  retry,
  check,
  pr_list,
  pr_show,
  pr_diff,
  pr_merge,
  pr_close,
  version,
};

struct invocation {
  command what = command::version;
  std::string config;            ///< -c; empty = $HYAKKI_CONFIG, else ./hyakki.yaml
  std::string key;               ///< story: key or id
  std::vector<std::string> keys; ///< the same, where several are taken
  std::string number;            ///< pull request
  std::string repository;        ///< pr: --repo
  std::string output;            ///< init: -o
  std::string reason;            ///< cancel
  std::string log_level;         ///< run; empty = as configured
  std::string log_format;        ///< run; empty = as configured
  std::uint32_t limit = 30;
  std::uint32_t run = 0; ///< log: 0 = the last
  bool json = false;
  bool all = false;
  bool follow = false;
  bool raw = false;
  bool once = false;
  bool dry_run = false;
  bool quiet = false;
  bool force = false;
};

/// What to do, or the exit code when everything was said already.
std::variant<invocation, int> parse(int argc, const char* const* argv);

} // namespace hyakki::cli
