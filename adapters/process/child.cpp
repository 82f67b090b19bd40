#include "adapters/process/child.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace hyakki {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using boost::system::error_code;

/// How long streams may stay open that some escaped process holds, once the run itself is over.
constexpr auto drain_bound = 1s;
/// How long to go on looking for what cannot be killed (a process stuck in the kernel).
constexpr auto look_bound = 10s;
constexpr auto longest_pause = 50ms;
constexpr int proof_looks = 2;
constexpr std::size_t most_in_a_pipe = 1u << 20;
constexpr auto shutdown_grace = 500ms;

std::string time_text(std::chrono::milliseconds t) {
  if (t.count() % 1000 == 0)
    return std::to_string(t.count() / 1000) + " s";
  return std::to_string(t.count()) + " ms";
}

} // namespace

child::child(process_loop& loop, process_spec spec, std::shared_ptr<output_sink> sink,
             std::function<void(exit_status)> on_exit, std::shared_ptr<std::atomic<int>> pid_cell)
  : loop_(loop), spec_(std::move(spec)), sink_(std::move(sink)), on_exit_(std::move(on_exit)),
    pid_cell_(std::move(pid_cell)), in_(loop.io()), out_(loop.io()), err_(loop.io()), pidfd_(loop.io()),
    timer_(loop.io()), look_timer_(loop.io()), started_(clock::now()), last_output_(started_) {}

void child::launch() {
  loop_.add(shared_from_this());
  auto refuse = [this](const error& e) {
    status_.how = process_end::not_started;
    status_.is_shortage = e == ec::unavailable;
    status_.error_text = e.text;
    finish();
  };
  if (loop_.is_closing())
    return refuse({ec::cancelled, "the process door is closing", 0});
  auto made = spawn();
  if (!made)
    return refuse(made.error());
  pid_ = made->pid;
  pid_cell_->store(pid_);
  error_code failed;
  if (made->in)
    in_.assign(made->in.release(), failed);
  out_.assign(made->out.release(), failed);
  err_.assign(made->err.release(), failed);
  pidfd_.assign(made->pidfd.release(), failed);
  // Needed to start only; a child is to cost little while it runs.
  std::vector<std::string>{}.swap(spec_.argv);
  std::vector<std::string>{}.swap(spec_.environment);

  started_ = last_output_ = clock::now();
  pidfd_.async_wait(descriptor::wait_read, [self = shared_from_this()](error_code e) {
    if (!e)
      self->on_leader_end();
  });
  wait_for(false);
  wait_for(true);
  if (in_.is_open())
    feed();
  arm();
}

/// A run is noted before it starts and by its pid once it has: who comes after us finds it however we end. A tool of
/// ours keeps its mark.
result<spawned_child> child::spawn() {
  if (spec_.mark.empty() || spec_.own_tool)
    return spawn_child(spec_);
  auto& notes = loop_.notes();
  auto made = spawn_child(spec_, [&](auto out, auto err) { note_ = notes.add(spec_.directory, {out, err}); });
  if (made && note_)
    notes.complete(*note_, made->pid);
  return made;
}

void child::feed() {
  // SIGPIPE is blocked on the loop thread, so a reader that went away is an EPIPE here and nothing else.
  while (fed_ < spec_.input.size()) {
    auto n = ::write(in_.native_handle(), spec_.input.data() + fed_, spec_.input.size() - fed_);
    if (n >= 0) {
      fed_ += static_cast<std::size_t>(n);
      continue;
    }
    if (errno == EINTR)
      continue;
    if (errno == EAGAIN) {
      in_.async_wait(descriptor::wait_write, [self = shared_from_this()](error_code e) {
        if (!e && self->in_.is_open())
          self->feed();
      });
      return;
    }
    break;
  }
  error_code ignored;
  in_.close(ignored);
  std::string{}.swap(spec_.input);
}

void child::wait_for(bool from_stderr) {
  stream(from_stderr).async_wait(descriptor::wait_read, [self = shared_from_this(), from_stderr](error_code e) {
    if (!e && self->stream(from_stderr).is_open())
      self->read(from_stderr);
  });
}

