#pragma once
// Every ticket's file of a store, with what tells whether it has changed: size, times and inode. Inner header.

#include "tickets/directory.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

struct stat;

namespace hyakki::tickets {

struct file_mark {
  std::uint64_t inode = 0;
  std::uint64_t size = UINT64_MAX; ///< UINT64_MAX: no plain file, or nobody has looked
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  std::uint32_t name = 0; ///< place in `names`
  std::uint16_t length = 0;
  std::uint8_t folder = 0;
  bool gone = false; ///< removed since the folder was listed, or no plain file
};

struct marked_files {
  std::array<directory, 2> folders; ///< open, closed
  std::vector<file_mark> files;     ///< in order of inode; a name that both folders have is there once, from open
  std::string names;                ///< without their endings
  std::string_view name(const file_mark& f) const { return std::string_view{names}.substr(f.name, f.length); }
};

/// Lists both folders: names, folders, and the inodes as the file system lists them, are filled in.
result<marked_files> list_files(const directory& root);
/// Looks at every file, on several threads when there are many.
void mark_files(marked_files& all);
/// The same of one, whoever looked.
void mark(file_mark& f, const struct stat& seen);

/// Runs `work(begin, end)` over parts of [0, count), on as many threads as there is work and processors for.
void in_parts(std::size_t count, std::size_t least, const std::function<void(std::size_t, std::size_t)>& work);

} // namespace hyakki::tickets
