#pragma once
// Commands of our own advice that hold an @, as npm names packages. They are to be copied, also out of a comment.

#include <array>
#include <string_view>

namespace hyakki {

inline constexpr std::string_view npm_install = "npm install -g ";

/// Packages of coding agents that we advise to install.
inline constexpr std::array npm_packages{
  std::string_view{"@anthropic-ai/claude-code"}, std::string_view{"@openai/codex"},
  std::string_view{"@github/copilot"},           std::string_view{"@google/gemini-cli"},
  std::string_view{"@qwen-code/qwen-code"},
};

} // namespace hyakki
