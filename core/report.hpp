#pragma once
// What a tracker should be told of a story: comments and labels, as values.
//
// Every part is safe to repeat: a comment carries a marker and is posted once, labels are sets.

#include <string>
#include <vector>

namespace hyakki {

/// A remark on a story. The keeper renders the Markdown as its tracker wants it, cuts it at the tracker's
/// limit with a note, and hides the marker where the tracker allows.
struct comment {
  std::string marker;   ///< [a-z0-9:._/-], at most 120 bytes; the same marker is never posted twice
  std::string markdown; ///< already redacted
};

/// What is said under a reviewer's remark. Marker and Markdown as in a comment.
struct remark_answer {
  std::string marker;
  std::string markdown;
  bool settles = false; ///< what was wanted was done: the remark is marked as resolved, where the host can
};

/// A change of labels as sets: adding what is there and removing what is not are no failures.
struct label_change {
  std::vector<std::string> add;
  std::vector<std::string> remove;
};

/// All that a tracker should be told of one story at one time.
struct report_order {
  std::string key;
  std::vector<comment> comments;
  label_change labels;
  std::string status; ///< the tracker's own word for where the story should stand now; empty = where it is
};

} // namespace hyakki
