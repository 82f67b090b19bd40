#include "tickets/git_index.hpp"

#include "tickets/directory.hpp"

#include <cerrno>
#include <cstring>
#include <set>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hyakki::tickets {
namespace {

using words = std::vector<std::string>;

error failed(const words& asked, const std::string& why) {
  return {ec::unavailable, "tickets: git " + asked.front() + " failed: " + why};
}

/// A file without a name that holds `bytes`: a pipe would have to be written while git may have ended.
descriptor input_of(const std::string& bytes) {
  auto file = descriptor{::memfd_create("git input", MFD_CLOEXEC)};
  for (auto rest = std::string_view{bytes}; file.open() && !rest.empty();) {
    auto n = ::write(file.get(), rest.data(), rest.size());
    if (n <= 0)
      return {};
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  if (file.open())
    ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

/// An index.yaml of millions of tickets, or the paths of as many; a repository may be a stranger's.
constexpr std::size_t most_answer = 256u << 20;

/// Up to its end, or beyond what is read.
std::string read_all(int fd) {
  auto out = std::string{};
  char room[64 * 1024];
  for (ssize_t n = 0; out.size() <= most_answer && (n = ::read(fd, room, sizeof room)) != 0;)
    if (n > 0)
      out.append(room, static_cast<std::size_t>(n));
    else if (errno != EINTR)
      break;
  return out;
}

/// What `git WORD…` prints in that folder.
result<std::string> git(const std::string& root, const words& asked, const std::string& input = {}) {
  auto in = input_of(input);
  int ends[2];
  if (!in.open() || ::pipe2(ends, O_CLOEXEC) != 0)
    return failed(asked, std::strerror(errno));
  auto out = descriptor{ends[0]};
  auto argv = std::vector<const char*>{"git", "-C", root.c_str(), "--literal-pathspecs"};
  for (auto& word : asked)
    argv.push_back(word.c_str());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t moves;
  ::posix_spawn_file_actions_init(&moves);
  ::posix_spawn_file_actions_adddup2(&moves, in.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&moves, ends[1], STDOUT_FILENO);
  pid_t child = 0;
  auto number = ::posix_spawnp(&child, "git", &moves, nullptr, const_cast<char**>(argv.data()), environ);
  ::posix_spawn_file_actions_destroy(&moves);
  ::close(ends[1]);
  if (number != 0)
    return failed(asked, std::strerror(number));
  auto said = read_all(out.get());
  out = {}; // git ends when nobody reads on
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return failed(asked, std::strerror(errno));
  if (said.size() > most_answer)
    return failed(asked, "it answers more than " + std::to_string(most_answer) + " bytes");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return failed(asked, "it says above why");
  return said;
}

/// Lines of "100644 OBJECT 2\tPATH" or "100644 blob OBJECT\tPATH".
result<std::vector<staged_file>> files_in(const std::string& root, const words& asked) {
  auto said = git(root, asked);
  if (!said)
    return said.error();
  auto out = std::vector<staged_file>{};
  for (auto rest = std::string_view{*said}; !rest.empty();) {
    auto line = rest.substr(0, std::min(rest.find('\0'), rest.size()));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    auto one = line.find(' '), two = line.find(' ', one + 1), tab = line.find('\t');
    if (one == std::string_view::npos || two == std::string_view::npos || tab == std::string_view::npos || tab < two)
      return failed(asked, "its answer is not understood");
    auto middle = line.substr(one + 1, two - one - 1), last = line.substr(two + 1, tab - two - 1);
    bool staged = last.size() == 1;
    out.push_back({std::string{line.substr(tab + 1)}, staged ? last[0] - '0' : 0, std::string{line.substr(0, one)},
                   std::string{staged ? middle : last}});
  }
  return out;
}

} // namespace

result<std::vector<staged_file>> staged_files(const std::string& root, const std::string& folder) {
  return files_in(root, {"ls-files", "--stage", "-z", "--", folder});
}

result<std::string> staged_bytes(const std::string& root, const std::string& object) {
  return git(root, {"cat-file", "blob", object});
}

result<void> stage_versions(const std::string& root, const std::vector<staged_file>& versions) {
  auto input = std::string{};
  auto cleared = std::set<std::string>{};
  for (auto& v : versions) {
    if (cleared.insert(v.path).second)
      input += "0 " + std::string(v.object.size(), '0') + "\t" + v.path + '\0';
    input += v.mode + " " + v.object + " " + std::to_string(v.stage) + "\t" + v.path + '\0';
  }
  if (input.empty())
    return {};
  auto done = git(root, {"update-index", "-z", "--index-info"}, input);
  return done ? result<void>{} : result<void>{done.error()};
}

result<void> stage_files(const std::string& root, const std::vector<std::string>& paths) {
  auto input = std::string{};
  for (auto& path : paths)
    input += path + '\0';
  if (input.empty())
    return {};
  auto done = git(root, {"update-index", "--add", "--remove", "-z", "--stdin"}, input);
  return done ? result<void>{} : result<void>{done.error()};
}

std::vector<std::string> merged_commits(const std::string& root) {
  auto commit = [&](const words& asked) {
    auto said = git(root, asked);
    return said ? said->substr(0, said->find('\n')) : std::string{};
  };
  auto named = [&](const std::string& name) { return commit({"rev-parse", "-q", "--verify", name}); };
  auto ours = named("HEAD");
  if (auto theirs = named("MERGE_HEAD"); !theirs.empty())
    return {commit({"merge-base", ours, theirs}), ours, theirs};
  for (auto* name : {"REBASE_HEAD", "CHERRY_PICK_HEAD"})
    if (auto theirs = named(name); !theirs.empty())
      return {named(theirs + "^"), ours, theirs};
  if (auto undone = named("REVERT_HEAD"); !undone.empty())
    return {undone, ours, named(undone + "^")};
  return {};
}

result<std::vector<staged_file>> committed_files(const std::string& root, const std::string& commit,
                                                 const std::string& folder) {
  if (commit.empty())
    return std::vector<staged_file>{};
  return files_in(root, {"ls-tree", "-r", "-z", commit, "--", folder});
}

} // namespace hyakki::tickets
