#pragma once
// How a token reaches git: by a file of mode 0600 in a private directory, read by our own askpass program.
//
// Never in argv, a URL or a repository. Git starts the program named by GIT_ASKPASS with one argument, its
// question; `main` calls `serve_askpass` before anything else, so the program itself can be hyakki.

#include "adapters/git.hpp"
#include "core/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hyakki {

/// Name of the variable that holds the path of the credential file.
inline constexpr auto askpass_variable = "HYAKKI_ASKPASS_FILE";

/// When the process was started by git to ask for a credential: answers on stdout and returns the exit code.
std::optional<int> serve_askpass(int argc, const char* const* argv);

/// The answer to git's question from the text of a credential file; empty when the question names another host.
std::string askpass_answer(std::string_view credential, std::string_view question);

/// A credential on disk for the length of one git command.
class credential_file {
public:
  credential_file() = default;
  /// Makes `directory` (0700) and in it a new file (0600).
  static result<credential_file> make(const std::string& directory, const remote& to);
  /// Removes what processes that are gone left behind.
  static void sweep(const std::string& directory);
  credential_file(credential_file&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  credential_file& operator=(credential_file&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~credential_file();
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

} // namespace hyakki
