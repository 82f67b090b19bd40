#pragma once
// Every ticket's file of a store, with what tells whether it has changed: size, times and inode. Inner header.

#include "tickets/directory.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct stat;

namespace hyakki::tickets {

struct file_mark {
  static constexpr std::uint32_t nothing = UINT32_MAX;
  std::uint64_t inode = 0;
  std::uint64_t size = UINT64_MAX; ///< UINT64_MAX: no plain file, or nobody has looked
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  const char* name = nullptr;   ///< with its ending, in `names`
  std::uint32_t made = nothing; ///< for whoever works on it: what was made of it, by which worker
  std::uint8_t worker = 0;
  std::uint8_t folder = 0;
  std::uint16_t length = 0;  ///< of the name without its ending
  bool maybe_double = false; ///< a closed one, and open/ may have the same name
  bool gone = false;         ///< removed since the folder was listed, or no plain file
};

struct marked_files {
  std::array<directory, 2> folders; ///< open, closed
  std::vector<file_mark> files;     ///< in order of inode; a name that both folders have is there once, from open
  std::vector<std::unique_ptr<char[]>> names; ///< as the system listed them
  static std::string_view name(const file_mark& f) { return {f.name, f.length}; }
};

inline constexpr std::size_t most_workers = 8;
/// What is done with a file; of `all` only the folders are to be looked at. Calls with the same `worker`, a number
/// below `most_workers`, come from the same thread.
using file_work = std::function<void(std::size_t worker, const marked_files& all, file_mark& f)>;

/// Lists both folders and does `work` for each file meanwhile, on several threads when there are many. Names, folders,
/// and the inodes as the file system lists them, are filled in; a file that the work finds gone is left out.
result<marked_files> list_files(const directory& root, const file_work& work);
/// The same with some of those that were listed, by their places.
void work_on(marked_files& all, const std::vector<std::uint32_t>& which, const file_work& work);
/// The work of those who only want to know how it stands.
void look_at(std::size_t worker, const marked_files& all, file_mark& f);
/// Marks one, whoever looked.
void mark(file_mark& f, const struct stat& seen);

} // namespace hyakki::tickets
