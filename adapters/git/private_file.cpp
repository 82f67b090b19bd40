#include "adapters/git/private_file.hpp"

#include "adapters/git/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace hyakki {
namespace {

constexpr std::string_view head = "credential-";

} // namespace

result<private_file> private_file::make(const std::string& directory, std::string_view text) {
  ::mkdir(directory.c_str(), 0700);
  struct stat seen {};
  if (::lstat(directory.c_str(), &seen) != 0 || !S_ISDIR(seen.st_mode) || seen.st_uid != ::geteuid() ||
      ::chmod(directory.c_str(), 0700) != 0)
    return {ec::bad_config, "git: " + directory + " is not a private directory of ours"};
  auto out = private_file{};
  out.path_ = directory + "/" + std::string{head} + std::to_string(::getpid()) + "-XXXXXX";
  auto fd = files::descriptor{::mkostemp(out.path_.data(), O_CLOEXEC)}; // 0600
  if (!fd) {
    out.path_.clear();
    return {ec::unavailable, "git: cannot write a credential: " + std::string{std::strerror(errno)}};
  }
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return {ec::unavailable, "git: cannot write a credential: " + std::string{std::strerror(errno)}};
  return out;
}

void private_file::sweep(const std::string& directory) {
  auto dir = files::open_dir(AT_FDCWD, directory);
  auto names = std::vector<std::string>{};
  if (dir && files::names_in(dir.get(), names))
    for (auto& name : names) {
      auto pid = name.compare(0, head.size(), head) == 0 ? std::atoi(name.c_str() + head.size()) : 0;
      if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH)
        ::unlinkat(dir.get(), name.c_str(), 0);
    }
}

private_file::~private_file() {
  if (!path_.empty())
    ::unlink(path_.c_str());
}

} // namespace hyakki
