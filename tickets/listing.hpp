#pragma once
// What a folder holds, some at a time, into room of the caller's: a few entries of a large folder cost no more than
// those. Linux; see getdents64(2). Inner header of the room.

#include "tickets/directory.hpp"

#include <cstddef>
#include <cstdint>

#include <dirent.h>

namespace hyakki::tickets {

/// Room for about a thousand entries.
inline constexpr std::size_t listing_bytes = 32 * 1024;

class listing {
public:
  explicit listing(const directory& folder);

  /// Reads the next entries into `room`, as new makes it. Bytes that were filled: 0 at the end, less when the folder
  /// cannot be listed.
  long next(char* room, std::size_t bytes);

  /// Shows each entry of what was filled: its inode, and its name, which ends with a NUL and stays in `room`.
  template <class Visit>
  static void each(const char* room, long filled, Visit visit) {
    for (long at = 0; at < filled;) {
      auto* entry = reinterpret_cast<const dirent64*>(room + at); // aligned by the system, where `room` is
      visit(entry->d_ino, entry->d_name);
      at += entry->d_reclen;
    }
  }

private:
  descriptor from_;
};

} // namespace hyakki::tickets
