#include "adapters/coding_agents/agent_parts.hpp"

#include "adapters/process/program.hpp"
#include "core/keep_ends.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <array>

namespace hyakki {

namespace {

using namespace std::chrono_literals;

constexpr std::array harmless{
  std::string_view{"PATH"}, std::string_view{"HOME"},    std::string_view{"LANG"},   std::string_view{"USER"},
  std::string_view{"TZ"},   std::string_view{"LOGNAME"}, std::string_view{"TMPDIR"}, std::string_view{"SHELL"},
};

std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find('=')); }

bool is_let_through(std::string_view name, const agent_config& config) {
  return std::find(harmless.begin(), harmless.end(), name) != harmless.end() || name.substr(0, 3) == "LC_" ||
         std::find(config.pass_environment.begin(), config.pass_environment.end(), name) !=
           config.pass_environment.end();
}

} // namespace

std::vector<std::string> agent_environment(const agent_config& config, const agent_task& task,
                                           const std::vector<std::string>& extra) {
  std::vector<std::string> environment;
  auto has = [&](std::string_view name) {
    return std::any_of(environment.begin(), environment.end(), [&](const auto& e) { return name_of(e) == name; });
  };
  for (const auto& entry : task.base_environment)
    if (entry.find('=') != std::string::npos && is_let_through(name_of(entry), config) && !has(name_of(entry)))
      environment.push_back(entry);
  // What the configuration lets through wins over what we would set.
  for (const auto& entry : extra)
    if (!has(name_of(entry)))
      environment.push_back(entry);
  return environment;
}

process_limits agent_limits(const agent_config& config) {
  process_limits limits;
  limits.wall = std::chrono::seconds(std::max<std::int64_t>(config.timeout_seconds, 0));
  limits.silence = std::chrono::seconds(std::max<std::int64_t>(config.silence_seconds, 0));
  auto megabytes = [](std::int64_t n) { return static_cast<std::uint64_t>(std::max<std::int64_t>(n, 0)) << 20; };
  limits.output_bytes = megabytes(config.max_output_mb);
  limits.memory_bytes = megabytes(config.max_memory_mb);
  limits.file_bytes = megabytes(config.max_file_mb);
  limits.processes = static_cast<std::uint64_t>(std::max<std::int64_t>(config.max_processes, 0));
  // Agents tidy up their own children when they are asked to end: give them the time.
  limits.grace = 5s;
  // One line holds a whole file that the agent wrote, escaped.
  limits.line_bytes = 8u << 20;
  return limits;
}

result<std::string> find_agent_program(const agent_config& config, const std::vector<std::string>& environment) {
  auto path = variable_of(environment, "PATH");
  auto program = find_program(config.command, path);
  if (program.empty())
    return {ec::bad_config, "agent.command: " + missing_program_text(config.command, path)};
  return program;
}

std::optional<error> process_failure(std::string_view agent, const exit_status& status) {
  auto text = std::string{agent} + ": " + describe(status);
  switch (status.how) {
  case process_end::not_started: return error{status.is_shortage ? ec::unavailable : ec::bad_config, text};
  case process_end::timed_out:
  case process_end::silent: return error{ec::timed_out, text};
  case process_end::too_much_output: return error{ec::over_budget, text};
  case process_end::cancelled: return error{ec::cancelled, text};
  case process_end::exited:
  case process_end::signalled: break;
  }
  return std::nullopt;
}

std::string activity_line(std::string_view text) {
  // Cleaning is linear, but nobody sees more than the beginning.
  auto line = clean_line(text.substr(0, most_activity * 8));
  return cut_with_note(line, most_activity, "…");
}

std::string agent_text(std::string_view text, std::size_t most) {
  // Cleaning is linear, but most of a huge text would be cleaned in vain.
  return keep_ends(clean_text(keep_ends(text, most * 2)), most);
}

} // namespace hyakki
