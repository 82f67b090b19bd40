#include "adapters/git/askpass.hpp"

#include "adapters/git/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace hyakki {
namespace {

std::string_view line(std::string_view text, int n) {
  for (; n > 0; --n) {
    auto end = text.find('\n');
    if (end == std::string_view::npos)
      return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

/// scheme://host:port of a url, without a user.
std::string origin(std::string_view url) {
  auto scheme = url.find("://");
  if (scheme == std::string_view::npos)
    return {};
  auto host = url.substr(scheme + 3);
  host = host.substr(0, host.find('/'));
  if (auto at = host.rfind('@'); at != std::string_view::npos)
    host.remove_prefix(at + 1);
  return std::string{url.substr(0, scheme)} + "://" + std::string{host};
}

} // namespace

std::string askpass_answer(std::string_view credential, std::string_view question) {
  auto open = question.find('\'');
  auto shut = question.rfind('\'');
  if (open == std::string_view::npos || shut <= open)
    return {};
  auto asked = origin(question.substr(open + 1, shut - open - 1));
  if (asked.empty() || asked != line(credential, 0))
    return {};
  if (question.substr(0, 8) == "Username")
    return std::string{line(credential, 1)};
  if (question.substr(0, 8) == "Password")
    return std::string{line(credential, 2)};
  return {};
}

std::optional<int> serve_askpass(int argc, const char* const* argv) {
  auto* path = std::getenv(askpass_variable);
  if (path == nullptr)
    return std::nullopt;
  int fd = ::open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 || argc < 2)
    return 1;
  char text[16384];
  auto n = ::read(fd, text, sizeof text);
  ::close(fd);
  auto answer = askpass_answer({text, n > 0 ? static_cast<std::size_t>(n) : 0}, argv[1]);
  if (answer.empty())
    return 1;
  answer += '\n';
  return std::fwrite(answer.data(), 1, answer.size(), stdout) == answer.size() && std::fflush(stdout) == 0 ? 0 : 1;
}

result<credential_file> credential_file::make(const std::string& directory, const remote& to) {
  auto text = origin(to.url) + "\n" + (to.user.empty() ? "x-token-auth" : to.user) + "\n" + to.token.reveal() + "\n";
  if (to.user.find('\n') != std::string::npos || to.token.reveal().find('\n') != std::string::npos)
    return {ec::bad_config, "git: a user or token of " + to.repository + " holds a line break"};
  ::mkdir(directory.c_str(), 0700);
  struct stat seen {};
  if (::lstat(directory.c_str(), &seen) != 0 || !S_ISDIR(seen.st_mode) || seen.st_uid != ::geteuid() ||
      ::chmod(directory.c_str(), 0700) != 0)
    return {ec::bad_config, "git: " + directory + " is not a private directory of ours"};
  auto out = credential_file{};
  out.path_ = directory + "/credential-" + std::to_string(::getpid()) + "-XXXXXX";
  int fd = ::mkostemp(out.path_.data(), O_CLOEXEC); // 0600
  if (fd < 0) {
    out.path_.clear();
    return {ec::unavailable, "git: cannot write a credential for askpass: " + std::string{std::strerror(errno)}};
  }
  bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  if (!written)
    return {ec::unavailable, "git: cannot write a credential for askpass"};
  return out;
}

void credential_file::sweep(const std::string& directory) {
  constexpr std::string_view head = "credential-";
  auto dir = files::open_dir(AT_FDCWD, directory);
  auto names = std::vector<std::string>{};
  if (dir && files::names_in(dir.get(), names))
    for (auto& name : names) {
      auto pid = name.compare(0, head.size(), head) == 0 ? std::atoi(name.c_str() + head.size()) : 0;
      if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH)
        ::unlinkat(dir.get(), name.c_str(), 0);
    }
}

credential_file::~credential_file() {
  if (!path_.empty())
    ::unlink(path_.c_str());
}

} // namespace hyakki
