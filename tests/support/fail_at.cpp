// A module to be preloaded into a child of a test: the n-th call of the child by which it asks something of the
// system fails. Its own children are left alone, as their environment is built and not inherited.
//
// $HYAKKI_FAIL_AT: "<n>:<k>": the n-th call fails with the k-th errno that such a call may have; "<n>:<k>:on": the
// later calls of the same kind fail too. 0 = none. $HYAKKI_FAIL_KIND: only calls of this kind are counted.
// $HYAKKI_FAIL_NAME: only calls on paths that end so are counted.
// $HYAKKI_FAIL_LOG: a file, told of the failed call; of every call when n is 0. Lines: n kind name errno what.

// Both names of a call are defined here, so neither may be a macro for the other.
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

template <class F>
F* real(const char* name) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

struct kind {
  const char* name;
  std::array<int, 5> codes; ///< the rest is 0
};
constexpr kind opening{"open", {EMFILE, EIO, ENOMEM, EINTR, 0}};
constexpr kind making{"open", {ENOSPC, EMFILE, EIO, EINTR, 0}};
constexpr kind reading{"read", {EIO, EINTR, 0, 0, 0}};
constexpr kind writing{"write", {ENOSPC, EIO, EINTR, 0, 0}};
constexpr kind piping{"pipe_io", {EINTR, EAGAIN, 0, 0, 0}};
constexpr kind syncing{"sync", {EIO, ENOSPC, 0, 0, 0}};
constexpr kind naming{"name", {ENOSPC, EIO, ENOMEM, 0, 0}};
constexpr kind removing{"remove", {EIO, ENOMEM, 0, 0, 0}};
constexpr kind handles{"handle", {EMFILE, ENOMEM, 0, 0, 0}};
constexpr kind starting{"spawn", {EAGAIN, ENOMEM, 0, 0, 0}};
constexpr kind mapping{"map", {ENOMEM, 0, 0, 0, 0}};
constexpr kind threading{"thread", {EAGAIN, 0, 0, 0, 0}};

std::atomic<long> seen{0};
std::atomic<bool> ready{false};
long wanted = 0;
int choice = 0;
bool goes_on = false;
char only[32] = "";
char path_end[128] = "";
int log_file = -1;
const char* failed_kind = nullptr;

