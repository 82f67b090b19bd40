#pragma once
// One writer of a ticket directory at a time, across processes.
//
// A lock of the kernel on a small file that repo-tickets ignores: `.git/hyakki-tickets.lock` beside the
// directory, or `.tickets/.lock` where there is no git directory. It ends with its holder, kill -9 included. In front
// of it stands a gate, `<lock>.gate`, so that nobody is overtaken for ever. The file holds the note of a turn while it
// is being written (tickets/journal.hpp), so that the next holder can finish what was left half done.

#include "core/error.hpp"
#include "tickets/directory.hpp"

#include <cstdint>
#include <string>

namespace hyakki::tickets {

class store_lock {
public:
  /// Waits for its turn; `unavailable` when nobody comes to an end within `wait_ms`, or after ten times that.
  static result<store_lock> take(const directory& root, std::int64_t wait_ms);

  /// The note of the holder before us, when it died; empty when it ended well.
  const std::string& left_behind() const { return left_behind_; }
  /// Notes what is about to be written; empty = nothing is half done. `durable`: on disk when the call returns.
  result<void> note(const std::string& text, bool durable);

private:
  store_lock(descriptor fd, std::string left) : fd_(std::move(fd)), left_behind_(std::move(left)) {}
  descriptor fd_;
  std::string left_behind_;
};

} // namespace hyakki::tickets
