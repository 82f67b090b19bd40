#include "adapters/code_hosts/pull_lock.hpp"

#include "core/shortage.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <thread>

namespace hyakki {

pull_lock::pull_lock(const std::string& repository) {
  fd_ = ::open((repository + "/hyakki-pulls.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  failed_ = fd_ < 0 ? errno : 0;
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (fd_ >= 0 && !(held_ = ::flock(fd_, LOCK_EX | LOCK_NB) == 0) && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
}

pull_lock::~pull_lock() {
  if (fd_ >= 0)
    ::close(fd_);
}

result<void> pull_lock::check() const {
  if (fd_ < 0)
    return {passes_by_itself(failed_) ? ec::unavailable : ec::bad_config,
            std::string{"local: the repository's lock file cannot be opened: "} + std::strerror(failed_) +
              "; is the directory writable?"};
  if (!held_)
    return {ec::timed_out, "local: another process holds the pull requests of this repository for 10 s"};
  return {};
}

} // namespace hyakki
