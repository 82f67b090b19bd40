#pragma once
// How a token reaches git: by a private file, read by our own askpass program.
//
// Never in argv, a URL or a repository. Git starts the program named by GIT_ASKPASS with one argument, its
// question; `main` calls `serve_askpass` before anything else, so the program itself can be hyakki.

#include "adapters/git.hpp"
#include "core/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hyakki {

/// Name of the variable that holds the path of the credential's file.
inline constexpr auto askpass_variable = "HYAKKI_ASKPASS_FILE";

/// When the process was started by git to ask for a credential: answers on stdout and returns the exit code.
std::optional<int> serve_askpass(int argc, const char* const* argv);

/// What the file of a credential holds: the origin that it is for, the user, the token.
result<std::string> credential_text(const remote& to);

/// The answer to git's question from the text of a credential's file; empty when the question names another origin.
std::string askpass_answer(std::string_view credential, std::string_view question);

} // namespace hyakki
