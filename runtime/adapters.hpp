#pragma once
// The keepers that a configuration names, made one by one: for the orchestrator and for commands that need only one.
//
// The one place that knows concrete adapters by name. Making one touches nothing outside; what is missing shows in
// its `probe`.

#include "adapters/code_host.hpp"
#include "adapters/coding_agent.hpp"
#include "adapters/http_client.hpp"
#include "adapters/process.hpp"
#include "adapters/tracker.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"
#include "core/error.hpp"
#include "core/passed_secrets.hpp"
#include "hooks/plugin.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// The HTTP door for the services that the configuration names; null when it names none. `time` outlives it.
result<std::unique_ptr<http_client>> make_http_client(const config& c, const clock& time,
                                                      std::function<void(const http_hold&)> on_hold = {});

/// The tracker of each project, in their order; `bad_config` for a type that this build does not know. `http` may be
/// null where no keeper needs it; it and `time` outlive the trackers. Without a state directory no changes are told.
result<std::vector<std::unique_ptr<tracker>>> make_trackers(const config& c, http_client* http, const clock& time,
                                                            const std::string& state_directory = {});

/// The code hosts of the projects as one. With several of them a repository is called "host:slug".
result<std::unique_ptr<code_host>> make_code_host(const config& c, http_client* http, const clock& time);

/// A plugin for each configured notification. `http` and `time` outlive them.
std::vector<plugin> make_notifications(const config& c, http_client* http, const clock& time);

/// A service that keepers of a project ask.
struct service {
  std::string type;
  std::string address;
};
/// The services behind the tracker and the code host of a project; none for those that lie on this machine.
std::vector<service> services_of(const project_view& p);

/// True when the keeper of that type is reached over the network and wants a token.
bool is_remote_tracker(std::string_view type);
bool is_remote_code_host(std::string_view type);

/// The coding agent that `agent` names. `environment` and `children` serve its `probe`; `children` outlives it.
result<std::unique_ptr<coding_agent>> make_coding_agent(const config& c, std::vector<std::string> environment,
                                                        process* children);

/// What an agent, and what the checks, see of our environment: where programs are, who and in what language, and the
/// variables that `agent.pass_environment` names. Nothing else, and no token of ours.
std::vector<std::string> agent_environment(const config& c);

/// The secrets among the variables that `agent.pass_environment` names, as they are set now: for the redactor.
passed_secrets secrets_passed_on(const config& c);

} // namespace hyakki
