#include "runtime/adapters.hpp"

#include "adapters/code_hosts/local.hpp"
#include "adapters/coding_agents/claude_code.hpp"
#include "adapters/coding_agents/command.hpp"
#include "adapters/trackers/tickets.hpp"

#include <cstdlib>

namespace hyakki {
namespace {

error unknown(const char* key, const std::string& type, const char* known) {
  return {ec::bad_config, std::string{key} + " is \"" + type + "\"; this build knows: " + known, 0};
}

} // namespace

result<std::unique_ptr<tracker>> make_tracker(const config& c, const clock& time) {
  if (c.issue_tracker.type == "tickets")
    return make_tickets_tracker(c.issue_tracker, time);
  return unknown("issue_tracker.type", c.issue_tracker.type, "tickets");
}

result<std::unique_ptr<code_host>> make_code_host(const config& c) {
  if (c.repo_hosting.type == "local")
    return make_local_code_host(c.repo_hosting, c.routing.allowed);
  return unknown("repo_hosting.type", c.repo_hosting.type, "local");
}

result<std::unique_ptr<coding_agent>> make_coding_agent(const config& c, std::vector<std::string> environment,
                                                        process* children) {
  if (c.agent.type == "claude_code")
    return make_claude_code_agent(c.agent, std::move(environment), children);
  if (c.agent.type == "command")
    return make_command_agent(c.agent, std::move(environment));
  return unknown("agent.type", c.agent.type, "claude_code, command");
}

std::vector<std::string> agent_environment(const config& c) {
  auto names = std::vector<std::string>{"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR"};
  names.insert(names.end(), c.agent.pass_environment.begin(), c.agent.pass_environment.end());
  std::vector<std::string> out;
  for (auto& name : names)
    if (auto value = std::getenv(name.c_str()); value != nullptr)
      out.push_back(name + "=" + value);
  return out;
}

} // namespace hyakki
