#pragma once
// Live progress of a run: one line a step, with the time and the story's key.
//
// Called from threads of the orchestrator; lines never mix. Remembers nothing but how wide the keys are.

#include "core/event.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

namespace hyakki::cli {

class progress {
public:
  /// Events before `since_ms` are an earlier run's: they are not shown.
  progress(bool colour, std::size_t width, std::int64_t since_ms) : colour_(colour), width_(width), since_(since_ms) {}

  void tell(const event& e);
  void tell_activity(const story_id& story, const std::string& what);

private:
  void line(std::int64_t at_ms, const story_id& story, bool faint, const std::string& text);

  bool colour_;
  std::size_t width_;
  std::int64_t since_;
  std::mutex one_at_a_time_;
  std::size_t key_columns_ = 8;
};

} // namespace hyakki::cli
