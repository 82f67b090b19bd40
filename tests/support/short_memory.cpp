// A module to be preloaded into a child of a test: its n-th allocation finds no memory ($HYAKKI_NO_MEMORY_AT; 0 =
// none), or all of them from there on ("<n>:on"). $HYAKKI_MEMORY_LOG: a file that is told how many there were.

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
}

namespace {

std::atomic<long> seen{0};
std::atomic<bool> ready{false};
long wanted = 0;
bool goes_on = false;
char log_path[512] = "";

__attribute__((constructor)) void begin() {
  if (auto* plan = std::getenv("HYAKKI_NO_MEMORY_AT")) {
    wanted = std::strtol(plan, nullptr, 10);
    goes_on = std::strstr(plan, ":on") != nullptr;
  }
  if (auto* path = std::getenv("HYAKKI_MEMORY_LOG"))
    std::strncpy(log_path, path, sizeof log_path - 1);
  ready = true;
}

__attribute__((destructor)) void tell() {
  if (log_path[0] == 0)
    return;
  auto fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  char text[32];
  auto size = std::snprintf(text, sizeof text, "%ld\n", seen.load());
  if (fd >= 0)
    ::syscall(SYS_write, fd, text, static_cast<std::size_t>(size));
  ::syscall(SYS_close, fd);
}

bool fails() {
  if (!ready)
    return false;
  auto n = ++seen;
  bool out = wanted > 0 && (n == wanted || (goes_on && n > wanted));
  if (out)
    errno = ENOMEM;
  return out;
}

} // namespace

extern "C" {
void* malloc(std::size_t n) noexcept { return fails() ? nullptr : __libc_malloc(n); }
void* calloc(std::size_t n, std::size_t m) noexcept { return fails() ? nullptr : __libc_calloc(n, m); }
void* realloc(void* p, std::size_t n) noexcept { return fails() ? nullptr : __libc_realloc(p, n); }
}
