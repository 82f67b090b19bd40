#pragma once
// Which variables that an agent is given hold secrets, so that the redactor takes them out of texts.
//
// An agent's environment holds ordinary words as well: a home, a language, "1". Taken out of every text, these would
// destroy it. So a value is a secret by its variable's name, or by how it looks. The rule is in docs/security.md.
// Pure: whether a value names a file is asked of the caller.

#include "core/secret.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// So many bytes are looked for, of all variables together: each costs memory for as long as the engine runs.
inline constexpr std::size_t most_passed_secret_bytes = 16 * 1024;

struct passed_secrets {
  std::vector<secret> values;
  std::vector<std::string> left_out; ///< names of variables that hold more than is looked for
};

/// Does the name say that its value is a secret? `ANTHROPIC_API_KEY` does, `MAX_OUTPUT_TOKENS` does not.
bool is_name_of_secret(std::string_view name);

/// Of `NAME=value` entries those whose values are secrets, each line of a value that has several, and the password in
/// a value that is an address.
passed_secrets find_passed_secrets(const std::vector<std::string>& entries,
                                   const std::function<bool(const std::string&)>& is_file);

} // namespace hyakki
