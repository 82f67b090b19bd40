#include "cli/signals.hpp"

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace hyakki::cli {

signals::signals(std::function<void()> on_first) : on_first_(std::move(on_first)) {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  signals_ = ::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
  end_ = ::eventfd(0, EFD_CLOEXEC);
  if (signals_ < 0 || end_ < 0) {
    pthread_sigmask(SIG_UNBLOCK, &wanted, nullptr); // no descriptors left: the default action is better than none
    return;
  }
  watcher_ = std::thread{[this] { watch(); }};
}

signals::~signals() {
  if (watcher_.joinable()) {
    ::eventfd_write(end_, 1);
    watcher_.join();
  }
  if (first_.joinable())
    first_.join();
  if (signals_ >= 0)
    ::close(signals_);
  if (end_ >= 0)
    ::close(end_);
}

void signals::watch() {
  for (bool asked = false;;) {
    pollfd both[2] = {{signals_, POLLIN, 0}, {end_, POLLIN, 0}};
    if (::poll(both, 2, -1) < 0 && errno != EINTR)
      return;
    if ((both[1].revents & POLLIN) != 0)
      return;
    signalfd_siginfo seen{};
    if ((both[0].revents & POLLIN) == 0 || ::read(signals_, &seen, sizeof seen) != sizeof seen)
      continue;
    if (std::exchange(asked, true))
      ::_exit(128 + static_cast<int>(seen.ssi_signo));
    // On a thread of its own: a start that hangs may hold it up, and the second signal must still end the process.
    try {
      first_ = std::thread{on_first_};
    } catch (const std::system_error&) {
      on_first_();
    }
  }
}

} // namespace hyakki::cli
