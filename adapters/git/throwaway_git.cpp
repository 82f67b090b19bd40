#include "adapters/git/throwaway_git.hpp"

#include "adapters/git/files.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace hyakki::git2 {

namespace {

struct wanted_file {
  const char* directory; ///< as in `parts`
  const char* name;
  std::string text;
};

/// The directories of the tree's own .git, each after the one that it lies in, and all that each may hold.
struct part {
  int parent;
  const char* name;
  std::vector<std::string> holds;
};
const std::array<part, 5>& parts() {
  static const auto all =
    std::array<part, 5>{{{-1, ".git", {"HEAD", "config", "index", "objects", "packed-refs", "refs"}},
                         {0, "objects", {"info"}},
                         {1, "info", {"alternates"}},
                         {0, "refs", {"heads"}},
                         {3, "heads", {}}}};
  return all;
}

/// A directory with nothing in it but what belongs there, and with modes that let us in and no stranger.
files::descriptor settled(int at, const part& what, bool fresh) {
  auto dir = files::open_dir(at, what.name, true);
  struct stat s {};
  auto names = std::vector<std::string>{};
  if (!dir || ::fstat(dir.get(), &s) != 0 || s.st_uid != ::geteuid() || (s.st_mode & 0700) != 0700 ||
      (!fresh && (s.st_mode & 07002) != 0) || !files::names_in(dir.get(), names))
    return files::descriptor{};
  for (auto& n : names)
    if (std::find(what.holds.begin(), what.holds.end(), n) == what.holds.end() && !files::remove_all(dir.get(), n))
      return files::descriptor{};
  return dir;
}

bool settle(int tree, const std::vector<wanted_file>& files_of, bool fresh) {
  auto open = std::vector<files::descriptor>{};
  for (auto& p : parts()) {
    open.push_back(settled(p.parent < 0 ? tree : open[static_cast<std::size_t>(p.parent)].get(), p, fresh));
    if (!open.back())
      return false;
  }
  for (auto& f : files_of)
    for (std::size_t i = 0; i < open.size(); ++i)
      if (std::string_view{parts()[i].name} == f.directory && !files::settle_file(open[i].get(), f.name, f.text, 0644))
        return false;
  return true;
}

} // namespace

result<void> make_throwaway_git(int tree, std::string_view branch, std::string_view base_sha, const std::string& clone,
                                const std::string& index_path) {
  auto index = files::read_file(AT_FDCWD, index_path, 1u << 30);
  if (!index)
    return with_context(index.error(), "git: the tree's index");
  auto head = "refs/heads/" + std::string{branch};
  auto all = std::vector<wanted_file>{
    {"info", "alternates", clone + "/objects\n"},
    {".git", "packed-refs",
     "# pack-refs with: peeled fully-peeled sorted \n" + std::string{base_sha} + " " + head + "\n"},
    {".git", "config",
     "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n"
     "[gc]\n\tauto = 0\n"},
    {".git", "index", *std::move(index)},
    {".git", "HEAD", "ref: " + head + "\n"},
  };
  // What the last agent left is brought to what it must be, as in the rest of the tree; what resists goes.
  if (settle(tree, all, false))
    return {};
  if (files::remove_all(tree, ".git") && settle(tree, all, true))
    return {};
  return {ec::unavailable, std::string{"git: cannot make the tree's own .git: "} + std::strerror(errno)};
}

} // namespace hyakki::git2
