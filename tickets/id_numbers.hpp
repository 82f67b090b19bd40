#pragma once
// The highest number that each prefix of ids was ever given, as far as this clone knows. Inner header of the room.
//
// Counted once from the names of all files, then kept in the index; what was removed is noted in a small file beside
// it, so that a number is not given twice. A hint only: whoever takes the next number looks whether it is free.
// Used while the store's lock is held.

#include "tickets/directory.hpp"
#include "tickets/index_cache.hpp"

#include <string_view>

namespace hyakki::tickets {

class id_numbers {
public:
  /// `folders`: those of one kind, the first names the kind; the second may be null.
  id_numbers(const directory& root, std::array<const char*, 2> folders);

  /// The highest number so far; 0 when there is none. `anew`: from the files, whatever the index says.
  result<std::uint64_t> highest(std::string_view prefix, bool anew = false);
  /// An id is given to a record.
  void given(std::string_view id);
  /// A record goes.
  void removed(std::string_view id);

private:
  result<std::vector<std::pair<std::string, std::uint64_t>>> count() const;
  const directory& root_;
  std::array<const char*, 2> folders_;
  std::unique_ptr<index_cache> cache_;
};

} // namespace hyakki::tickets
