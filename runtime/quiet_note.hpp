#pragma once
// The note in the state directory that says until when nothing new is begun, and why: for whoever looks from outside.

#include <cstdint>
#include <mutex>
#include <string>

namespace hyakki {

/// Any thread may write it; the last word stands. Without a path nothing is written.
class quiet_note {
public:
  explicit quiet_note(std::string path) : path_(std::move(path)) {}

  /// Where it cannot be written, the log alone says it. `why` is one line.
  void write(std::int64_t until_ms, const std::string& why);

private:
  std::string path_;
  std::mutex one_at_a_time_;
};

} // namespace hyakki
