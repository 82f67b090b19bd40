#pragma once
// What all children of one process door share: the loop, its read buffer, the list of who is alive, the sweeps.
//
// Everything but `running` is touched on the loop thread only. Sweeps are put together: children that end in
// the same turn of the loop share one look over /proc.

#include "adapters/process/run_notes.hpp"
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
  process_loop(bool own_process, const std::string& notes);

  boost::asio::io_context& io() { return io_; }
  bool own_process() const { return own_process_; }
  bool is_closing() const { return closing_; }
  std::size_t running() const { return running_; }

  /// One read at a time goes through here, so that a quiet child costs no buffer.
  std::array<char, 64 * 1024>& buffer() { return *buffer_; }

  run_notes& notes() { return notes_; }

  void count_start() { ++running_; }
  /// The child has started: its session is spared by sweeps until it asks for one.
  void add(std::shared_ptr<child> c);
  /// The child is done, or never started.
  void remove(child* c);

  /// May anything be there that a run of this mark left behind? Asked when its leader has ended. Where the whole
  /// process is ours we are the subreaper: the kernel has handed us all that the leader leaves by the time its end
  /// can be seen, and what those left is below them, so no orphan alive means nothing left.
  bool may_have_left(const std::string& mark);
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
  run_notes notes_;
  std::atomic<std::size_t> running_{0};
  bool own_process_;
  bool lists_children_; ///< the kernel says who our children are
  bool closing_ = false;
  bool sweep_posted_ = false;
  bool watching_ = false;
};

} // namespace hyakki
