#pragma once
// SIGINT and SIGTERM as calls on a thread of ours: the first asks, the second ends the process.
//
// Make it before any other thread starts, so that all of them inherit the blocked signals.

#include <functional>
#include <thread>

namespace hyakki::cli {

class signals {
public:
  /// `on_first` runs on the watching thread, at most once.
  explicit signals(std::function<void()> on_first);
  ~signals();
  signals(const signals&) = delete;
  signals& operator=(const signals&) = delete;

private:
  void watch();

  std::function<void()> on_first_;
  int signals_ = -1; ///< signalfd
  int end_ = -1;     ///< eventfd: the watching is over
  std::thread watcher_;
  std::thread first_;
};

} // namespace hyakki::cli
