#include "adapters/git/libgit2.hpp"

#include "adapters/git/allocation.hpp"
#include "adapters/git/files.hpp"
#include "core/utf8.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace hyakki::git2 {

library::library() {
  give_memory();
  git_libgit2_init();
  for (int level :
       {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA})
    git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
  // Opened repositories are kept: what they hold in memory, all together, stays small.
  git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, static_cast<ssize_t>(8) << 20);
}

library::~library() { git_libgit2_shutdown(); }

error failure(int rc, std::string_view doing) {
  auto* last = git_error_last();
  auto text = std::string{doing} + ": " +
              (last != nullptr && last->message != nullptr ? printable(last->message) : "no reason given");
  switch (rc) {
  case GIT_ENOTFOUND: return {ec::not_found, text};
  case GIT_ELOCKED:
  case GIT_EMODIFIED: return {ec::conflict, text};
  case GIT_EINVALIDSPEC:
  case GIT_EOWNER:
  case GIT_ECONFLICT: return {ec::rejected, text};
  default: return {ec::unavailable, text};
  }
}

std::string hex(const git_oid& id) {
  char out[GIT_OID_HEXSZ + 1];
  git_oid_tostr(out, sizeof out, &id);
  return out;
}

bool parse(git_oid& out, std::string_view hex) {
  return hex.size() == GIT_OID_HEXSZ && hex.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
         git_oid_fromstrn(&out, hex.data(), hex.size()) == 0;
}

void clear_lock(git_repository* repo, const std::string& ref) {
  ::unlink((git_repository_path(repo) + ref + ".lock").c_str());
}

void release_lock(git_repository* repo, const std::string& ref) {
  auto path = git_repository_path(repo) + ref;
  auto lock = path + ".lock";
  struct stat held {};
  struct stat written {};
  if (::lstat(lock.c_str(), &held) == 0 && ::lstat(path.c_str(), &written) == 0 && held.st_dev == written.st_dev &&
      held.st_ino == written.st_ino)
    ::unlink(lock.c_str());
}

result<void> keep_ref(git_repository* repo, const std::string& ref, const git_oid& id) {
  // Nobody else writes it and nobody logs it, so that none of what libgit2 asks the disk about before is news.
  auto path = git_repository_path(repo) + ref;
  auto aside = path + ".lock";
  auto cannot = [&] { return error{ec::unavailable, "git: writing " + ref + ": " + std::strerror(errno)}; };
  auto make_new = [&] { return ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666); };
  auto fd = files::descriptor{make_new()};
  if (!fd && errno == EEXIST) { // of a process that was killed
    ::unlink(aside.c_str());
    fd = files::descriptor{make_new()};
  } else if (!fd && errno == ENOENT) {
    std::error_code failed;
    std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), failed);
    fd = files::descriptor{make_new()};
  }
  if (!fd)
    return cannot();
  auto line = hex(id) + "\n";
  errno = ENOSPC;
  if (::write(fd.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
      ::rename(aside.c_str(), path.c_str()) == 0)
    return {};
  auto why = cannot();
  ::unlink(aside.c_str());
  return why;
}

void remove_ref(git_repository* repo, const std::string& ref) {
  clear_lock(repo, ref);
  auto path = std::string{git_repository_path(repo)};
  if (::access((path + "packed-refs").c_str(), F_OK) != 0) {
    ::unlink((path + ref).c_str()); // nobody else writes it, so it needs no lock
    return;
  }
  clear_lock(repo, "packed-refs");
  git_reference_remove(repo, ref.c_str());
}

result<std::string> branch_ref(std::string_view branch) {
  auto name = "refs/heads/" + std::string{branch};
  int valid = 0;
  if (branch.empty() || branch.size() > 240 || branch.front() == '-' || branch == "HEAD" ||
      branch.find('\0') != std::string_view::npos || git_reference_name_is_valid(&valid, name.c_str()) != 0 ||
      valid == 0)
    return {ec::rejected, "git: '" + printable(branch.substr(0, 300)) + "' is not a name for a branch"};
  return name;
}

result<owned<git_repository>> open_bare(const std::string& path) {
  int rc = 0;
  auto repo =
    make<git_repository>(rc, git_repository_open_ext, path.c_str(),
                         GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE | GIT_REPOSITORY_OPEN_NO_DOTGIT,
                         static_cast<const char*>(nullptr));
  if (!repo)
    return failure(rc, "git: opening " + path);
  return repo;
}

result<owned<git_tree>> tree_of(git_repository* repo, std::string_view commit) {
  git_oid id;
  if (!parse(id, commit))
    return {ec::not_found, "git: '" + printable(commit.substr(0, 80)) + "' is not a commit's hash"};
  int rc = 0;
  auto held = make<git_commit>(rc, git_commit_lookup, repo, &id);
  if (!held)
    return failure(rc, "git: looking up commit " + hex(id));
  auto tree = make<git_tree>(rc, git_commit_tree, held.get());
  if (!tree)
    return failure(rc, "git: reading the tree of " + hex(id));
  return tree;
}

} // namespace hyakki::git2
