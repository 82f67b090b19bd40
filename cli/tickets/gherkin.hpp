#pragma once
// Scenarios out of a .feature file, and one scenario as text.
//
// Several scenarios in a file are several scenarios. Steps of a Background belong to the background; And, But and *
// go on with the step before them; tables and doc strings stay with their step as further lines; a Scenario Outline
// becomes one scenario for each row of its Examples. English keywords only: "# language: de" is refused rather than
// misread. Bounded and linear; no state.

#include "core/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hyakki::ticket_cli {

struct scenario_text {
  std::string title;
  std::string background; ///< lines, joined by newlines
  std::vector<std::string> given, when, then;
  std::vector<std::string> tags; ///< without @
};

inline constexpr std::size_t most_feature_bytes = 1u << 20;
inline constexpr std::size_t most_scenarios = 1000;
inline constexpr std::size_t most_steps = 1000; ///< in one scenario

/// The scenarios of a file. `rejected` says the line, what was found and what is allowed.
result<std::vector<scenario_text>> read_feature(std::string_view text);

/// The words of "@perf smoke,slow", without @.
std::vector<std::string> tags_of(std::string_view text);
/// Title and steps that were given one by one: each is one line.
result<void> check_steps(const scenario_text& s);

/// As a .feature file has it: its background, its tags, itself; no newline at the end. Whatever another program wrote
/// into it, it can be read again. Not yet safe for a terminal.
std::string feature_text(const scenario_text& s);

} // namespace hyakki::ticket_cli
