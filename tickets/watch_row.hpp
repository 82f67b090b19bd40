#pragma once
// One ticket in the picture of what was told. Inner header of the room; the bytes are on disk.

#include "core/event.hpp"
#include "tickets/catalog.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

struct watch_row {
  std::uint64_t mark = 0;        ///< of its file; 0 = look closer
  std::uint64_t description = 0; ///< digests
  std::uint64_t comments = 0;
  bool missing = false;    ///< the last look did not find it
  bool unreadable = false; ///< was never read: what it was like is not known
  std::string fields;      ///< of its `summary`; empty = unreadable
};

/// A row of the ticket at a place of the catalog.
watch_row row_of(const catalog& now, std::size_t place);

std::string encode(const watch_row& row);
/// Nothing when the bytes are none.
std::optional<watch_row> decode(std::string_view bytes);

/// What differs, field by field; nothing when only the file's marks do.
std::vector<field_change> differences(const watch_row& before, const watch_row& after);

} // namespace hyakki::tickets
