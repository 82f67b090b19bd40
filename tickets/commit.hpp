#pragma once
// The end of a turn: everything in its note is done, in order, and index.yaml follows. Inner header of the room.

#include "tickets/directory.hpp"
#include "tickets/journal.hpp"
#include "tickets/store_lock.hpp"

namespace hyakki::tickets {

inline constexpr auto index_name = "index.yaml";

/// Finishes what the holder before us left half done.
result<void> recover(const directory& root, store_lock& lock);

/// Writes the note, then the files, then the index, then clears the note. Once the note of several files is on disk
/// the turn counts as done, whoever finishes it.
result<void> commit(const directory& root, store_lock& lock, const turn_note& note, const step_hook& on_step);

/// A folder of tickets stays in git when its last ticket leaves it. Git keeps no empty folder, and takes one whose
/// files all went to another for renamed: what a branch makes in open/ would be merged into closed/. Nothing depends on
/// it.
void keep_folder(const directory& folder);

/// A ticket's file, open/ before closed/; `not_found`.
struct found_file {
  std::string name; ///< "open/FIX-1.yaml"
  std::string bytes;
};
result<found_file> find_file(const directory& root, std::initializer_list<const char*> folders,
                             const std::string& name);

/// index.yaml from the files.
struct fresh_index {
  std::string text;
  std::size_t entries = 0;
  std::vector<std::string> unreadable;
};
result<fresh_index> index_from_files(const directory& root);

} // namespace hyakki::tickets
