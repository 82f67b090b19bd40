#pragma once
// What a folder holds, some at a time, into room of the caller's: a few entries of a large folder cost no more than
// those. Linux; see getdents64(2). Inner header of the room.

#include "tickets/directory.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hyakki::tickets {

class listing {
public:
  explicit listing(const directory& folder);

  /// Reads the next entries into `room`. Bytes that were filled: 0 at the end, less when the folder cannot be listed.
  long next(char* room, std::size_t bytes);

  /// Shows each entry of what was filled: its inode, and its name, which ends with a NUL and stays in `room`.
  template <class Visit>
  static void each(const char* room, long filled, Visit visit) {
    for (long at = 0; at < filled;) {
      auto head = entry{};
      std::memcpy(&head, room + at, sizeof head);
      visit(head.inode, room + at + name_place);
      at += head.length;
    }
  }

private:
  struct entry {
    std::uint64_t inode;
    std::int64_t offset;
    unsigned short length;
    unsigned char type;
  };
  static constexpr std::size_t name_place = offsetof(entry, type) + 1;
  descriptor from_;
};

} // namespace hyakki::tickets
