#include "adapters/coding_agents/claude_activity.hpp"

#include "adapters/coding_agents/agent_parts.hpp"

#include <array>

namespace hyakki {

namespace {

/// How to tell a tool: verb, and the field of its input that says what it is about.
struct phrase {
  std::string_view tool, verb, field;
};

constexpr std::array phrases{
  phrase{"Agent", "hands over:", "description"},
  phrase{"Bash", "runs", "command"},
  phrase{"Edit", "edits", "file_path"},
  phrase{"Glob", "looks for", "pattern"},
  phrase{"Grep", "searches for", "pattern"},
  phrase{"MultiEdit", "edits", "file_path"},
  phrase{"NotebookEdit", "edits", "notebook_path"},
  phrase{"Read", "reads", "file_path"},
  phrase{"Skill", "uses the skill", "skill"},
  phrase{"Task", "hands over:", "description"},
  phrase{"WebFetch", "fetches", "url"},
  phrase{"WebSearch", "searches the web for", "query"},
  phrase{"Write", "writes", "file_path"},
};

std::string_view shown_path(std::string_view path, std::string_view directory) {
  if (!directory.empty() && path.substr(0, directory.size()) == directory && path.size() > directory.size() + 1 &&
      path[directory.size()] == '/')
    return path.substr(directory.size() + 1);
  return path;
}

} // namespace

std::string activity_of_tool(const json_view::element& call, std::string_view directory) {
  auto name = json_view::text(call, "name");
  if (name.empty())
    return {};
  auto input = json_view::at(call, "input");
  for (const auto& p : phrases) {
    if (p.tool != name)
      continue;
    auto what = input ? json_view::text(*input, p.field) : std::string_view{};
    auto is_path = p.field == "file_path" || p.field == "notebook_path";
    if (is_path)
      what = shown_path(what, directory);
    else
      what = what.substr(0, what.find('\n'));
    if (what.empty())
      break;
    return activity_line(std::string{p.verb} + " " + std::string{what.substr(0, 1024)});
  }
  return activity_line("uses " + std::string{name.substr(0, 1024)});
}

} // namespace hyakki
