#pragma once
// The versions that git left of unmerged files, sorted by the records that they are versions of. Pure. Inner header of
// the room.
//
// Git pairs files by their look: the base and an edit of LOGIN-1 may lie under FOLLOW-1's path, when LOGIN-1 left its
// folder on the other side. What a version is of, its id says; only where all of a path agree the path does.

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hyakki::tickets {

struct file_version {
  std::string bytes;
  std::string mode;
  std::string object;
};
/// The base, ours, theirs.
using three_versions = std::array<std::optional<file_version>, 3>;

struct unmerged_file {
  std::string folder; ///< of the store; "." for its own files
  std::string name;
  three_versions versions;
};

struct unmerged_record {
  std::string folder; ///< where it belongs, open/ of a ticket
  std::string name;
  std::string id;
  three_versions versions;
  bool strayed = false; ///< a version lay under another record's path
};

std::vector<unmerged_record> sorted_by_record(const std::vector<unmerged_file>& files);

/// Files by their path in the store, "open/FIX-1.yaml".
using files_by_path = std::map<std::string, file_version>;

/// Whether git can have merged these commits (the base, ours, theirs) when it left those files: what has one path in
/// all of them has the index as they do.
bool are_merged(const std::vector<unmerged_file>& files, const std::array<files_by_path, 3>& commits);

/// Git calls it a collision: it paired two records, and both sides have made the second one. Then the index has two of
/// their four versions, and the commits have them all.
bool may_collide(const std::vector<unmerged_file>& files);
/// Those records, with their versions in the commits that are merged; `settled` is what the index has at stage 0.
/// Versions are without bytes.
std::vector<unmerged_record> collided(const std::vector<unmerged_file>& files,
                                      const std::array<files_by_path, 3>& commits, const files_by_path& settled);

/// A file's path in the store: "open/FIX-1.yaml", "config.yaml".
std::string in_store(const std::string& folder, const std::string& name);

/// "closed" is "open": both have a record's file at different times.
std::string first_folder(const std::string& folder);

} // namespace hyakki::tickets
