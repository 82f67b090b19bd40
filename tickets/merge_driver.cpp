#include "tickets/merge_driver.hpp"

#include "tickets/commit.hpp"
#include "tickets/directory.hpp"
#include "tickets/git_config.hpp"
#include "tickets/merge.hpp"
#include "tickets/text.hpp"
#include "tickets/yaml_tree.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hyakki::tickets {
namespace {

constexpr auto attributes = "open/*.yaml merge=hyakki-tickets\n"
                            "closed/*.yaml merge=hyakki-tickets\n"
                            "epics/*.yaml merge=hyakki-tickets\n"
                            "backlog/*.yaml merge=hyakki-tickets\n"
                            "agents/*.json merge=hyakki-tickets\n"
                            "tasks/*.json merge=hyakki-tickets\n"
                            "workflows/*.json merge=hyakki-tickets\n"
                            "/*.yaml merge=hyakki-tickets\n";
constexpr std::string_view attribute = "merge=hyakki-tickets";
/// Every line of ours that the file does not have goes to its end; those of others stay.
std::string with_attributes(std::string old) {
  if (!old.empty() && old.back() != '\n')
    old += '\n';
  for (auto rest = std::string_view{attributes}; !rest.empty();) {
    auto line = std::string{rest.substr(0, rest.find('\n') + 1)};
    rest.remove_prefix(line.size());
    if (("\n" + old).find("\n" + line) == std::string::npos)
      old += line;
  }
  return old;
}

constexpr std::string_view section = "[merge \"hyakki-tickets\"]";
constexpr std::size_t most_bytes = 256u << 20; // an index of a very large store

std::pair<std::string, std::string> parted(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == std::string::npos
           ? std::pair<std::string, std::string>{".", path}
           : std::pair{path.substr(0, std::max<std::size_t>(slash, 1)), path.substr(slash + 1)};
}

result<std::string> bytes_at(const std::string& path) {
  auto [folder, name] = parted(path);
  auto place = directory::open(folder);
  return place ? place->read(name, most_bytes) : result<std::string>{place.error()};
}

result<void> write_at(const std::string& path, const std::string& bytes) {
  auto [folder, name] = parted(path);
  auto place = directory::open(folder);
  return place ? place->write(name, bytes, {}) : place.error();
}

/// The rest of the path up to the store: "repo/.tickets/open/FIX-1.yaml" is "repo/.tickets".
std::string store_of(const std::string& path) { return parted(parted(path).first).first; }

/// As git itself changes the file: a new one under the lock's name takes the old one's.
result<void> append_setting(const std::string& file, const std::string& text) {
  auto failed = [&](const char* what) {
    auto why = errno == EEXIST ? std::string{"another process is changing it"} : std::string{std::strerror(errno)};
    return result<void>{ec::unavailable, std::string{"tickets: cannot "} + what + " " + file + ": " + why};
  };
  auto lock = file + ".lock";
  auto fd = descriptor{::open(lock.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666)};
  if (!fd.open())
    return failed("write to");
  auto bytes = small_file(file);
  if (!bytes.empty() && bytes.back() != '\n')
    bytes += '\n';
  bytes += text;
  struct stat old {};
  bool good = ::write(fd.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  if (good && ::stat(file.c_str(), &old) == 0)
    good = ::fchmod(fd.get(), old.st_mode & 0777) == 0;
  if (!good || ::fsync(fd.get()) != 0 || ::rename(lock.c_str(), file.c_str()) != 0) {
    auto done = failed("write to");
    ::unlink(lock.c_str());
    return done;
  }
  return {};
}

/// What git does where there is no driver: lines, with marks around those that both sides changed. False when it cannot
/// either, as with bytes that are no text; `ours` is then as it was.
bool merge_lines(const std::string& ours, const std::string& base, const std::string& theirs) {
  const char* argv[] = {"git", "merge-file", "-L",         "ours",       "-L",           "base",
                        "-L",  "theirs",     ours.c_str(), base.c_str(), theirs.c_str(), nullptr};
  pid_t child = 0;
  if (::posix_spawnp(&child, "git", nullptr, nullptr, const_cast<char**>(argv), environ) != 0)
    return false;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return false;
  return WIFEXITED(status) && WEXITSTATUS(status) < 128; // the number of conflicts; beyond it failed
}

std::string listed(const std::vector<std::string>& ids) {
  auto out = std::string{};
  for (auto& id : ids)
    out += (out.empty() ? "" : ", ") + printable(id);
  return out;
}

} // namespace

result<std::vector<std::string>> run_merge_driver(const std::string& base, const std::string& ours,
                                                  const std::string& theirs, const std::string& path) {
  auto b = bytes_at(base);
  auto a = bytes_at(ours);
  auto t = bytes_at(theirs);
  for (auto* read : {&b, &a, &t})
    if (!*read)
      return read->error();
  auto merged = merge_file(path, *b, *a, *t);
  if (!merged)
    return merge_lines(ours, base, theirs)
             ? result<std::vector<std::string>>{std::vector{
                 printable(path) + ": merged by lines, as git does it: " + merged.error().text}}
             : merged.error();
  auto out = std::vector<std::string>{};
  for (auto& field : merged->conflicts)
    out.push_back(printable(path) + ": both sides changed " + printable(field) +
                  "; both texts stand there between marks, keep what is right");
  if (!merged->mixed.empty())
    out.push_back(printable(path) + ": git took different records for one that was renamed (" + listed(merged->mixed) +
                  "); none is merged into another. `hyakki tickets resolve` finishes this merge");
  if (merged->apart) {
    auto& second = *merged->apart;
    if (auto done = write_at(store_of(path) + "/" + second.path, second.bytes); !done)
      return done.error();
    out.push_back(printable(path) + ": both sides made a record " + second.old_id + "; the later one is now " +
                  second.id + ": look for what names it (`hyakki tickets health` tells of its epic), then `git add " +
                  store_of(path) + "`");
  }
  if (auto done = write_at(ours, merged->bytes); !done)
    return done.error();
  return out;
}

result<bool> install_merge_driver(const repository& where, const std::string& command) {
  auto git = where.kind == vcs::hg ? std::string{} : git_common_directory(where.root);
  if (git.empty())
    return false;
  auto store = directory::open(where.root + "/.tickets");
  if (!store)
    return store.error();
  auto old = store->has(".gitattributes") ? store->read(".gitattributes", most_bytes) : result<std::string>{""};
  if (!old)
    return old.error();
  if (auto all = with_attributes(*old); all != *old)
    if (auto done = store->write(".gitattributes", all, {}); !done)
      return done.error();
  for (auto* name : {"open", "closed"})
    if (auto folder = store->folder(name, true))
      keep_folder(*folder);
  auto config = git + "/config";
  if (small_file(config).find(section) != std::string::npos)
    return true;
  if (command.find_first_of("\n\"\\") != std::string::npos)
    return {ec::rejected, "tickets: the command of a merge driver may have no quotes, backslashes and line breaks"};
  auto text = std::string{section} + "\n\tname = tickets, field by field\n\tdriver = \"" + command + " %O %A %B %P\"\n";
  if (auto done = append_setting(config, text); !done)
    return done.error();
  return true;
}

bool lacks_merge_driver(const repository& where) {
  auto git = where.kind == vcs::hg ? std::string{} : git_common_directory(where.root);
  if (git.empty() || small_file(where.root + "/.tickets/.gitattributes").find(attribute) == std::string::npos)
    return false;
  for (auto& file : {from_home("~/.gitconfig"), from_home("~/.config/git/config"), std::string{"/etc/gitconfig"}})
    if (small_file(file).find(section) != std::string::npos)
      return false;
  return small_file(git + "/config").find(section) == std::string::npos;
}

} // namespace hyakki::tickets
