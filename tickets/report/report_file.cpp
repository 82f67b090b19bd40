#include "tickets/report/report_file.hpp"

#include "tickets/directory.hpp"
#include "tickets/text.hpp"

#include <cerrno>
#include <cstring>
#include <random>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyakki::tickets {
namespace {

error failed(const std::string& path, int number) {
  auto code = number == ENOENT                                         ? ec::not_found
              : number == EACCES || number == EPERM || number == EROFS ? ec::bad_config
              : number == ENOTDIR || number == ENAMETOOLONG            ? ec::rejected
                                                                       : ec::unavailable;
  auto why = number == ENOENT ? std::string{"there is no such folder; make it, or choose another with --output"}
                              : std::string{std::strerror(number)};
  return {code, "cannot write " + printable(path) + ": " + why};
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    auto n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

} // namespace

result<void> write_whole_file(const std::string& path, std::string_view bytes) {
  auto slash = path.rfind('/');
  auto folder_path = slash == std::string::npos ? std::string{"."}
                     : slash == 0               ? std::string{"/"}
                                                : path.substr(0, slash);
  auto name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (name.empty() || name == "." || name == ".." || path.find('\0') != std::string::npos)
    return {ec::rejected,
            "cannot write " + printable(path) + ": it names no file; give a path that ends in a file name"};
  auto folder = descriptor{::open(folder_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder.open())
    return failed(path, errno);
  struct stat old {};
  bool there = ::fstatat(folder.get(), name.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
  if (there && !S_ISREG(old.st_mode) && !S_ISLNK(old.st_mode))
    return {ec::rejected, "cannot write " + printable(path) + ": it is a folder or a device; it is left alone"};
  auto unfinished = ".tickets-report-" + std::to_string(std::random_device{}()) + ".part";
  auto out =
    descriptor{::openat(folder.get(), unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666)};
  if (!out.open())
    return failed(path, errno);
  if ((there && S_ISREG(old.st_mode) && ::fchmod(out.get(), old.st_mode & 0777) != 0) || !write_all(out.get(), bytes) ||
      ::fsync(out.get()) != 0 || ::renameat(folder.get(), unfinished.c_str(), folder.get(), name.c_str()) != 0) {
    auto number = errno;
    ::unlinkat(folder.get(), unfinished.c_str(), 0);
    return failed(path, number);
  }
  if (::fsync(folder.get()) != 0)
    return failed(path, errno);
  return {};
}

} // namespace hyakki::tickets
