#pragma once
// Signals that ask the screen to end or to look at its size, as bytes in a pipe that can be waited for.

#include <vector>

namespace hyakki::ticket_tui {

class signals {
public:
  /// Make it before curses begins, which leaves alone what is handled. One at a time.
  signals();
  ~signals();
  signals(const signals&) = delete;
  signals& operator=(const signals&) = delete;

  int fd() const { return ends_[0]; }
  /// Those that came since the last call: SIGINT, SIGTERM, SIGHUP, SIGWINCH.
  std::vector<int> take();

private:
  int ends_[2] = {-1, -1};
};

} // namespace hyakki::ticket_tui
