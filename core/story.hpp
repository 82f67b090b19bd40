#pragma once
// A story as its tracker tells it. Every text in it comes from strangers.
//
// `admit` (core/admit.hpp) bounds and cleans a story before anything else sees it.

#include <cstdint>
#include <string>
#include <vector>

namespace hyakki {

/// Names a story in the whole process: "<tracker name>/<key>", at most 300 bytes, no control characters.
using story_id = std::string;

struct story {
  std::string tracker; ///< name of the tracker that it came from, as configured
  std::string key;     ///< as people write it: FIX-1, AB-12, owner/repo#3
  std::string title;
  std::string description; ///< Markdown
  std::string url;         ///< where a person reads it; may be empty
  std::string status;      ///< the tracker's own word
  std::vector<std::string> components;
  std::vector<std::string> labels;
  std::int32_t priority = 2;   ///< 0 critical, 1 high, 2 medium, 3 low; lower runs first
  std::int64_t created_ms = 0; ///< wall clock; older runs first

  story_id id() const { return tracker + "/" + key; }
};

} // namespace hyakki
