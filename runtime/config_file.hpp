#pragma once
// The configuration file: YAML in, `config` out, or every fault of it at once.
//
// Each fault names the file, the line, the dotted key, what was found and what is allowed. Reads the one file and
// touches nothing else. Key names of yokai are accepted as they are.

#include "core/config.hpp"
#include "core/error.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// The value of an environment variable; nothing when it is not set.
using env_lookup = std::function<std::optional<std::string>(std::string_view)>;
env_lookup process_environment();

/// What this build knows, plus what a program registered.
struct config_types {
  std::vector<std::string> trackers{"github_issues", "jira_cloud", "jira_dc", "tickets"};
  std::vector<std::string> code_hosts{"bitbucket_cloud", "bitbucket_dc", "github", "local"};
  std::vector<std::string> agents{"claude_code", "command"};
  /// Those of them that are asked over HTTP: base_url must be an address, and of `addressed` there must be one.
  std::vector<std::string> addressed{"bitbucket_dc", "jira_cloud", "jira_dc"};
  std::vector<std::string> with_own_address{"bitbucket_cloud", "github", "github_issues"};
};

struct config_problem {
  std::string file;
  std::size_t line = 0; ///< 0 = the file as a whole
  std::string key;      ///< dotted; may be empty
  std::string text;
};
/// "hyakki.yaml:12: agent.timeout: unknown key; did you mean timeout_seconds?"
std::string to_string(const config_problem& p);

struct loaded_config {
  config settings;
  std::vector<std::string> warnings; ///< keys that are accepted but do nothing, and the like
  std::vector<secret> secrets;       ///< for the redactor
  std::string path;                  ///< of the file, as it was given
};

/// Fails with `bad_config`, one line a fault; `problems` gets them apart as well. `~` in `path` is expanded.
result<loaded_config> load_config(const std::string& path, const env_lookup& env, const config_types& types = {},
                                  std::vector<config_problem>* problems = nullptr);

/// The same from text. Relative paths in it are relative to `directory`.
result<loaded_config> read_config(std::string_view text, const std::string& file, const std::string& directory,
                                  const env_lookup& env, const config_types& types = {},
                                  std::vector<config_problem>* problems = nullptr);

/// What `hyakki init` writes: commented, and valid as it stands.
std::string_view starter_config();

} // namespace hyakki
