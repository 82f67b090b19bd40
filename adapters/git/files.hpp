#pragma once
// Directories that a stranger may have filled: opened, walked and removed without ever following a link.
//
// Everything goes by descriptors (openat, O_NOFOLLOW), so that no name, link or race leads out of a root.

#include "core/error.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hyakki::files {

class descriptor {
public:
  explicit descriptor(int fd = -1) : fd_(fd) {}
  descriptor(descriptor&& o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
  descriptor& operator=(descriptor&& o) noexcept {
    std::swap(fd_, o.fd_);
    return *this;
  }
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

private:
  int fd_;
};

/// A directory below `at`, never through a link; `make` makes it (0777 less the umask) when it is missing.
descriptor open_dir(int at, const std::string& name, bool make = false);
/// Whether this absolute path leads to a directory by no link, and is written without `.`, `..` and doubled slashes: it
/// is its own real path then. False as well where the system cannot tell.
bool is_real(const std::string& path);
/// The names in a directory, sorted, without . and ..; at most `most`. False when it cannot be read or is larger.
bool names_in(int dir, std::vector<std::string>& out, std::size_t most = 1'000'000);
/// Removes a file, a link or a whole directory, however deep and whatever its modes. True when it is gone.
bool remove_all(int at, const std::string& name);
/// The bytes of a plain file of at most `most` bytes; `rejected` for anything else.
result<std::string> read_file(int at, const std::string& name, std::uint64_t most);
/// Replaces a file by a new one with this text (write aside, rename).
bool write_file(int at, const std::string& name, std::string_view text, mode_t mode = 0600);
/// Lets a file hold this text: one that does is left alone, a plain one of ours with one name is written over, and
/// anything else that stands there goes. A kill may leave it half written. Making a file is what costs.
bool settle_file(int at, const std::string& name, std::string_view text, mode_t mode = 0600);
/// The target of a link; false when it is none or longer than 4,095 bytes.
bool read_link(int at, const std::string& name, std::string& out);
/// True for names that some file system takes for `.git`: .GIT, git~1, ".git ", with ignorable code points.
bool is_git_name(std::string_view component);
/// A path inside a tree: relative, no empty, `.`, `..` or git-like component, at most 4,000 bytes and 128 deep.
bool is_safe_path(std::string_view path);

} // namespace hyakki::files
