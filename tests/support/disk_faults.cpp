// A module to be preloaded into a child of a test: it writes down what the child does to its disk, or makes the
// n-th such call fail. It looks only at files in $HYAKKI_DISK_DIR.
//
// $HYAKKI_DISK_LOG: where each call is noted, with its data (tests/support/disk_log.hpp reads it).
// $HYAKKI_DISK_FAIL: "<n>:<errno>", the n-th call fails; "<n>:<errno>:on" makes all later ones fail too.

// Both names of a call are defined here, so neither may be a macro for the other.
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

template <class F>
F* real(const char* name) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

const char* value(const char* name) {
  auto* v = std::getenv(name);
  return v != nullptr ? v : "";
}

bool is_ours(const std::string& path) {
  static const std::string dir = value("HYAKKI_DISK_DIR");
  return !dir.empty() && path.compare(0, dir.size(), dir) == 0;
}

std::string path_of(int fd) {
  char out[4096];
  auto n = ::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), out, sizeof out);
  return n > 0 ? std::string(out, static_cast<std::size_t>(n)) : std::string{};
}

/// Of a call that names a file in a folder; "../x" is taken by its words.
std::string in_folder(int folder, const char* path) {
  if (path[0] == '/')
    return path;
  auto base = folder == AT_FDCWD ? std::string{"."} : path_of(folder);
  auto rest = std::string{path};
  while (rest.compare(0, 3, "../") == 0 && base.rfind('/') != std::string::npos) {
    base.resize(base.rfind('/'));
    rest.erase(0, 3);
  }
  return base + "/" + rest;
}

/// True when this call must fail; errno is set.
bool fails() {
  static const std::string plan = value("HYAKKI_DISK_FAIL");
  if (plan.empty())
    return false;
  static std::atomic<long> count{0};
  auto at = std::strtol(plan.c_str(), nullptr, 10);
  auto n = ++count;
  if (n != at && !(n > at && plan.find(":on") != std::string::npos))
    return false;
  errno = static_cast<int>(std::strtol(plan.c_str() + plan.find(':') + 1, nullptr, 10));
  return true;
}

void note(char kind, const std::string& path, std::uint64_t offset, std::string_view data) {
  static const std::string file = value("HYAKKI_DISK_LOG");
  if (file.empty())
    return;
  static std::mutex one;
  std::lock_guard lock{one};
  static int log =
    real<int(const char*, int, ...)>("open")(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  std::string line(1, kind);
  auto number = [&](std::uint64_t n) { line.append(reinterpret_cast<const char*>(&n), sizeof n); };
  number(path.size());
  line += path;
  number(offset);
  number(data.size());
  line += data;
  static auto* put = real<ssize_t(int, const void*, size_t)>("write");
  (void)!put(log, line.data(), line.size());
}

/// 'W': stays in memory until a sync; 'D': was on disk when the call returned.
char kind_of(int fd) { return (::fcntl(fd, F_GETFL) & O_DSYNC) != 0 ? 'D' : 'W'; }

} // namespace

extern "C" {

/// The child's own remark: what it has acknowledged.
void disk_note(const char* text, std::size_t size) { note('N', "", 0, {text, size}); }

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  static auto* next = real<int(const char*, int, ...)>("open");
  if (!is_ours(path))
    return next(path, flags, mode);
  if (fails())
    return -1;
  auto fd = next(path, flags, mode);
  if (fd >= 0 && (flags & O_CREAT) != 0)
    note('C', path, 0, {});
  return fd;
}
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open(path, flags, mode);
}
int __open_2(const char* path, int flags) { return open(path, flags); }
int __open64_2(const char* path, int flags) { return open(path, flags); }

ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
  static auto* next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  auto path = path_of(fd);
  if (!is_ours(path))
    return next(fd, data, size, at);
  if (fails())
    return -1;
  auto n = next(fd, data, size, at);
  if (n > 0)
    note(kind_of(fd), path, static_cast<std::uint64_t>(at), {static_cast<const char*>(data), static_cast<size_t>(n)});
  return n;
}
ssize_t pwrite64(int fd, const void* data, size_t size, off_t at) { return pwrite(fd, data, size, at); }

