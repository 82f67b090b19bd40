// A coding agent that costs next to nothing: writes one file into the working tree and ends. stub_agent [sleep|churn]
//
// With `sleep` it holds on until it is ended, as an agent that thinks. With `churn` it makes and removes 3,000 files
// in the working directory until it or the benchmark is ended, as other stories' trees would.

#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

[[noreturn]] void churn() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  char name[32];
  for (;;) {
    for (int i = 0; i < 3000; ++i) {
      if (i % 100 == 0) {
        std::snprintf(name, sizeof name, "d%d", i / 100);
        ::mkdir(name, 0755);
      }
      std::snprintf(name, sizeof name, "d%d/f%d", i / 100, i);
      int fd = ::open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
      if (fd < 0 || ::write(fd, name, sizeof name) < 0)
        ::_exit(1);
      ::close(fd);
    }
    for (int i = 2999; i >= 0; --i) {
      std::snprintf(name, sizeof name, "d%d/f%d", i / 100, i);
      ::unlink(name);
      if (i % 100 == 0) {
        std::snprintf(name, sizeof name, "d%d", i / 100);
        ::rmdir(name);
      }
    }
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "churn") == 0)
    churn();
  int fd = ::open("work.txt", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  constexpr char text[] = "done by the stub\n";
  if (fd < 0 || ::write(fd, text, sizeof text - 1) != static_cast<ssize_t>(sizeof text - 1))
    return 1;
  ::close(fd);
  if (argc > 1 && std::strcmp(argv[1], "sleep") == 0) {
    std::puts("thinking");
    std::fflush(stdout);
    ::pause();
  }
  return 0;
}
