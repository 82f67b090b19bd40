// A coding agent that costs next to nothing: writes one file into the working tree and ends. stub_agent [sleep]
//
// With `sleep` it holds on until it is ended, as an agent that thinks.

#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

int main(int argc, char** argv) {
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
