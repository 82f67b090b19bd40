#include "cli/tickets/tui/signals.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace hyakki::ticket_tui {
namespace {

constexpr int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH};
std::atomic<int> write_end{-1}; ///< a handler has no other way to know

void handle(int number) {
  auto before = errno;
  auto byte = static_cast<char>(number);
  if (auto fd = write_end.load(); fd >= 0 && ::write(fd, &byte, 1) < 0) {
    // The pipe is full of signals that nobody has read yet: one more says nothing new.
  }
  errno = before;
}

} // namespace

signals::signals() {
  if (::pipe2(ends_, O_CLOEXEC | O_NONBLOCK) != 0)
    throw std::system_error{errno, std::generic_category(), "a pipe cannot be made"};
  write_end = ends_[1];
  struct sigaction how {};
  how.sa_handler = handle;
  how.sa_flags = SA_RESTART;
  for (auto number : watched)
    ::sigaction(number, &how, nullptr);
}

signals::~signals() {
  for (auto number : watched)
    std::signal(number, SIG_DFL);
  write_end = -1;
  ::close(ends_[0]);
  ::close(ends_[1]);
}

std::vector<int> signals::take() {
  auto out = std::vector<int>{};
  char bytes[64];
  for (ssize_t n = 0; (n = ::read(ends_[0], bytes, sizeof bytes)) > 0;)
    out.insert(out.end(), bytes, bytes + n);
  return out;
}

} // namespace hyakki::ticket_tui
