#pragma once
// One child from its start to its end: streams, limits, the end of its group and of its strays.
//
// Lives on the loop thread. Its end is told once, when three things have happened in any order: both streams are
// closed, the leader is reaped, and nothing of the run is left.

#include "adapters/process.hpp"
#include "adapters/process/loop.hpp"
#include "adapters/process/output_sink.hpp"
#include "adapters/process/run_notes.hpp"
#include "adapters/process/spawn.hpp"
#include "adapters/process/strays.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>

namespace hyakki {

class child : public std::enable_shared_from_this<child> {
public:
  using moment = std::chrono::steady_clock::time_point;

  child(process_loop& loop, process_spec spec, std::shared_ptr<output_sink> sink,
        std::function<void(exit_status)> on_exit, std::shared_ptr<std::atomic<int>> pid_cell);

  void launch();
  void cancel() { end(process_end::cancelled, "cancelled"); }
  void end_for_shutdown();
  /// The answer to `process_loop::request_sweep`.
  void swept(const sweep_finding& finding);

  pid_t pid() const { return pid_; }
  const std::string& mark() const { return spec_.mark; }
  bool is_own_tool() const { return spec_.own_tool; }
  const std::string& directory() const { return spec_.directory; }
  /// The leader has ended; its group and strays may not.
  bool has_ended() const { return leader_ended_; }

private:
  using descriptor = boost::asio::posix::stream_descriptor;

  result<spawned_child> spawn();
  void feed();
  void wait_for(bool from_stderr);
  void read(bool from_stderr);
  void take(bool from_stderr, std::string_view bytes);
  void drain(bool from_stderr);
  void close_stream(bool from_stderr);
  void end(process_end why, std::string text);
  void arm();
  void tick();
  void on_leader_end();
  void reap_leader();
  void wait_for_group();
  void settle_strays();
  void finish_when_done();
  void finish();
  descriptor& stream(bool from_stderr) { return from_stderr ? err_ : out_; }

  process_loop& loop_;
  process_spec spec_;
  std::shared_ptr<output_sink> sink_;
  std::function<void(exit_status)> on_exit_;
  std::shared_ptr<std::atomic<int>> pid_cell_;
  descriptor in_, out_, err_, pidfd_;
  boost::asio::steady_timer timer_; ///< whichever of the moments below comes first
  boost::asio::steady_timer look_timer_;
  moment started_;
  moment last_output_;
  std::optional<moment> kill_at_;
  std::optional<moment> drain_until_;
  std::optional<moment> armed_for_;
  std::optional<moment> looking_until_;
  std::chrono::milliseconds pause_{1};
  std::set<std::pair<pid_t, std::uint64_t>> strays_;
  std::optional<run_notes::slot> note_;
  exit_status status_;
  int quiet_looks_ = 0; ///< in a row
  std::size_t fed_ = 0;
  pid_t pid_ = -1;
  bool ending_ = false;
  bool leader_ended_ = false;
  bool reaped_ = false;
  bool nothing_left_ = false;
  bool discarding_ = false;
  bool finished_ = false;
};

} // namespace hyakki