__attribute__((constructor)) void begin() {
  auto text = [](const char* name) {
    auto* v = std::getenv(name);
    return v != nullptr ? v : "";
  };
  auto* plan = text("HYAKKI_FAIL_AT");
  wanted = std::strtol(plan, nullptr, 10);
  if (auto* colon = std::strchr(plan, ':'))
    choice = static_cast<int>(std::strtol(colon + 1, nullptr, 10));
  goes_on = std::strstr(plan, ":on") != nullptr;
  std::strncpy(only, text("HYAKKI_FAIL_KIND"), sizeof only - 1);
  std::strncpy(path_end, text("HYAKKI_FAIL_NAME"), sizeof path_end - 1);
  if (*text("HYAKKI_FAIL_LOG") != 0)
    log_file = static_cast<int>(
      ::syscall(SYS_openat, AT_FDCWD, text("HYAKKI_FAIL_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  // High and out of the way: a program that counts or closes its descriptors must not meet it.
  if (log_file >= 0) {
    auto high = static_cast<int>(::syscall(SYS_fcntl, log_file, F_DUPFD_CLOEXEC, 900));
    ::syscall(SYS_close, log_file);
    log_file = high;
  }
  ready = true;
}

void note(long n, const kind& k, const char* name, int code, const char* what) {
  if (log_file < 0)
    return;
  char line[512];
  auto size = std::snprintf(line, sizeof line, "%ld %s %s %s %s\n", n, k.name, name,
                            code == 0 ? "-" : ::strerrorname_np(code), what);
  if (size > 0)
    ::syscall(SYS_write, log_file, line, std::min<std::size_t>(static_cast<std::size_t>(size), sizeof line - 1));
}

bool is_counted(const kind& k, const char* what) {
  auto size = std::strlen(what), end = std::strlen(path_end);
  return (only[0] == 0 || std::strcmp(only, k.name) == 0) && size >= end &&
         std::strcmp(what + size - end, path_end) == 0;
}

/// The errno that this call must fail with; 0 = it goes through.
int fault(const kind& k, const char* name, const char* what = "") {
  if (!ready || !is_counted(k, what))
    return 0;
  auto before = errno;
  auto n = ++seen;
  int code = 0;
  bool again = goes_on && failed_kind != nullptr && std::strcmp(failed_kind, k.name) == 0;
  if (n == wanted || again) {
    int many = 0;
    while (many < static_cast<int>(k.codes.size()) && k.codes[static_cast<std::size_t>(many)] != 0)
      ++many;
    code = k.codes[static_cast<std::size_t>(choice % many)];
    failed_kind = k.name;
  }
  if (wanted == 0 || n == wanted)
    note(n, k, name, code, what);
  errno = before;
  return code;
}

/// As above, in the way most calls tell it.
bool fails(const kind& k, const char* name, const char* what = "") {
  auto code = fault(k, name, what);
  if (code != 0)
    errno = code;
  return code != 0;
}

mode_t mode_in(int flags, va_list& args) { return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(args, mode_t) : 0; }

int opened(const char* name, const char* path, int flags, mode_t mode) {
  if (fails((flags & O_CREAT) != 0 ? making : opening, name, path))
    return -1;
  return real<int(const char*, int, ...)>(name)(path, flags, mode);
}
int opened_at(const char* name, int at, const char* path, int flags, mode_t mode) {
  if (fails((flags & O_CREAT) != 0 ? making : opening, name, path))
    return -1;
  return real<int(int, const char*, int, ...)>(name)(at, path, flags, mode);
}

bool is_file(int fd) {
  struct stat s {};
  return ::fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
}

/// What a descriptor stands for, for the log.
struct target {
  explicit target(int fd) {
    if (log_file < 0 || wanted != 0)
      return;
    char link[40];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    auto n = ::syscall(SYS_readlink, link, text, sizeof text - 1);
    text[n > 0 ? n : 0] = 0;
  }
  char text[256] = "";
};

/// A write that adds one to an event's number: nothing can keep it from doing so, and asio counts on that.
bool is_event(int fd) {
  char link[40], text[32] = "";
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  auto n = ::syscall(SYS_readlink, link, text, sizeof text - 1);
  return n > 0 && std::strncmp(text, "anon_inode:[eventfd]", sizeof text) == 0;
}

bool fails_writing(const char* name, int fd) {
  auto before = errno;
  auto file = is_file(fd);
  if (!file && is_event(fd)) {
    errno = before;
    return false;
  }
  auto out = fails(file ? writing : piping, name, target{fd}.text);
  if (!out)
    errno = before;
  return out;
}

} // namespace

#define OPENS(name)                                                                                                    \
  int name(const char* path, int flags, ...) {                                                                         \
    va_list args;                                                                                                      \
    va_start(args, flags);                                                                                             \
    auto mode = mode_in(flags, args);                                                                                  \
    va_end(args);                                                                                                      \
    return opened(#name, path, flags, mode);                                                                           \
  }
#define OPENS_AT(name)                                                                                                 \
  int name(int at, const char* path, int flags, ...) {                                                                 \
    va_list args;                                                                                                      \
    va_start(args, flags);                                                                                             \
    auto mode = mode_in(flags, args);                                                                                  \
    va_end(args);                                                                                                      \
    return opened_at(#name, at, path, flags, mode);                                                                    \
  }

extern "C" {

OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)
int __open_2(const char* path, int flags) { return opened("open", path, flags, 0); }
int __open64_2(const char* path, int flags) { return opened("open64", path, flags, 0); }
int __openat_2(int at, const char* path, int flags) { return opened_at("openat", at, path, flags, 0); }
int __openat64_2(int at, const char* path, int flags) { return opened_at("openat64", at, path, flags, 0); }

FILE* fopen(const char* path, const char* mode) {
  return fails(mode[0] == 'r' ? opening : making, "fopen", path)
           ? nullptr
           : real<FILE*(const char*, const char*)>("fopen")(path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
  return fails(mode[0] == 'r' ? opening : making, "fopen64", path)
           ? nullptr
           : real<FILE*(const char*, const char*)>("fopen64")(path, mode);
}
DIR* opendir(const char* path) {
  return fails(opening, "opendir", path) ? nullptr : real<DIR*(const char*)>("opendir")(path);
}

ssize_t read(int fd, void* to, size_t size) {
  auto before = errno;
  if (fails(is_file(fd) ? reading : piping, "read", target{fd}.text))
    return -1;
  errno = before;
  return real<ssize_t(int, void*, size_t)>("read")(fd, to, size);
}
ssize_t write(int fd, const void* data, size_t size) {
  return fails_writing("write", fd) ? -1 : real<ssize_t(int, const void*, size_t)>("write")(fd, data, size);
}
ssize_t writev(int fd, const struct iovec* parts, int count) {
  return fails_writing("writev", fd) ? -1 : real<ssize_t(int, const struct iovec*, int)>("writev")(fd, parts, count);
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
  return fails_writing("pwrite", fd) ? -1
                                     : real<ssize_t(int, const void*, size_t, off_t)>("pwrite")(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  return fails_writing("pwrite64", fd)
           ? -1
           : real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64")(fd, data, size, at);
}
ssize_t pwritev(int fd, const struct iovec* parts, int count, off_t at) {
  return fails_writing("pwritev", fd)
           ? -1
           : real<ssize_t(int, const struct iovec*, int, off_t)>("pwritev")(fd, parts, count, at);
}
int ftruncate(int fd, off_t size) noexcept {
  return fails_writing("ftruncate", fd) ? -1 : real<int(int, off_t)>("ftruncate")(fd, size);
}
int ftruncate64(int fd, off64_t size) noexcept {
  return fails_writing("ftruncate64", fd) ? -1 : real<int(int, off64_t)>("ftruncate64")(fd, size);
}
int fsync(int fd) { return fails(syncing, "fsync", target{fd}.text) ? -1 : real<int(int)>("fsync")(fd); }
int fdatasync(int fd) { return fails(syncing, "fdatasync", target{fd}.text) ? -1 : real<int(int)>("fdatasync")(fd); }

int rename(const char* from, const char* to) noexcept {
  return fails(naming, "rename", to) ? -1 : real<int(const char*, const char*)>("rename")(from, to);
}
int renameat(int a, const char* from, int b, const char* to) noexcept {
  return fails(naming, "renameat", to) ? -1 : real<int(int, const char*, int, const char*)>("renameat")(a, from, b, to);
}
int link(const char* from, const char* to) noexcept {
  return fails(naming, "link", to) ? -1 : real<int(const char*, const char*)>("link")(from, to);
}
int symlink(const char* text, const char* to) noexcept {
  return fails(naming, "symlink", to) ? -1 : real<int(const char*, const char*)>("symlink")(text, to);
}
int symlinkat(const char* text, int at, const char* to) noexcept {
  return fails(naming, "symlinkat", to) ? -1 : real<int(const char*, int, const char*)>("symlinkat")(text, at, to);
}
int mkdir(const char* path, mode_t mode) noexcept {
  return fails(naming, "mkdir", path) ? -1 : real<int(const char*, mode_t)>("mkdir")(path, mode);
}
int mkdirat(int at, const char* path, mode_t mode) noexcept {
  return fails(naming, "mkdirat", path) ? -1 : real<int(int, const char*, mode_t)>("mkdirat")(at, path, mode);
}
int unlink(const char* path) noexcept {
  return fails(removing, "unlink", path) ? -1 : real<int(const char*)>("unlink")(path);
}
int unlinkat(int at, const char* path, int flags) noexcept {
  return fails(removing, "unlinkat", path) ? -1 : real<int(int, const char*, int)>("unlinkat")(at, path, flags);
}
int rmdir(const char* path) noexcept {
  return fails(removing, "rmdir", path) ? -1 : real<int(const char*)>("rmdir")(path);
}
int remove(const char* path) noexcept {
  return fails(removing, "remove", path) ? -1 : real<int(const char*)>("remove")(path);
}

int pipe2(int ends[2], int flags) noexcept {
  return fails(handles, "pipe2") ? -1 : real<int(int*, int)>("pipe2")(ends, flags);
}
int eventfd(unsigned n, int flags) noexcept {
  return fails(handles, "eventfd") ? -1 : real<int(unsigned, int)>("eventfd")(n, flags);
}
int epoll_create1(int flags) noexcept {
  return fails(handles, "epoll_create1") ? -1 : real<int(int)>("epoll_create1")(flags);
}
int timerfd_create(int clock, int flags) noexcept {
  return fails(handles, "timerfd_create") ? -1 : real<int(int, int)>("timerfd_create")(clock, flags);
}
int signalfd(int fd, const sigset_t* set, int flags) noexcept {
  return fails(handles, "signalfd") ? -1 : real<int(int, const sigset_t*, int)>("signalfd")(fd, set, flags);
}
int pidfd_open(pid_t pid, unsigned flags) noexcept {
  return fails(handles, "pidfd_open") ? -1 : real<int(pid_t, unsigned)>("pidfd_open")(pid, flags);
}
int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* how,
                char* const argv[], char* const env[]) {
  if (auto code = fault(starting, "posix_spawn", path))
    return code;
  return real<int(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*, char* const*,
                  char* const*)>("posix_spawn")(pid, path, actions, how, argv, env);
}
void* mmap(void* at, size_t size, int rights, int flags, int fd, off_t offset) noexcept {
  if (fd >= 0 && fails(mapping, "mmap", target{fd}.text))
    return MAP_FAILED;
  return real<void*(void*, size_t, int, int, int, off_t)>("mmap")(at, size, rights, flags, fd, offset);
}
void* mmap64(void* at, size_t size, int rights, int flags, int fd, off64_t offset) noexcept {
  if (fd >= 0 && fails(mapping, "mmap64", target{fd}.text))
    return MAP_FAILED;
  return real<void*(void*, size_t, int, int, int, off64_t)>("mmap64")(at, size, rights, flags, fd, offset);
}
int pthread_create(pthread_t* thread, const pthread_attr_t* how, void* (*work)(void*), void* with) noexcept {
  if (auto code = fault(threading, "pthread_create"))
    return code;
  return real<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create")(thread, how, work,
                                                                                                 with);
}

} // extern "C"
