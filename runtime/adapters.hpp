#pragma once
// The keepers that a configuration names, made one by one: for the orchestrator and for commands that need only one.
//
// The one place that knows concrete adapters by name. Making one touches nothing outside; what is missing shows in
// its `probe`.

#include "adapters/code_host.hpp"
#include "adapters/coding_agent.hpp"
#include "adapters/process.hpp"
#include "adapters/tracker.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"
#include "core/error.hpp"

#include <memory>
#include <string>
#include <vector>

namespace hyakki {

/// The tracker that `issue_tracker` names; `bad_config` for a type that this build does not know. `time` outlives it.
result<std::unique_ptr<tracker>> make_tracker(const config& c, const clock& time);

/// The code host that `repo_hosting` names.
result<std::unique_ptr<code_host>> make_code_host(const config& c);

/// The coding agent that `agent` names. `environment` and `children` serve its `probe`; `children` outlives it.
result<std::unique_ptr<coding_agent>> make_coding_agent(const config& c, std::vector<std::string> environment,
                                                        process* children);

/// What an agent, and what the checks, see of our environment: where programs are, who and in what language, and the
/// variables that `agent.pass_environment` names. Nothing else, and no token of ours.
std::vector<std::string> agent_environment(const config& c);

} // namespace hyakki
