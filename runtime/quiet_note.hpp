#pragma once
// The note in the state directory that says what is waited for or cannot be reached, and until when: for whoever looks
// from outside. A line each: the time in ms since the epoch, a blank, the sentence.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace hyakki {

/// Any thread may write it; of each subject the last word stands. Without a path nothing is written.
class quiet_note {
public:
  /// What an earlier process wrote there is gone.
  explicit quiet_note(std::string path);

  /// Where it cannot be written, the log alone says it. Until 0: the subject needs no line any more.
  void write(const std::string& subject, std::int64_t until_ms, const std::string& why);

private:
  std::string path_;
  std::mutex one_at_a_time_;
  std::map<std::string, std::pair<std::int64_t, std::string>> lines_;
};

} // namespace hyakki
