// Hands what needs actors to hyakki-engine, which lies beside this program or in libexec. The process stays the
// same one: pid, signals, terminal and exit code are the engine's.

#include "cli/commands.hpp"
#include "cli/text.hpp"

#include <cerrno>
#include <climits>
#include <cstring>
#include <string>
#include <unistd.h>
#include <vector>

namespace hyakki::cli {

int run_engine(const invocation&, char** argv) {
  char self[PATH_MAX];
  auto size = ::readlink("/proc/self/exe", self, sizeof self);
  auto here = size > 0 ? std::string(self, static_cast<std::size_t>(size)) : std::string{};
  here.resize(here.rfind('/') == std::string::npos ? 0 : here.rfind('/'));
  auto places = std::vector<std::string>{here + "/hyakki-engine", here + "/../libexec/hyakki/hyakki-engine",
                                         HYAKKI_LIBEXEC "/hyakki-engine"};
  for (auto& place : places) {
    ::execv(place.c_str(), argv);
    if (errno != ENOENT && errno != ENOTDIR) {
      complain(place + " cannot be started: " + std::strerror(errno));
      return exit_startup;
    }
  }
  complain("hyakki-engine is missing; looked for " + places[0] + ", " + places[1] + " and " + places[2] +
           ". Install hyakki again");
  return exit_startup;
}

} // namespace hyakki::cli
