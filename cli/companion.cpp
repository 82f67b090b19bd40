#include "cli/companion.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <unistd.h>

namespace hyakki::cli {

std::string become(const std::string& name, char* const argv[]) {
  char self[PATH_MAX];
  auto size = ::readlink("/proc/self/exe", self, sizeof self);
  auto here = size > 0 ? std::string(self, static_cast<std::size_t>(size)) : std::string{};
  here.resize(here.rfind('/') == std::string::npos ? 0 : here.rfind('/'));
  // The second is that of a build directory; beside an installed `tickets` there can be no folder of that name.
  const auto places = std::array<std::string, 4>{here + "/" + name, here + "/tickets/" + name,
                                                 here + "/../libexec/hyakki/" + name, HYAKKI_LIBEXEC "/" + name};
  for (auto& place : places) {
    ::execv(place.c_str(), argv);
    if (errno != ENOENT && errno != ENOTDIR)
      return place + " cannot be started: " + std::strerror(errno);
  }
  return name + " is missing; looked for " + places[0] + ", " + places[2] + " and " + places[3] +
         ". Install hyakki again";
}

} // namespace hyakki::cli
