#include "tickets/directory.hpp"

#include "tickets/listing.hpp"
#include "tickets/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyakki::tickets {
namespace {

// Does not end in .yaml, so that no reader of the format takes it for a ticket.
constexpr auto unfinished = ".hyakki.tmp";
constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

void tell(const step_hook& on_step, const char* step) {
  if (on_step)
    on_step(step);
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

descriptor& descriptor::operator=(descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

descriptor::~descriptor() {
  if (fd_ >= 0)
    ::close(fd_);
}

error directory::failed(const std::string& what, const std::string& name, int number) const {
  auto code = number == ENOENT                                         ? ec::not_found
              : number == EACCES || number == EPERM || number == EROFS ? ec::bad_config
              : number == ELOOP || number == ENOTDIR || number == ENXIO || number == EISDIR || number == ENAMETOOLONG
                ? ec::rejected
                : ec::unavailable;
  auto why = number == ELOOP || number == ENOTDIR ? "a symbolic link, or not what it should be; links are not followed"
                                                  : std::strerror(number);
  return {code, "tickets: cannot " + what + " " + path_ + (name.empty() ? "" : "/" + printable(name)) + ": " + why};
}

result<directory> directory::open(const std::string& path) {
  auto fd = descriptor{::open(path.c_str(), folder_flags)};
  if (!fd.open())
    return directory{{}, path}.failed("open", {}, errno);
  return directory{std::move(fd), path};
}

result<directory> directory::folder(const char* name, bool make) const {
  auto path = path_ + "/" + name;
  if (make && ::mkdirat(fd(), name, 0777) == 0)
    ::fsync(fd());
  auto inner = descriptor{::openat(fd(), name, folder_flags)};
  if (!inner.open())
    return directory{{}, path}.failed("open", {}, errno);
  return directory{std::move(inner), path};
}

result<std::vector<std::string>> directory::names() const {
  auto from = listing{*this};
  auto room = std::vector<char>(listing_bytes);
  auto out = std::vector<std::string>{};
  for (long filled = 0; (filled = from.next(room.data(), room.size())) != 0;) {
    if (filled < 0)
      return failed("list", {}, errno);
    listing::each(room.data(), filled, [&](std::uint64_t, const char* name) { out.emplace_back(name); });
  }
  return out;
}

std::size_t directory::count(std::size_t most) const {
  auto from = listing{*this};
  auto room = std::vector<char>(std::clamp<std::size_t>(most * 32, 1024, listing_bytes));
  std::size_t n = 0;
  for (long filled = 0; n < most && (filled = from.next(room.data(), room.size())) > 0;)
    listing::each(room.data(), filled, [&](std::uint64_t, const char*) { ++n; });
  return std::min(n, most);
}

listing::listing(const directory& folder) : from_(::openat(folder.fd(), ".", folder_flags)) {}

long listing::next(char* room, std::size_t bytes) { return from_.open() ? ::getdents64(from_.get(), room, bytes) : -1; }

result<std::string> directory::read(const std::string& name, std::size_t most, struct stat* seen) const {
  auto out = std::string{};
  if (auto done = read_into(out, name.c_str(), most, seen); !done)
    return done.error();
  return out;
}

result<void> directory::read_into(std::string& out, const char* name, std::size_t most, struct stat* seen) const {
  // Not blocking: a pipe in the place of a ticket must not hold us up.
  auto fd = descriptor{::openat(this->fd(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!fd.open())
    return failed("read", name, errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0)
    return failed("read", name, errno);
  if (!S_ISREG(info.st_mode))
    return {ec::rejected, "tickets: " + path_ + "/" + printable(name) + " is not a plain file; it is left alone"};
  if (static_cast<std::uint64_t>(info.st_size) > most)
    return {ec::rejected, "tickets: " + path_ + "/" + printable(name) + " has " + std::to_string(info.st_size) +
                            " bytes, more than the " + std::to_string(most) + " that are read"};
  if (seen != nullptr)
    *seen = info;
  out.resize(static_cast<std::size_t>(info.st_size));
  std::size_t have = 0;
  while (have < out.size()) {
    auto n = ::read(fd.get(), &out[have], out.size() - have);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return failed("read", name, errno);
    if (n == 0)
      break;
    have += static_cast<std::size_t>(n);
  }
  out.resize(have);
  return {};
}

bool directory::has(const std::string& name) const {
  return ::faccessat(fd(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

result<void> directory::write(const std::string& name, std::string_view bytes, const step_hook& on_step) const {
  return write(name, bytes, on_step, true);
}

result<void> directory::write_lightly(const std::string& name, std::string_view bytes, const step_hook& on_step) const {
  return write(name, bytes, on_step, false);
}

result<void> directory::write(const std::string& name, std::string_view bytes, const step_hook& on_step,
                              bool durable) const {
  struct stat old {};
  bool replaces = ::fstatat(fd(), name.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
  if (replaces && !S_ISREG(old.st_mode))
    return {ec::rejected, "tickets: " + path_ + "/" + printable(name) + " is not a plain file; it is left alone"};
  tell(on_step, "sweep");
  ::unlinkat(fd(), unfinished, 0);
  tell(on_step, "create");
  auto out = descriptor{::openat(fd(), unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666)};
  if (!out.open())
    return failed("write", name, errno);
  auto give_up = [&] {
    auto number = errno;
    ::unlinkat(fd(), unfinished, 0);
    return failed("write", name, number);
  };
  if (replaces && ::fchmod(out.get(), old.st_mode & 0777) != 0)
    return give_up();
  tell(on_step, "write the first half");
  if (!write_all(out.get(), bytes.substr(0, bytes.size() / 2)))
    return give_up();
  tell(on_step, "write the second half");
  if (!write_all(out.get(), bytes.substr(bytes.size() / 2)))
    return give_up();
  tell(on_step, "sync");
  if (durable && ::fsync(out.get()) != 0)
    return give_up();
  tell(on_step, "rename");
  if (::renameat(fd(), unfinished, fd(), name.c_str()) != 0)
    return give_up();
  tell(on_step, "sync the folder");
  if (durable && ::fsync(fd()) != 0)
    return failed("make durable", name, errno);
  return {};
}

result<void> directory::remove(const std::string& name, const step_hook& on_step) const {
  tell(on_step, "unlink");
  if (::unlinkat(fd(), name.c_str(), 0) != 0) {
    if (errno == ENOENT)
      return {};
    return failed("remove", name, errno);
  }
  tell(on_step, "sync the folder of the unlinked");
  if (::fsync(fd()) != 0)
    return failed("make durable", name, errno);
  return {};
}

} // namespace hyakki::tickets
