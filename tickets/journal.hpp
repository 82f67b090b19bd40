#pragma once
// What a turn is about to write, noted in the lock's file first, so that the next holder can finish it. Pure.
//
// A note that is torn is as good as none: it is complete and on disk before the first file is touched.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

struct file_change {
  std::string folder; ///< one of record_folders, or "." for the store's own folder
  std::string name;
  std::optional<std::string> bytes; ///< nothing = remove
};

struct turn_note {
  std::vector<file_change> changes;
  std::vector<std::string> tickets; ///< ids whose entries in index.yaml are to be looked at
  bool empty() const { return changes.empty() && tickets.empty(); }
};

std::string note_text(const turn_note& note);
/// Nothing for what is torn, or names something that no turn may touch.
std::optional<turn_note> read_note(std::string_view text);

} // namespace hyakki::tickets
