#pragma once
// Values of git's configuration files. Inner header of the room.

#include <string>
#include <string_view>

namespace hyakki::tickets {

/// Reads `file` and what it includes (`include.path`, `includeIf "gitdir:..."`), at most ten levels; later values win.
/// `git_dir` is what the conditions are held against. Unreadable files count as empty.
class git_config {
public:
  explicit git_config(std::string git_dir) : git_dir_(std::move(git_dir)) {}
  void read(const std::string& file, int level = 0);
  /// One value by its whole name, "user.name".
  void set(std::string_view key, const std::string& value);

  std::string name;  ///< user.name
  std::string email; ///< user.email

private:
  void include(const std::string& from, std::string_view path, int level);
  bool holds(std::string_view condition, const std::string& from) const;
  std::string git_dir_;
};

/// A file's bytes, at most 1 MiB; empty when it cannot be read or is no plain file.
std::string small_file(const std::string& path);
/// "~/x" under the user's home.
std::string from_home(std::string_view path);

} // namespace hyakki::tickets
