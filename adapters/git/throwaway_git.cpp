#include "adapters/git/throwaway_git.hpp"

#include "adapters/git/files.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

namespace hyakki::git2 {

result<void> make_throwaway_git(int tree, std::string_view branch, std::string_view base_sha, const std::string& clone,
                                const std::string& index_path) {
  auto cannot = [] {
    return error{ec::unavailable, std::string{"git: cannot make the tree's own .git: "} + std::strerror(errno)};
  };
  if (!files::remove_all(tree, ".git"))
    return cannot();
  auto git = files::open_dir(tree, ".git", true);
  if (!git)
    return cannot();
  for (auto* name : {"objects", "refs"})
    if (!files::open_dir(git.get(), name, true))
      return cannot();
  auto objects = files::open_dir(git.get(), "objects");
  auto info = files::open_dir(objects.get(), "info", true);
  if (!info || !files::open_dir(files::open_dir(git.get(), "refs").get(), "heads", true))
    return cannot();
  auto index = files::read_file(AT_FDCWD, index_path, 1u << 30);
  if (!index)
    return with_context(index.error(), "git: the tree's index");
  auto head = "refs/heads/" + std::string{branch};
  bool done = files::write_file(info.get(), "alternates", clone + "/objects\n", 0644) &&
              files::write_file(
                git.get(), "packed-refs",
                "# pack-refs with: peeled fully-peeled sorted \n" + std::string{base_sha} + " " + head + "\n", 0644) &&
              files::write_file(
                git.get(), "config",
                "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n"
                "[gc]\n\tauto = 0\n",
                0644) &&
              files::write_file(git.get(), "index", *index, 0644) &&
              files::write_file(git.get(), "HEAD", "ref: " + head + "\n", 0644);
  if (!done)
    return cannot();
  return {};
}

} // namespace hyakki::git2
