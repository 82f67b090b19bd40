#include "tickets/store_lock.hpp"
#include "core/shortage.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyakki::tickets {
namespace {

constexpr std::size_t most_note_bytes = 256u << 20;

constexpr auto gate_pause = std::chrono::microseconds{4000};
constexpr auto lock_pause = std::chrono::microseconds{500};

using steady = std::chrono::steady_clock;

/// A link named .git is not followed, and neither is a file that names another place.
descriptor git_folder(const directory& root) {
  return descriptor{::openat(root.fd(), "../.git", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
}

/// Somebody may have removed or replaced the file while we waited: then our lock guards nothing.
bool still_named(int fd, int folder, const char* name) {
  struct stat ours {};
  struct stat named {};
  return ::fstat(fd, &ours) == 0 && ::fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

using moment = steady::time_point;

/// A lock file of ours, open.
result<descriptor> open_file(int folder, const std::string& name, const std::string& where) {
  constexpr int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  auto fd = descriptor{::openat(folder, name.c_str(), flags)};
  if (!fd.open() && errno == ENOENT) {
    fd = descriptor{::openat(folder, name.c_str(), flags | O_CREAT, 0666)};
    // A note is only as safe as the name of the file that holds it.
    if (fd.open())
      ::fsync(folder);
  }
  struct stat info {};
  if (!fd.open())
    return {passes_by_itself(errno)                               ? ec::unavailable
            : errno == EACCES || errno == EROFS || errno == EPERM ? ec::bad_config
                                                                  : ec::rejected,
            "tickets: cannot open the lock " + where + ": " + std::strerror(errno)};
  if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return {ec::rejected, "tickets: the lock " + where + " is not a plain file; remove it"};
  return fd;
}

/// How long one waits. With each turn of another the time begins anew: only a holder that does not come to an end is
/// waited for in vain. That has an end as well, for whoever is overtaken again and again.
struct patience {
  steady::duration wait;
  moment last = steady::now() + 10 * wait;
};

timespec last_turn(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 ? info.st_mtim : timespec{};
}

/// Locks the file and marks the turn, or answers false when patience is over.
result<bool> lock_by(int fd, const patience& how, std::chrono::microseconds longest_pause, const std::string& where) {
  auto pause = std::chrono::microseconds{200};
  auto seen = last_turn(fd);
  auto until = steady::now() + how.wait;
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return {ec::unavailable, "tickets: cannot lock " + where + ": " + std::strerror(errno)};
    if (auto now = steady::now(); now >= until) {
      auto turn = last_turn(fd);
      if (now >= how.last || (turn.tv_sec == seen.tv_sec && turn.tv_nsec == seen.tv_nsec))
        return false;
      seen = turn;
      until = now + how.wait;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, longest_pause);
  }
  ::futimens(fd, nullptr);
  return true;
}

} // namespace

result<store_lock> store_lock::take(const directory& root, std::int64_t wait_ms) {
  auto git = git_folder(root);
  int folder = git.open() ? git.get() : root.fd();
  auto name = std::string{git.open() ? "hyakki-tickets.lock" : ".lock"};
  auto where = root.path() + (git.open() ? "/../.git/" : "/") + name;
  auto turns = patience{std::chrono::milliseconds{wait_ms}};
  auto late = [&]() -> result<store_lock> {
    return {ec::unavailable, "tickets: another process has held " + where + " for more than " +
                               std::to_string(wait_ms) + " ms; the call can be repeated"};
  };
  // One waits for the lock, the others for the gate in front of it: whoever has just had a turn, and wants another,
  // stands behind the one at the gate.
  auto gate = open_file(folder, name + ".gate", where + ".gate");
  if (!gate)
    return gate.error();
  auto passed = lock_by(gate->get(), turns, gate_pause, where);
  if (!passed)
    return passed.error();
  if (!*passed)
    return late();
  for (;;) {
    auto fd = open_file(folder, name, where);
    if (!fd)
      return fd.error();
    auto locked = lock_by(fd->get(), turns, lock_pause, where);
    if (!locked)
      return locked.error();
    if (!*locked)
      return late();
    if (!still_named(fd->get(), folder, name.c_str()))
      continue;
    struct stat info {};
    if (::fstat(fd->get(), &info) != 0) // the holder before us may have written since we opened it
      return {ec::unavailable, "tickets: cannot read the lock " + where + ": " + std::strerror(errno)};
    auto left = std::string(std::min<std::size_t>(static_cast<std::size_t>(info.st_size), most_note_bytes), '\0');
    auto n = left.empty() ? 0 : ::pread(fd->get(), left.data(), left.size(), 0);
    left.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return store_lock{std::move(*fd), std::move(left)};
  }
}

result<void> store_lock::note(const std::string& text, bool durable) {
  auto failed = [] {
    return result<void>{ec::unavailable, std::string{"tickets: cannot write to the lock: "} + std::strerror(errno)};
  };
  if (text.size() > most_note_bytes)
    return {ec::over_budget, "tickets: more than 256 MiB in one turn; make it several"};
  if (::ftruncate(fd_.get(), 0) != 0)
    return failed();
  for (std::size_t at = 0; at < text.size();) {
    auto n = ::pwrite(fd_.get(), text.data() + at, text.size() - at, static_cast<off_t>(at));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return failed();
    at += static_cast<std::size_t>(n);
  }
  return durable && ::fdatasync(fd_.get()) != 0 ? failed() : result<void>{};
}

} // namespace hyakki::tickets
