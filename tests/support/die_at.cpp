// A module to be preloaded into a child of a test: the child is killed, as by kill -9, before its n-th call that
// changes a file system ($HYAKKI_DIE_AT). Its own children are left alone.

// Both names of a call are defined here, so neither may be a macro for the other.
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include <atomic>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

template <class F>
F* real(const char* name) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

void step() {
  static std::atomic<long> left{[] {
    auto* text = std::getenv("HYAKKI_DIE_AT");
    return text != nullptr ? std::strtol(text, nullptr, 10) : 0L;
  }()};
  if (--left == 0)
    ::kill(::getpid(), SIGKILL);
}

mode_t mode_in(int flags, va_list& args) { return (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0; }

int opened(const char* name, const char* path, int flags, mode_t mode) {
  if ((flags & (O_CREAT | O_TRUNC)) != 0)
    step();
  return real<int(const char*, int, ...)>(name)(path, flags, mode);
}

int opened_at(const char* name, int at, const char* path, int flags, mode_t mode) {
  if ((flags & (O_CREAT | O_TRUNC)) != 0)
    step();
  return real<int(int, const char*, int, ...)>(name)(at, path, flags, mode);
}

} // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list args;
  va_start(args, flags);
  auto mode = mode_in(flags, args);
  va_end(args);
  return opened("open", path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list args;
  va_start(args, flags);
  auto mode = mode_in(flags, args);
  va_end(args);
  return opened("open64", path, flags, mode);
}
int openat(int at, const char* path, int flags, ...) {
  va_list args;
  va_start(args, flags);
  auto mode = mode_in(flags, args);
  va_end(args);
  return opened_at("openat", at, path, flags, mode);
}
int openat64(int at, const char* path, int flags, ...) {
  va_list args;
  va_start(args, flags);
  auto mode = mode_in(flags, args);
  va_end(args);
  return opened_at("openat64", at, path, flags, mode);
}
ssize_t write(int fd, const void* data, size_t size) {
  struct stat s {};
  if (::fstat(fd, &s) == 0 && S_ISREG(s.st_mode))
    step();
  return real<ssize_t(int, const void*, size_t)>("write")(fd, data, size);
}
int rename(const char* from, const char* to) noexcept {
  step();
  return real<int(const char*, const char*)>("rename")(from, to);
}
int renameat(int a, const char* from, int b, const char* to) noexcept {
  step();
  return real<int(int, const char*, int, const char*)>("renameat")(a, from, b, to);
}
int link(const char* from, const char* to) noexcept {
  step();
  return real<int(const char*, const char*)>("link")(from, to);
}
int symlinkat(const char* text, int at, const char* path) noexcept {
  step();
  return real<int(const char*, int, const char*)>("symlinkat")(text, at, path);
}
int unlink(const char* path) noexcept {
  step();
  return real<int(const char*)>("unlink")(path);
}
int unlinkat(int at, const char* path, int flags) noexcept {
  step();
  return real<int(int, const char*, int)>("unlinkat")(at, path, flags);
}
int mkdir(const char* path, mode_t mode) noexcept {
  step();
  return real<int(const char*, mode_t)>("mkdir")(path, mode);
}
int mkdirat(int at, const char* path, mode_t mode) noexcept {
  step();
  return real<int(int, const char*, mode_t)>("mkdirat")(at, path, mode);
}
int rmdir(const char* path) noexcept {
  step();
  return real<int(const char*)>("rmdir")(path);
}
int remove(const char* path) noexcept {
  step();
  return real<int(const char*)>("remove")(path);
}

} // extern "C"
