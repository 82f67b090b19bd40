#include "adapters/git/askpass.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

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

result<std::string> credential_text(const remote& to) {
  if (to.user.find('\n') != std::string::npos || to.token.reveal().find('\n') != std::string::npos)
    return {ec::bad_config, "git: a user or token of " + to.repository + " holds a line break"};
  return origin(to.url) + "\n" + (to.user.empty() ? "x-token-auth" : to.user) + "\n" + to.token.reveal() + "\n";
}

} // namespace hyakki
