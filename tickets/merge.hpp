#pragma once
// Three versions of a file of the store made one, field by field. Pure.
//
//   edits of different fields      both are kept
//   lists of words (labels, links) added and removed as sets, our order first
//   lists of records (comments ..) matched by id; one that a side changed is not removed by the other
//   counters of agents             both sides' increments are added, equal ones too
//   updated_at / created_at        the later / the earlier one
//   long texts (description, ..)   changed on both sides: both stand in the text between marks, a person must choose
//   any other value                changed on both sides: that of the side with the later updated_at
//
// The result can always be read; what a person must look at is named in `conflicts`.

#include "core/error.hpp"
#include "tickets/model/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

struct merged_values {
  value result;
  std::vector<std::string> conflicts; ///< the fields, as `comments[16263a73].content`
};
/// Three maps. `base` may be an empty map: then both sides added the same file.
merged_values merge_values(const value& base, const value& ours, const value& theirs);

/// index.yaml, entry by entry; one that both changed by its fields. Never a conflict.
std::string merge_index(std::string_view base, std::string_view ours, std::string_view theirs);

struct merged_file {
  std::string bytes;
  std::vector<std::string> conflicts;
  /// Both sides made a record of their own under one id: the one that was made later, with an id of its own that is the
  /// same wherever this is merged. `bytes` is the earlier one.
  struct second_record {
    std::string path; ///< in the store, "open/FIX-7K2M9QXD.yaml"
    std::string bytes;
    std::string old_id;
    std::string id;
  };
  std::optional<second_record> apart;
  /// Git paired versions of different records, as if one had been renamed into the other: the ids of all of them.
  /// Nothing is merged then: `bytes` is the version that belongs to the path.
  std::vector<std::string> mixed;
};
/// `path`: the file's place in the repository or in the store; its last two parts say what it is. An empty `base` means
/// that there was none. `rejected` for what is no file of a store, or when one of the three cannot be read.
result<merged_file> merge_file(std::string_view path, const std::string& base, const std::string& ours,
                               const std::string& theirs);

/// Whether the two are versions of one record: by their ids, or where one of them was given an id of its own when two
/// records of one id were merged. What has no id (an empty map too) is no stranger to any.
bool one_record(const value& a, const value& b);

} // namespace hyakki::tickets
