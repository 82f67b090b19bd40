#include "cli/tickets/text_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyakki::ticket_cli {
namespace {

error failed(const std::string& what, const std::string& path) {
  return {errno == ENOENT ? ec::not_found : ec::rejected, path + " cannot be " + what + ": " + std::strerror(errno)};
}

result<std::string> read_all(int fd, const std::string& path, std::size_t most) {
  std::string out;
  char part[64 * 1024];
  for (;;) {
    auto n = ::read(fd, part, sizeof part);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return failed("read", path);
    if (n == 0)
      return out;
    out.append(part, static_cast<std::size_t>(n));
    if (out.size() > most)
      return {ec::rejected, path + " is larger than " + std::to_string(most / 1024) + " KiB; give it in parts"};
  }
}

} // namespace

result<std::string> read_text_file(const std::string& path, std::size_t most) {
  if (path == "-")
    return read_all(STDIN_FILENO, "the standard input", most);
  // Not waiting for a pipe that nobody writes into.
  auto fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return failed("read", path);
  struct stat seen {};
  auto plain = ::fstat(fd, &seen) == 0 && S_ISREG(seen.st_mode);
  auto out = plain ? read_all(fd, path, most) : result<std::string>{ec::rejected, path + " is no plain file"};
  ::close(fd);
  return out;
}

result<void> write_text_file(const std::string& path, const std::string& bytes) {
  struct stat seen {};
  auto there = ::lstat(path.c_str(), &seen) == 0;
  if (there && !S_ISREG(seen.st_mode))
    return {ec::rejected, path + " is no plain file; it was not touched"};
  auto fresh = path + ".XXXXXX";
  auto fd = ::mkostemp(fresh.data(), O_CLOEXEC);
  if (fd < 0)
    return failed("written", path);
  auto good = ::fchmod(fd, there ? seen.st_mode & 07777 : 0644) == 0;
  for (std::size_t at = 0; good && at < bytes.size();) {
    auto n = ::write(fd, bytes.data() + at, bytes.size() - at);
    good = n >= 0 || errno == EINTR;
    at += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  good = good && ::fsync(fd) == 0;
  auto why = errno;
  ::close(fd);
  if (good && ::rename(fresh.c_str(), path.c_str()) == 0)
    return {};
  errno = good ? errno : why;
  auto out = failed("written", path);
  ::unlink(fresh.c_str());
  return out;
}

} // namespace hyakki::ticket_cli
