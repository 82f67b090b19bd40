#include "tickets/jj_branch.hpp"

#include "tickets/directory.hpp"
#include "tickets/text.hpp"

#include <array>
#include <cerrno>
#include <chrono>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace hyakki::tickets {
namespace {

constexpr auto patience = std::chrono::seconds{2};
constexpr std::size_t most_bytes = 4096;

/// What the program writes until it ends, or until our patience does.
std::string answer_of(int fd) {
  auto deadline = std::chrono::steady_clock::now() + patience;
  auto out = std::string{};
  auto part = std::array<char, 512>{};
  while (out.size() < most_bytes) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    auto wait = pollfd{fd, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) == 0)
      return {};
    auto n = ::read(fd, part.data(), part.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      break;
    out.append(part.data(), static_cast<std::size_t>(n));
  }
  return out;
}

} // namespace

std::string jj_branch(const std::string& root) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return {};
  auto in = descriptor{ends[0]};
  auto out = descriptor{ends[1]};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.get(), 1);
  ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  auto where = root;
  auto words = std::array<std::string, 11>{"jj",
                                           "--ignore-working-copy",
                                           "--color",
                                           "never",
                                           "log",
                                           "--no-graph",
                                           "-r",
                                           "heads(::@ & bookmarks())",
                                           "-T",
                                           "local_bookmarks.map(|b| b.name()).join(\"\\n\") ++ \"\\n\"",
                                           "--repository=" + where};
  auto argv = std::array<char*, 12>{};
  for (std::size_t i = 0; i < words.size(); ++i)
    argv[i] = words[i].data();
  pid_t pid = 0;
  auto failed = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  out = descriptor{};
  if (failed != 0)
    return {};
  auto text = answer_of(in.get());
  if (text.empty())
    ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return {};
  auto line = stripped(std::string_view{text}.substr(0, text.find('\n')));
  return first_bad_byte(line) ? std::string{} : std::string{line};
}

} // namespace hyakki::tickets