void child::read(bool from_stderr) {
  // One read a turn, so that a flood from one child does not starve the others.
  auto& buffer = loop_.buffer();
  auto n = ::read(stream(from_stderr).native_handle(), buffer.data(), buffer.size());
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return wait_for(from_stderr);
  if (n <= 0)
    return close_stream(from_stderr);
  take(from_stderr, {buffer.data(), static_cast<std::size_t>(n)});
  wait_for(from_stderr);
}

void child::take(bool from_stderr, std::string_view bytes) {
  last_output_ = clock::now();
  auto most = spec_.limits.output_bytes;
  auto room = most == 0 ? bytes.size() : most - std::min(most, status_.output_bytes);
  status_.output_bytes += bytes.size();
  if (!discarding_)
    sink_->take(from_stderr, bytes.substr(0, room));
  if (bytes.size() > room && !discarding_) {
    discarding_ = true;
    end(process_end::too_much_output, "printed more than " + std::to_string(most) + " bytes");
  }
}

/// Takes what lies in the pipe, then closes it, whoever still holds the other end.
void child::drain(bool from_stderr) {
  auto& buffer = loop_.buffer();
  for (std::size_t taken = 0; stream(from_stderr).is_open() && taken < most_in_a_pipe;) {
    auto n = ::read(stream(from_stderr).native_handle(), buffer.data(), buffer.size());
    if (n <= 0)
      break;
    taken += static_cast<std::size_t>(n);
    take(from_stderr, {buffer.data(), static_cast<std::size_t>(n)});
  }
  close_stream(from_stderr);
}

void child::close_stream(bool from_stderr) {
  auto& s = stream(from_stderr);
  if (!s.is_open())
    return;
  error_code ignored;
  s.close(ignored);
  sink_->close(from_stderr);
  finish_when_done();
}

void child::end(process_end why, std::string text) {
  if (ending_ || finished_)
    return;
  ending_ = true;
  if (leader_ended_)
    return; // it was faster: how it ended is known, and its group is being ended already
  status_.how = why;
  status_.error_text = std::move(text);
  if (pid_ <= 0)
    return;
  ::kill(-pid_, SIGTERM);
  ::kill(-pid_, SIGCONT); // a stopped process does not hear SIGTERM
  kill_at_ = clock::now() + std::max(spec_.limits.grace, 0ms);
  arm();
}

void child::end_for_shutdown() {
  spec_.limits.grace = std::min<std::chrono::milliseconds>(spec_.limits.grace, shutdown_grace);
  end(process_end::cancelled, "cancelled, as the process door is closing");
  if (kill_at_)
    kill_at_ = std::min(*kill_at_, clock::now() + spec_.limits.grace);
  arm();
}

void child::arm() {
  std::optional<moment> next;
  auto consider = [&](moment at) { next = next ? std::min(*next, at) : at; };
  if (!leader_ended_ && !ending_) {
    if (spec_.limits.wall > 0ms)
      consider(started_ + spec_.limits.wall);
    if (spec_.limits.silence > 0ms)
      consider(last_output_ + spec_.limits.silence);
  }
  if (kill_at_ && !leader_ended_)
    consider(*kill_at_);
  if (drain_until_)
    consider(*drain_until_);
  if (!next) {
    armed_for_.reset();
    timer_.cancel();
    return;
  }
  if (armed_for_ && *armed_for_ == *next)
    return;
  armed_for_ = next;
  timer_.expires_at(*next);
  timer_.async_wait([self = shared_from_this()](error_code e) {
    if (e)
      return;
    self->armed_for_.reset();
    self->tick();
  });
}

void child::tick() {
  if (finished_)
    return;
  auto now = clock::now();
  const auto& limits = spec_.limits;
  if (!leader_ended_ && !ending_) {
    if (limits.wall > 0ms && now >= started_ + limits.wall)
      end(process_end::timed_out, "ran longer than " + time_text(limits.wall));
    else if (limits.silence > 0ms && now >= last_output_ + limits.silence)
      end(process_end::silent, "no output for " + time_text(limits.silence));
  }
  if (!leader_ended_ && kill_at_ && now >= *kill_at_) {
    kill_at_.reset();
    ::kill(-pid_, SIGKILL);
  }
  if (drain_until_ && now >= *drain_until_) {
    drain_until_.reset();
    drain(false);
    drain(true);
  }
  if (!finished_)
    arm();
}

