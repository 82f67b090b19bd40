#include "adapters/process/child.hpp"
#include "adapters/process/leftovers.hpp"
#include "adapters/process/loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <poll.h>
#include <pthread.h>
#include <signal.h>
extern "C" {
#include <sys/pidfd.h> // glibc 2.36 forgot to declare these for C++
}
#include <sys/prctl.h>

#include <future>
#include <set>
#include <thread>

namespace hyakki {

namespace {

namespace asio = boost::asio;

/// How long `end_leftovers` waits for what it killed before it looks again, and how often.
constexpr int leftover_wait_ms = 200;
constexpr int leftover_looks = 50;

/// Weak on both sides: a handle may outlive its child, and the door.
class handle final : public process_handle {
public:
  handle(std::weak_ptr<process_loop> loop, std::weak_ptr<child> target, std::shared_ptr<std::atomic<int>> pid)
    : loop_(std::move(loop)), target_(std::move(target)), pid_(std::move(pid)) {}

  void cancel() override {
    if (auto loop = loop_.lock())
      asio::post(loop->io(), [target = target_] {
        if (auto c = target.lock())
          c->cancel();
      });
  }
  int pid() const override { return *pid_; }

private:
  std::weak_ptr<process_loop> loop_;
  std::weak_ptr<child> target_;
  std::shared_ptr<std::atomic<int>> pid_;
};

class process_door final : public process {
public:
  process_door(bool own_process, const std::string& notes)
    : loop_(std::make_shared<process_loop>(own_process, notes)), guard_(asio::make_work_guard(loop_->io())) {
    if (own_process)
      ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    // Signals are for the threads of the program: blocked before the thread starts, it never sees one. SIGPIPE
    // too, which makes writing to a child that is gone an ordinary error.
    sigset_t all, before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([loop = loop_.get()] { loop->io().run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::pthread_setname_np(thread_.native_handle(), "processes");
  }

  ~process_door() override {
    asio::post(loop_->io(), [loop = loop_.get()] { loop->close(); });
    guard_.reset();
    thread_.join();
    if (loop_->own_process())
      ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
  }

  std::shared_ptr<process_handle> start(process_spec spec, process_handlers handlers) override {
    auto sink = std::make_shared<line_sink>(std::move(handlers.on_lines), spec.limits.line_bytes);
    return start(std::move(spec), std::move(sink), std::move(handlers.on_exit));
  }

  process_output run(process_spec spec, std::size_t most_bytes) override {
    process_output output;
    if (std::this_thread::get_id() == thread_.get_id()) {
      output.status.how = process_end::not_started;
      output.status.error_text = "a command was run to its end from within a handler, which would wait for ever";
      return output;
    }
    auto sink = std::make_shared<collecting_sink>(most_bytes);
    std::promise<exit_status> ended;
    start(std::move(spec), sink, [&ended](exit_status s) { ended.set_value(std::move(s)); });
    output.status = ended.get_future().get();
    output.out = std::move(sink->out);
    output.err = std::move(sink->err);
    return output;
  }

  std::uint32_t end_leftovers(std::string_view mark_prefix) override {
    std::set<std::pair<pid_t, std::uint64_t>> ended;
    for (int look = 0; look < leftover_looks; ++look) {
      auto found = look_for_leftovers(mark_prefix);
      if (found.empty())
        break;
      for (const auto& p : found)
        ended.emplace(p.pid, p.started);
      wait_for_end_of(found);
    }
    return static_cast<std::uint32_t>(ended.size());
  }

  std::size_t running() const override { return loop_->running(); }

private:
  std::shared_ptr<process_handle> start(process_spec spec, std::shared_ptr<output_sink> sink,
                                        std::function<void(exit_status)> on_exit) {
    auto pid = std::make_shared<std::atomic<int>>(-1);
    auto c = std::make_shared<child>(*loop_, std::move(spec), std::move(sink), std::move(on_exit), pid);
    auto h = std::make_shared<handle>(loop_, c, std::move(pid));
    loop_->count_start();
    asio::post(loop_->io(), [c = std::move(c)] { c->launch(); });
    return h;
  }

  /// On the loop thread, where no child can be half started.
  std::vector<seen_process> look_for_leftovers(std::string_view prefix) {
    auto look = [&] {
      auto& notes = loop_->notes();
      auto found = hyakki::end_leftovers(prefix, notes.earlier(), loop_->live_runs());
      if (found.empty() && !prefix.empty())
        notes.forget_earlier();
      return found;
    };
    if (std::this_thread::get_id() == thread_.get_id())
      return look();
    std::promise<std::vector<seen_process>> found;
    asio::post(loop_->io(), [&] { found.set_value(look()); });
    return found.get_future().get();
  }

  static void wait_for_end_of(const std::vector<seen_process>& ended) {
    std::vector<unique_fd> open;
    std::vector<pollfd> waiting;
    for (const auto& p : ended) {
      unique_fd fd{::pidfd_open(p.pid, 0)};
      auto now = look_at(p.pid);
      if (!fd || !now || now->started != p.started)
        continue;
      waiting.push_back({fd.get(), POLLIN, 0});
      open.push_back(std::move(fd));
    }
    auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(leftover_wait_ms);
    while (!waiting.empty()) {
      auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      if (left.count() <= 0 || ::poll(&waiting.front(), 1, static_cast<int>(left.count())) == 0)
        break;
      waiting.erase(waiting.begin());
    }
  }

  std::shared_ptr<process_loop> loop_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  std::thread thread_;
};

} // namespace

std::unique_ptr<process> make_process_door(bool own_process, const std::string& notes) {
  return std::make_unique<process_door>(own_process, notes);
}

} // namespace hyakki
