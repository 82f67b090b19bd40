#pragma once
// The few outermost keys of a ticket's file that a list needs, without reading the rest. Inner header of the room.

#include "tickets/summary.hpp"

#include <string_view>

namespace hyakki::tickets {

/// Fields as text, lists joined by line breaks.
struct skimmed {
  std::array<std::string, summary_fields> fields;
  std::string description;
  std::vector<std::string> comments; ///< their texts
  /// Nothing is found any more; the room is kept.
  void clear();
};

/// False when the file is not in the form that the usual dumper gives, or a field is not what it should be: then it
/// must be read in full.
bool skim(std::string_view bytes, skimmed& out);

} // namespace hyakki::tickets
