#include "adapters/coding_agents/command.hpp"

#include "adapters/coding_agents/agent_parts.hpp"
#include "adapters/coding_agents/command_reader.hpp"
#include "adapters/coding_agents/placeholders.hpp"
#include "adapters/coding_agents/session_id.hpp"
#include "adapters/process/spawn.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

namespace hyakki {

namespace {

const std::vector<std::string> known_placeholders{"prompt_file", "result_file", "session", "directory", "story_key"};

/// The prompt is for this user's eyes, and is not written through a link that somebody has laid there.
result<void> write_prompt(const std::string& path, const std::string& text) {
  unique_fd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
  auto fault = [&] {
    return error{ec::unavailable, "cannot write the prompt to " + path + ": " + ::strerrordesc_np(errno)};
  };
  if (!fd)
    return fault();
  for (std::size_t done = 0; done < text.size();) {
    auto n = ::write(fd.get(), text.data() + done, text.size() - done);
    if (n < 0 && errno != EINTR)
      return fault();
    done += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  return {};
}

/// A story's key as one harmless word: it is made by whoever writes tickets.
std::string safe_word(std::string_view key) {
  std::string word{key.substr(0, 200)};
  for (auto& c : word)
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
          c == '.'))
      c = '_';
  if (word.empty() || word.front() == '-' || word.front() == '.')
    word.insert(0, "_");
  return word;
}

class command_agent final : public coding_agent {
public:
  command_agent(const agent_config& config, std::set<std::string> used, std::vector<std::string> environment)
    : config_(config), used_(std::move(used)), environment_(std::move(environment)) {}

  std::string_view name() const override { return "command"; }
  bool names_session() const override { return used_.count("session") > 0; }
  bool can_resume() const override { return !config_.session.flag.empty(); }

  result<process_spec> command(const agent_task& task) override {
    process_spec spec;
    spec.environment = agent_environment(config_, task, {"TERM=dumb"});
    auto program = find_agent_program(config_, spec.environment);
    if (!program)
      return program.error();
    bool needs_session = names_session() || task.resume;
    if (needs_session && !is_safe_session(task.session))
      return {ec::bad_config, config_.command + " needs a session, and `" + task.session.substr(0, 100) + "` is none"};
    if (task.resume && !can_resume())
      return {ec::bad_config, config_.command + " cannot resume a session: agent.session.flag is empty"};
    bool needs_scratch = used_.count("prompt_file") > 0 || used_.count("result_file") > 0;
    if (needs_scratch && (task.scratch.empty() || task.scratch.front() != '/'))
      return {ec::bad_config, config_.command + " needs a directory for its prompt and result files"};

    auto value = [&](std::string_view name) -> std::string {
      if (name == "prompt_file")
        return prompt_file(task);
      if (name == "result_file")
        return result_file(task);
      if (name == "session")
        return task.session;
      if (name == "directory")
        return task.directory;
      return safe_word(task.story_key);
    };
    spec.argv.push_back(*program);
    for (const auto& flag : config_.flags)
      spec.argv.push_back(fill_placeholders(flag, value));
    if (task.resume) {
      spec.argv.push_back(config_.session.flag);
      spec.argv.push_back(task.session);
    }
    if (used_.count("result_file") > 0)
      ::unlink(result_file(task).c_str()); // an earlier run's answer is not this one's
    if (used_.count("prompt_file") > 0)
      if (auto written = write_prompt(prompt_file(task), task.prompt); !written)
        return written.error();
    if (config_.prompt_by == "stdin")
      spec.input = task.prompt;
    spec.directory = task.directory;
    spec.limits = agent_limits(config_);
    return spec;
  }

  std::unique_ptr<agent_reader> reader(const agent_task& task) override {
    command_reading how;
    how.agent = config_.command;
    how.result_by = config_.result_by;
    how.result_pointer = config_.result_pointer;
    how.result_file = result_file(task);
    how.session_pointer = config_.session.json_pointer;
    if (names_session() || task.resume)
      how.session = task.session;
    return make_command_reader(std::move(how));
  }

  result<std::string> probe() override { return find_agent_program(config_, environment_); }

private:
  static std::string prompt_file(const agent_task& task) { return task.scratch + "/prompt.md"; }
  static std::string result_file(const agent_task& task) { return task.scratch + "/result.md"; }

  agent_config config_;
  std::set<std::string> used_;
  std::vector<std::string> environment_;
};

bool is_pointer(const std::string& text) { return !text.empty() && text.front() == '/'; }

} // namespace

result<std::unique_ptr<coding_agent>> make_command_agent(const agent_config& config,
                                                         std::vector<std::string> environment) {
  if (config.command.empty())
    return {ec::bad_config, "agent.command: name the program to run"};
  auto used = placeholders_of(config.flags, known_placeholders);
  if (!used)
    return with_context(used.error(), "agent.flags");
  if (config.prompt_by != "stdin" && config.prompt_by != "file")
    return {ec::bad_config, "agent.prompt_by: `" + config.prompt_by + "` is neither stdin nor file"};
  if (config.prompt_by == "file" && used->count("prompt_file") == 0)
    return {ec::bad_config, "agent.prompt_by is file, but agent.flags does not say {prompt_file} anywhere"};
  if (config.result_by != "output" && config.result_by != "file" && config.result_by != "json")
    return {ec::bad_config, "agent.result_by: `" + config.result_by + "` is none of output, file and json"};
  if (config.result_by == "file" && used->count("result_file") == 0)
    return {ec::bad_config, "agent.result_by is file, but agent.flags does not say {result_file} anywhere"};
  if (config.result_by == "json" && !is_pointer(config.result_pointer))
    return {ec::bad_config, "agent.result_pointer: a JSON pointer begins with /, as in /result"};
  if (!config.session.json_pointer.empty() && !is_pointer(config.session.json_pointer))
    return {ec::bad_config, "agent.session.json_pointer: a JSON pointer begins with /, as in /session_id"};
  return std::unique_ptr<coding_agent>{
    std::make_unique<command_agent>(config, std::move(*used), std::move(environment))};
}

} // namespace hyakki
