#include "adapters/process/program.hpp"

#include "adapters/process.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace hyakki {

namespace {

using hint = std::pair<std::string_view, std::string_view>;

/// Packages with an @ stand in core/install_hints as well: comments leave them as they are.
constexpr std::array hints{
  hint{"bash", "apt install bash"},
  hint{"bwrap", "apt install bubblewrap"},
  hint{"cargo", "apt install cargo"},
  hint{"claude", "npm install -g @anthropic-ai/claude-code"},
  hint{"cmake", "apt install cmake"},
  hint{"codex", "npm install -g @openai/codex"},
  hint{"copilot", "npm install -g @github/copilot"},
  hint{"curl", "apt install curl"},
  hint{"gemini", "npm install -g @google/gemini-cli"},
  hint{"git", "apt install git"},
  hint{"go", "apt install golang-go"},
  hint{"java", "apt install default-jre-headless"},
  hint{"jq", "apt install jq"},
  hint{"make", "apt install make"},
  hint{"meson", "apt install meson"},
  hint{"mvn", "apt install maven"},
  hint{"ninja", "apt install ninja-build"},
  hint{"node", "apt install nodejs"},
  hint{"npm", "apt install npm"},
  hint{"opencode", "npm install -g opencode-ai"},
  hint{"pytest", "apt install python3-pytest"},
  hint{"python3", "apt install python3"},
  hint{"qwen", "npm install -g @qwen-code/qwen-code"},
  hint{"rg", "apt install ripgrep"},
  hint{"ssh", "apt install openssh-client"},
};

bool can_be_run(const std::string& path) {
  struct stat s {};
  return ::stat(path.c_str(), &s) == 0 && S_ISREG(s.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

/// The folders of a PATH, as many as somebody reads.
std::string shown_path(std::string_view path) {
  constexpr std::size_t readable = 80;
  auto folders_in = [](std::string_view text) { return std::count(text.begin(), text.end(), ':') + 1; };
  auto end = path.size() <= readable ? path.size() : path.rfind(':', readable);
  if (end == std::string_view::npos)
    return std::string{path.substr(0, readable)} + "…";
  auto shown = path.substr(0, end);
  auto left = folders_in(path) - folders_in(shown);
  return std::string{shown} + (left == 0 ? "" : " and " + std::to_string(left) + " more");
}

} // namespace

std::string install_hint(std::string_view program) {
  if (auto slash = program.rfind('/'); slash != std::string_view::npos)
    program.remove_prefix(slash + 1);
  for (const auto& [name, how] : hints)
    if (name == program)
      return std::string{how};
  return {};
}

std::string missing_program_text(std::string_view program, std::string_view path) {
  auto text = "the program `" + std::string{program} + "`";
  if (program.find('/') != std::string_view::npos)
    text += " does not exist or cannot be run";
  else if (path.empty())
    text += " cannot be looked up: its environment has no PATH";
  else
    text += " is not in the PATH (" + shown_path(path) + ")";
  if (auto how = install_hint(program); !how.empty())
    text += "; get it with: " + how;
  return text;
}

std::string_view variable_of(const std::vector<std::string>& environment, std::string_view name) {
  for (const auto& entry : environment)
    if (entry.size() > name.size() && entry[name.size()] == '=' && entry.compare(0, name.size(), name) == 0)
      return std::string_view{entry}.substr(name.size() + 1);
  return {};
}

std::string find_program(std::string_view name, std::string_view path) {
  if (name.empty() || name.find('\0') != std::string_view::npos)
    return {};
  if (name.find('/') != std::string_view::npos) {
    auto given = std::string{name};
    return name.front() == '/' && can_be_run(given) ? given : std::string{};
  }
  while (!path.empty()) {
    auto colon = path.find(':');
    auto folder = path.substr(0, colon);
    path = colon == std::string_view::npos ? std::string_view{} : path.substr(colon + 1);
    // A relative entry would mean the working tree, and what lies there is the agent's.
    if (folder.empty() || folder.front() != '/')
      continue;
    auto candidate = std::string{folder} + "/" + std::string{name};
    if (can_be_run(candidate))
      return candidate;
  }
  return {};
}

} // namespace hyakki
