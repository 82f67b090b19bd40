// hyakki init: a commented starter configuration, never over a file that is there unless told to.

#include "cli/commands.hpp"
#include "cli/text.hpp"
#include "runtime/config_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace hyakki::cli {

int run_init(const invocation& i) {
  auto path = i.output.empty() ? std::string{"hyakki.yaml"} : i.output;
  // May come to hold names of secrets' variables and paths: nobody else's business.
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (i.force ? O_TRUNC : O_EXCL), 0600);
  if (fd < 0) {
    complain(errno == EEXIST ? path + " exists already; --force overwrites it, -o names another file"
                             : path + " cannot be written: " + std::strerror(errno));
    return exit_usage;
  }
  auto text = starter_config();
  std::size_t done = 0;
  while (done < text.size()) {
    auto n = ::write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      break;
    done += static_cast<std::size_t>(n);
  }
  auto code = errno;
  if (::close(fd) != 0 || done < text.size()) {
    complain(path + " could not be written whole: " + std::strerror(code));
    return exit_failed;
  }
  put("Wrote " + safe(path) + ". Edit it, then see what is missing with: hyakki check -c " + safe(path) + "\n");
  return exit_done;
}

} // namespace hyakki::cli
