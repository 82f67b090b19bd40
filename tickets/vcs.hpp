#pragma once
// The repository around a directory: its root, who works in it, on which branch. Git, Mercurial and Jujutsu.
//
// Their files are read, no program is started, but for the branch of a Jujutsu repository, which only `jj` can tell.
// What is missing (a tool, a file, a setting) is an empty answer, never an error. Safe from any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hyakki::tickets {

enum class vcs : std::uint8_t { git, hg, jj };
std::string_view to_string(vcs kind);

struct repository {
  std::string root; ///< absolute
  vcs kind = vcs::git;
};

/// The nearest directory from `from` upwards that holds .jj, else .git, else .hg; never "/" itself.
std::optional<repository> find_repository(const std::string& from);

struct vcs_user {
  std::string name;
  std::string email;
};

/// Who commits here: the environment (GIT_AUTHOR_NAME, HGUSER, JJ_USER, ...) before the settings of the repository,
/// those before the user's, those before the machine's.
vcs_user user_of(const repository& where);

/// The branch, also of a repository without commits; "HEAD" when git's is detached; of Jujutsu the nearest bookmark
/// behind the working copy.
std::string branch_of(const repository& where);

/// Git's own directory for a work tree, a linked one included; empty when there is none.
std::string git_directory(const std::string& root);
/// The directory that all work trees of a git repository share; empty when there is none.
std::string git_common_directory(const std::string& root);

} // namespace hyakki::tickets
