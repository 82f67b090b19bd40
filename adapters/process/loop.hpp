#pragma once
// What all children of one process door share: the loop, its read buffer, the list of who is alive, the sweeps.
//
// Everything but `running` is touched on the loop thread only. Sweeps are put together: children that end in
// the same turn of the loop share one look over /proc.

#include "adapters/process/strays.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <unordered_map>
#include <vector>

namespace hyakki {

class child;

class process_loop {
public:
  explicit process_loop(bool own_process);

  boost::asio::io_context& io() { return io_; }
  bool own_process() const { return own_process_; }
  bool is_closing() const { return closing_; }
  std::size_t running() const { return running_; }

  /// One read at a time goes through here, so that a quiet child costs no buffer.
  std::array<char, 64 * 1024>& buffer() { return *buffer_; }

  void count_start() { ++running_; }
  /// The child has started: its session is spared by sweeps until it asks for one.
  void add(std::shared_ptr<child> c);
  /// The child is done, or never started.
  void remove(child* c);

  /// Is anything there that an unmarked command may have left behind?
  bool has_living_orphans();
  /// Looks for what the child left, and tells it by `swept`.
  void request_sweep(std::shared_ptr<child> c);

  std::vector<live_run> live_runs() const;

  /// No more starts; ends what runs.
  void close();

private:
  void sweep_now();
  void watch_orphans();
  std::vector<pid_t> leaders() const;

  boost::asio::io_context io_;
  boost::asio::steady_timer orphan_timer_;
  std::unique_ptr<std::array<char, 64 * 1024>> buffer_;
  std::unordered_map<child*, std::shared_ptr<child>> children_;
  std::vector<std::shared_ptr<child>> to_sweep_;
  std::atomic<std::size_t> running_{0};
  bool own_process_;
  bool closing_ = false;
  bool sweep_posted_ = false;
  bool watching_ = false;
};

} // namespace hyakki
