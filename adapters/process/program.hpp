#pragma once
// Which package brings a program that is missing: for error texts, nothing else.

#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// How to get a well-known program: "apt install git", "npm install -g @anthropic-ai/claude-code"; empty when
/// it is not one that we know. Takes a name or a path.
std::string install_hint(std::string_view program);

/// "the program `git` is not in the PATH (/usr/bin:/bin); get it with: apt install git".
std::string missing_program_text(std::string_view program, std::string_view path);

/// The value of a variable in a list of "NAME=value"; empty when it is not there.
std::string_view variable_of(const std::vector<std::string>& environment, std::string_view name);

} // namespace hyakki
