#include "tickets/cache_place.hpp"

#include "tickets/git_config.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyakki::tickets {

result<directory> cache_folder(const directory& root, bool make) {
  // A link named .git is not followed, and neither is a file that names another place.
  auto git = directory::open(root.path() + "/../.git");
  auto out = git ? git->folder("hyakki-tickets", make) : root.folder(".cache", make);
  if (out && !git && make && !out->has(".gitignore"))
    (void)out->write(".gitignore", "*\n", {});
  return out;
}

std::string boot_id() {
  auto fd = descriptor{::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)};
  char text[64];
  auto n = fd.open() ? ::read(fd.get(), text, sizeof text) : 0;
  auto out = std::string{};
  for (ssize_t i = 0; i < n; ++i)
    if ((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f'))
      out += text[i];
  return out.size() == 32 ? out : std::string{};
}

} // namespace hyakki::tickets
