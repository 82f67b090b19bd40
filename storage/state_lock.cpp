#include "storage/state_lock.hpp"
#include "core/shortage.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace hyakki {

namespace {

std::string reason(int code) { return std::string{std::strerror(code)} + " (errno " + std::to_string(code) + ")"; }

/// The first bytes of a small file; empty when it cannot be read.
std::string read_small(int fd) {
  char buffer[256];
  auto n = ::pread(fd, buffer, sizeof buffer, 0);
  return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string{};
}

std::string read_small(const char* path) {
  int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return {};
  auto text = read_small(fd);
  ::close(fd);
  return text;
}

/// One of the words that the holder wrote, cleaned: anybody may have scribbled in the file.
std::string value(const std::string& text, const char* key) {
  auto at = text.find(std::string{key} + "=");
  if (at == std::string::npos)
    return {};
  at += std::strlen(key) + 1;
  auto end = text.find_first_not_of("0123456789abcdefTZ:-", at);
  return text.substr(at, std::min<std::size_t>(end == std::string::npos ? text.size() - at : end - at, 64));
}

bool is_of_this_boot(const std::string& text) {
  return read_small("/proc/sys/kernel/random/boot_id").compare(0, 36, value(text, "boot")) == 0;
}

std::string describe(const std::string& text) {
  auto pid = value(text, "pid"), since = value(text, "since");
  if (pid.empty())
    return "a process that has not yet said its pid";
  return "the process with pid " + pid + (since.empty() ? "" : " (since " + since + ")") +
         (is_of_this_boot(text) ? "" : ", perhaps on another machine");
}

/// Whether who wrote this is dead. The lock may outlive it for a moment, in a child that has not come to its own
/// program yet.
bool is_gone(const std::string& text) {
  auto pid = static_cast<pid_t>(std::strtol(value(text, "pid").c_str(), nullptr, 10));
  if (pid <= 0 || !is_of_this_boot(text))
    return false;
  if (::kill(pid, 0) != 0)
    return errno == ESRCH;
  auto stat = read_small(("/proc/" + std::to_string(pid) + "/stat").c_str());
  auto name_ends = stat.rfind(')');
  return name_ends != std::string::npos && stat.compare(name_ends, 3, ") Z") == 0;
}

std::string now_text() {
  char out[32] = "";
  auto now = std::time(nullptr);
  std::tm parts{};
  if (::gmtime_r(&now, &parts) != nullptr)
    std::strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return out;
}

} // namespace

result<void> make_private_directory(const std::string& directory) {
  if (directory.empty())
    return {ec::bad_config, "the state directory has no name: set storage.path"};
  for (std::size_t at = 1; at < directory.size(); ++at)
    if (directory[at] == '/') // what lies above follows the umask; a failure shows at the last step
      ::mkdir(directory.substr(0, at).c_str(), 0777);
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    auto code = errno;
    return {passes_by_itself(code) ? ec::unavailable : ec::bad_config,
            "the state directory " + directory + " cannot be made: " + reason(code) +
              "; make it by hand or set storage.path to another"};
  }
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
    return {ec::bad_config, "the state directory " + directory + " is not a directory; set storage.path to another"};
  return {};
}

result<void> sync_directory(const std::string& directory) {
  int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return {ec::unavailable, "the state directory " + directory + " cannot be opened: " + reason(errno)};
  auto failed = ::fsync(fd) != 0;
  auto code = errno;
  ::close(fd);
  if (failed && code != EINVAL) // EINVAL: a file system that has no such thing
    return {ec::unavailable, "fsync of the state directory " + directory + " failed: " + reason(code)};
  return {};
}

result<state_lock> state_lock::take(const std::string& directory) {
  if (auto made = make_private_directory(directory); !made)
    return made.error();
  auto path = directory + "/lock";
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    auto code = errno;
    return {code == EACCES || code == EROFS || code == ELOOP ? ec::bad_config : ec::unavailable,
            "the lock " + path + " cannot be opened: " + reason(code)};
  }
  state_lock held{fd};
  auto refused = [fd] { return ::flock(fd, LOCK_EX | LOCK_NB) != 0; };
  auto busy = refused();
  auto code = busy ? errno : 0;
  // Somebody may only be asking who holds it (holder_of), which is over at once; what a dead holder left soon is.
  for (int tries = 0; code == EWOULDBLOCK && (tries < 10 || (tries < 510 && is_gone(read_small(fd)))); ++tries) {
    timespec moment{0, tries < 10 ? 1'000'000 : 10'000'000};
    ::nanosleep(&moment, nullptr);
    busy = refused();
    code = busy ? errno : 0;
  }
  if (busy) {
    if (code != EWOULDBLOCK)
      return {ec::unavailable, "the lock " + path + " cannot be taken: " + reason(code)};
    return {ec::unavailable,
            "the state directory " + directory + " is in use by " + describe(read_small(fd)) +
              ": stop that one first. Beside it only one for other stories can run, with labels and a storage.path "
              "of its own. Looking is allowed: `hyakki status` works while it runs"};
  }
  auto boot = read_small("/proc/sys/kernel/random/boot_id");
  auto text = "pid=" + std::to_string(::getpid()) + " since=" + now_text() + " boot=" + boot.substr(0, 36) + "\n";
  // Only for people: a full disk here is no reason to stop, the first commit will tell.
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, text.data(), text.size(), 0) < 0)
    return held;
  return held;
}

state_lock& state_lock::operator=(state_lock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

state_lock::~state_lock() {
  if (fd_ >= 0)
    ::close(fd_); // the file stays: removing it would let two processes hold two files of one name
}

std::string holder_of(const std::string& directory) {
  int fd = ::open((directory + "/lock").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return {};
  std::string who;
  // A shared lock is tried and given back at once; an owner that starts meanwhile tries again.
  if (::flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    who = describe(read_small(fd));
  ::close(fd);
  return who;
}

} // namespace hyakki
