#pragma once
// Files of one folder, by descriptor: nothing leads out of it.
//
// Names are single components; symbolic links, pipes and devices are refused; a write is a new file that takes
// the old one's name, durable when the call returns. No state but the descriptors.

#include "core/error.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct stat;

namespace hyakki::tickets {

/// Called before each step of a write with its name; a test ends the process there.
using step_hook = std::function<void(const char* step)>;

class descriptor {
public:
  descriptor() = default;
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  descriptor& operator=(descriptor&& other) noexcept;
  ~descriptor();
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

private:
  int fd_ = -1;
};

class directory {
public:
  directory() = default;
  /// Opens a folder by path; the last component must not be a symbolic link. `not_found`, `rejected`, `bad_config`.
  static result<directory> open(const std::string& path);
  /// Opens a folder in this one, or makes it when `make` is true.
  result<directory> folder(const char* name, bool make = false) const;

  /// Names of everything in it, in no order. Cheap: one pass, no look at the files.
  result<std::vector<std::string>> names() const;

  /// How many things are in it, counted up to `most`.
  std::size_t count(std::size_t most) const;

  /// A file's bytes; `not_found` when there is none, `rejected` for what is no plain file or larger than `most`.
  /// `seen`: is told how the file stood just before its first byte was read.
  result<std::string> read(const std::string& name, std::size_t most, struct stat* seen = nullptr) const;
  /// The same into room that is used again.
  result<void> read_into(std::string& out, const char* name, std::size_t most, struct stat* seen = nullptr) const;
  /// Whether something has that name.
  bool has(const std::string& name) const;

  /// Replaces or makes the file as a whole: either the old bytes are there after a crash, or the new ones.
  /// One writer at a time (the store's lock); leftovers of a writer that died are swept by the next.
  result<void> write(const std::string& name, std::string_view bytes, const step_hook& on_step) const;
  /// The same, but on disk only when the system sees fit: for what can be made again.
  result<void> write_lightly(const std::string& name, std::string_view bytes, const step_hook& on_step) const;
  /// Removes a file; none there is no failure.
  result<void> remove(const std::string& name, const step_hook& on_step) const;

  int fd() const { return fd_.get(); }
  const std::string& path() const { return path_; }

private:
  result<void> write(const std::string& name, std::string_view bytes, const step_hook& on_step, bool durable) const;
  directory(descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  error failed(const std::string& what, const std::string& name, int number) const;

  descriptor fd_;
  std::string path_;
};

} // namespace hyakki::tickets