ssize_t write(int fd, const void* data, size_t size) {
  static auto* next = real<ssize_t(int, const void*, size_t)>("write");
  auto path = path_of(fd);
  if (!is_ours(path))
    return next(fd, data, size);
  if (fails())
    return -1;
  auto at = ::lseek(fd, 0, SEEK_CUR);
  auto n = next(fd, data, size);
  if (n > 0)
    note(kind_of(fd), path, static_cast<std::uint64_t>(at), {static_cast<const char*>(data), static_cast<size_t>(n)});
  return n;
}

ssize_t writev(int fd, const struct iovec* parts, int count) {
  static auto* next = real<ssize_t(int, const struct iovec*, int)>("writev");
  auto path = path_of(fd);
  if (!is_ours(path))
    return next(fd, parts, count);
  if (fails())
    return -1;
  auto at = ::lseek(fd, 0, SEEK_CUR);
  auto n = next(fd, parts, count);
  std::string all;
  for (int i = 0; i < count; ++i)
    all.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  if (n > 0)
    note(kind_of(fd), path, static_cast<std::uint64_t>(at), std::string_view{all}.substr(0, static_cast<size_t>(n)));
  return n;
}

int fdatasync(int fd) {
  static auto* next = real<int(int)>("fdatasync");
  auto path = path_of(fd);
  if (!is_ours(path))
    return next(fd);
  if (fails())
    return -1;
  auto answer = next(fd);
  if (answer == 0)
    note('S', path, 0, {});
  return answer;
}

int fsync(int fd) {
  static auto* next = real<int(int)>("fsync");
  auto path = path_of(fd);
  if (!is_ours(path))
    return next(fd);
  if (fails())
    return -1;
  auto answer = next(fd);
  if (answer == 0)
    note('S', path, 0, {});
  return answer;
}

int ftruncate(int fd, off_t size) {
  static auto* next = real<int(int, off_t)>("ftruncate");
  auto path = path_of(fd);
  if (!is_ours(path))
    return next(fd, size);
  if (fails())
    return -1;
  auto answer = next(fd, size);
  if (answer == 0)
    note('T', path, static_cast<std::uint64_t>(size), {});
  return answer;
}

int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

int openat(int folder, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  static auto* next = real<int(int, const char*, int, ...)>("openat");
  auto whole = in_folder(folder, path);
  if (!is_ours(whole))
    return next(folder, path, flags, mode);
  if (fails())
    return -1;
  auto fd = next(folder, path, flags, mode);
  if (fd >= 0 && (flags & O_CREAT) != 0)
    note('C', whole, 0, {});
  return fd;
}
int openat64(int folder, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return openat(folder, path, flags, mode);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) {
  static auto* next = real<int(int, const char*, int, const char*)>("renameat");
  auto whole = in_folder(from_folder, from);
  if (!is_ours(whole))
    return next(from_folder, from, to_folder, to);
  if (fails())
    return -1;
  auto answer = next(from_folder, from, to_folder, to);
  if (answer == 0)
    note('R', whole, 0, in_folder(to_folder, to));
  return answer;
}

int unlinkat(int folder, const char* path, int flags) {
  static auto* next = real<int(int, const char*, int)>("unlinkat");
  auto whole = in_folder(folder, path);
  if (!is_ours(whole))
    return next(folder, path, flags);
  if (fails())
    return -1;
  auto answer = next(folder, path, flags);
  if (answer == 0)
    note('U', whole, 0, {});
  return answer;
}

int rename(const char* from, const char* to) {
  static auto* next = real<int(const char*, const char*)>("rename");
  if (!is_ours(from))
    return next(from, to);
  if (fails())
    return -1;
  auto answer = next(from, to);
  if (answer == 0)
    note('R', from, 0, to);
  return answer;
}

int mkdir(const char* path, mode_t mode) {
  static auto* next = real<int(const char*, mode_t)>("mkdir");
  if (is_ours(path) && fails())
    return -1;
  return next(path, mode);
}

} // extern "C"
