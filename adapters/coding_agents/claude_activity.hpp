#pragma once
// What a tool call of Claude Code looks like to someone who watches: "edits calc.py", "runs make test".

#include "adapters/coding_agents/json_view.hpp"

#include <string>
#include <string_view>

namespace hyakki {

/// `call` is a tool_use block; paths inside `directory` are shown relative to it. One clean line; may be empty.
std::string activity_of_tool(const json_view::element& call, std::string_view directory);

} // namespace hyakki
