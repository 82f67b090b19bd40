#include "adapters/coding_agents/claude_code.hpp"

#include "adapters/coding_agents/agent_parts.hpp"
#include "adapters/coding_agents/claude_reader.hpp"
#include "adapters/coding_agents/session_id.hpp"
#include "adapters/process/program.hpp"

#include <unistd.h>

#include <algorithm>

namespace hyakki {

namespace {

using namespace std::chrono_literals;

/// A reviewer reads. It is denied the rest instead of being asked about it, as nobody is there to answer.
const std::vector<std::string> review_tools{"Read", "Grep", "Glob"};
const std::vector<std::string> writing_tools{"Write", "Edit", "MultiEdit", "NotebookEdit", "Bash"};

const std::vector<std::string> quiet_environment{
  "TERM=dumb",
  "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1",
  "DISABLE_AUTOUPDATER=1",
  "DISABLE_ERROR_REPORTING=1",
  "DISABLE_TELEMETRY=1",
};

class claude_code_agent final : public coding_agent {
public:
  claude_code_agent(const agent_config& config, std::vector<std::string> environment, process* door)
    : config_(config), environment_(std::move(environment)), door_(door) {}

  std::string_view name() const override { return "claude_code"; }
  bool names_session() const override { return true; }
  bool can_resume() const override { return true; }

  result<process_spec> command(const agent_task& task) override {
    process_spec spec;
    spec.environment = agent_environment(config_, task, quiet_environment);
    auto program = find_agent_program(config_, spec.environment);
    if (!program)
      return program.error();
    if (task.resume ? !is_safe_session(task.session) : !task.session.empty() && !is_uuid(task.session))
      return {ec::bad_config, "Claude Code needs a UUID as its session, not `" + task.session.substr(0, 100) + "`"};
    if (auto fault = root_fault(spec.environment); !fault.empty())
      return {ec::bad_config, fault};

    auto& argv = spec.argv;
    argv = {*program, "-p", "--output-format", "stream-json", "--verbose"};
    bool is_review = task.role == run_role::review;
    add_list(argv, "--allowedTools", is_review ? review_tools : config_.allowed_tools);
    if (is_review)
      add_list(argv, "--disallowedTools", writing_tools);
    add(argv, "--permission-mode", is_review ? "dontAsk" : config_.permission_mode);
    add(argv, "--max-turns", std::to_string(config_.max_turns));
    // Hooks and servers that the repository brings along would run outside of the agent's permissions.
    add(argv, "--setting-sources", "user");
    argv.push_back("--strict-mcp-config");
    add(argv, "--model", config_.model);
    argv.insert(argv.end(), config_.flags.begin(), config_.flags.end());
    add(argv, task.resume ? "--resume" : "--session-id", task.session.empty() ? new_session_id() : task.session);

    // By stdin: a prompt may begin with a dash, and may be larger than an argument can be.
    spec.input = task.prompt;
    spec.directory = task.directory;
    spec.limits = agent_limits(config_);
    return spec;
  }

  std::unique_ptr<agent_reader> reader(const agent_task& task) override {
    return make_claude_reader(task.directory, task.role, task.resume ? task.booked : session_account{});
  }

  result<std::string> probe() override {
    auto program = find_agent_program(config_, environment_);
    if (!program)
      return program;
    process_spec spec;
    spec.argv = {*program, "--version"};
    agent_task nobody;
    nobody.base_environment = environment_;
    spec.environment = agent_environment(config_, nobody, quiet_environment);
    if (auto fault = root_fault(spec.environment); !fault.empty())
      return {ec::bad_config, fault};
    if (!door_)
      return program;
    spec.directory = "/";
    spec.limits.wall = 20s;
    auto answer = door_->run(spec, 4096);
    if (!answer.ok())
      return {ec::bad_config, *program + " --version " + describe(answer.status) + ": " + agent_text(answer.err, 500)};
    return *program + ", " + activity_line(answer.out);
  }

private:
  static void add(std::vector<std::string>& argv, const char* flag, const std::string& value) {
    if (value.empty())
      return;
    argv.push_back(flag);
    argv.push_back(value);
  }

  /// A flag that takes all words up to the next flag: another flag has to follow it.
  static void add_list(std::vector<std::string>& argv, const char* flag, const std::vector<std::string>& values) {
    if (values.empty())
      return;
    argv.push_back(flag);
    argv.insert(argv.end(), values.begin(), values.end());
  }

  std::string root_fault(const std::vector<std::string>& environment) const {
    bool bypasses =
      config_.permission_mode == "bypassPermissions" ||
      std::find(config_.flags.begin(), config_.flags.end(), "--dangerously-skip-permissions") != config_.flags.end();
    if (!bypasses || ::geteuid() != 0 || variable_of(environment, "IS_SANDBOX") == "1")
      return {};
    return "Claude Code refuses to bypass permissions as root: run hyakki as another user, or use permission_mode "
           "acceptEdits with allowed_tools; in a container that you trust as a sandbox set IS_SANDBOX=1 and name it in "
           "agent.pass_environment";
  }

  agent_config config_;
  std::vector<std::string> environment_;
  process* door_;
};

} // namespace

result<std::unique_ptr<coding_agent>> make_claude_code_agent(const agent_config& config,
                                                             std::vector<std::string> environment, process* door) {
  auto fixed = config;
  if (fixed.command.empty())
    fixed.command = "claude";
  for (const auto& tool : fixed.allowed_tools)
    if (tool.empty() || tool.front() == '-')
      return {ec::bad_config, "agent.allowed_tools: `" + tool + "` is no tool but looks like a flag"};
  if (!fixed.model.empty() && fixed.model.front() == '-')
    return {ec::bad_config, "agent.model: `" + fixed.model + "` looks like a flag"};
  if (!fixed.permission_mode.empty() && fixed.permission_mode.front() == '-')
    return {ec::bad_config, "agent.permission_mode: `" + fixed.permission_mode + "` looks like a flag"};
  for (const auto& flag : fixed.flags)
    for (auto* ours : {"-p", "--print", "--output-format", "--input-format", "--resume", "--session-id", "--continue"})
      if (flag.substr(0, flag.find('=')) == ours && flag != "--print" && flag != "-p")
        return {ec::bad_config, "agent.flags: " + flag + " is set by hyakki itself, leave it out"};
  return std::unique_ptr<coding_agent>{std::make_unique<claude_code_agent>(fixed, std::move(environment), door)};
}

} // namespace hyakki
