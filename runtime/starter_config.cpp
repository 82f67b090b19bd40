#include "runtime/config_file.hpp"

namespace hyakki {

std::string_view starter_config() {
  return R"(# hyakki: stories in, pull requests out. Every key is explained in docs/configuration.md.
# Relative paths are relative to this file. ${NAME} is replaced by an environment variable.

issue_tracker:
  type: tickets                # tickets that live in a repository, in .tickets/
  path: .                      # the directory that has .tickets
  trigger_label: ai-pipeline   # stories with this label are taken
  processing_label: ai-processing
  done_label: ai-done
  failed_label: ai-failed

repo_hosting:
  type: local                  # bare repositories on this machine
  path: ./hosting              # <path>/<repository>.git
  branch_pattern: feature/{issue_key}-ai-{slug}

agent:
  type: claude_code            # or command, for any other program
  command: claude
  timeout_seconds: 1800
  silence_seconds: 600         # ended when it prints nothing for this long
  max_turns: 50
  permission_mode: acceptEdits
  pass_environment:            # variables that the agent may see; nothing else is passed on
    - ANTHROPIC_API_KEY

routing:
  components: {}               # component of a story: repository
  label_prefix: "repo:"        # a label repo:billing names the repository billing
  # default_repository: app    # for stories that name none

orchestrator:
  poll_interval_seconds: 30
  max_parallel_stories: 4
  max_parallel_per_repo: 1
  workspace_dir: ~/hyakki-workspace

# What the engine runs itself before it commits. All of them must pass.
checks: []
#  - name: test
#    command: [make, test]
#    timeout_seconds: 600

# A second session of the agent reads the change first.
review:
  enabled: false

log:
  level: info                  # debug, info, warning, error
  format: text                 # text, json
)";
}

} // namespace hyakki