void child::on_leader_end() {
  leader_ended_ = true;
  error_code ignored;
  in_.close(ignored);
  kill_at_.reset();
  // While the leader is a zombie its pid, and with it the group's and the session's, cannot be anybody else's.
  ::kill(-pid_, SIGKILL);
  looking_until_ = clock::now() + look_bound;
  if (loop_.may_have_left(spec_.mark))
    return loop_.request_sweep(shared_from_this());
  reap_leader();
  wait_for_group();
}

void child::swept(const sweep_finding& finding) {
  for (const auto& p : finding.outside_group)
    strays_.insert(p);
  // A look takes its time: who was on its list may have made another, that is not, and be gone before it was looked at.
  // So only two in a row that find nothing are proof.
  quiet_looks_ = finding.left > 0 ? 0 : quiet_looks_ + 1;
  if (quiet_looks_ < proof_looks && clock::now() < *looking_until_) {
    look_timer_.expires_after(pause_);
    pause_ = std::min<std::chrono::milliseconds>(pause_ * 2, longest_pause);
    look_timer_.async_wait([self = shared_from_this()](error_code) { self->loop_.request_sweep(self); });
    return;
  }
  if (finding.left > 0) {
    status_.error_text +=
      (status_.error_text.empty() ? "" : "; ") + std::to_string(finding.left) + " processes of it could not be ended";
    note_.reset(); // it stays noted for the next life
  }
  reap_leader();
  settle_strays();
}

void child::reap_leader() {
  siginfo_t info{};
  int rc = 0;
  do
    rc = ::waitid(P_PIDFD, static_cast<id_t>(pidfd_.native_handle()), &info, WEXITED);
  while (rc != 0 && errno == EINTR);
  if (rc != 0)
    status_.error_text +=
      std::string{status_.error_text.empty() ? "" : "; "} + "its exit status was taken by other code of this process";
  else if (info.si_code == CLD_EXITED)
    status_.code = info.si_status;
  else
    status_.signal = info.si_status;
  if (status_.how == process_end::exited && status_.signal != 0)
    status_.how = process_end::signalled;
  reaped_ = true;
  error_code ignored;
  pidfd_.close(ignored);
}

/// Members of the group were sent SIGKILL; they are gone when nobody has the group's number any more.
void child::wait_for_group() {
  siginfo_t ignored{};
  if (loop_.own_process())
    while (::waitid(P_PGID, static_cast<id_t>(pid_), &ignored, WEXITED | WNOHANG) == 0 && ignored.si_pid != 0)
      ignored = {};
  auto is_gone = ::kill(-pid_, 0) != 0;
  if (is_gone || clock::now() >= *looking_until_) {
    if (!is_gone)
      note_.reset(); // it stays noted for the next life
    return settle_strays();
  }
  look_timer_.expires_after(pause_);
  pause_ = std::min<std::chrono::milliseconds>(pause_ * 2, longest_pause);
  look_timer_.async_wait([self = shared_from_this()](error_code) { self->wait_for_group(); });
}

void child::settle_strays() {
  nothing_left_ = true;
  status_.strays_ended = static_cast<std::uint32_t>(strays_.size());
  if (out_.is_open() || err_.is_open()) {
    drain_until_ = clock::now() + drain_bound;
    arm();
  }
  finish_when_done();
}

void child::finish_when_done() {
  if (reaped_ && nothing_left_ && !out_.is_open() && !err_.is_open())
    finish();
}

void child::finish() {
  if (finished_)
    return;
  finished_ = true;
  timer_.cancel();
  look_timer_.cancel();
  status_.took_ms = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - started_).count();
  auto self = shared_from_this();
  if (note_)
    loop_.notes().remove(*note_);
  auto tell = std::move(on_exit_);
  on_exit_ = nullptr;
  loop_.remove(this);
  try {
    if (tell)
      tell(std::move(status_));
  } catch (...) {
    // A handler that throws has had its one call.
  }
  sink_.reset();
}

} // namespace hyakki
