#include "adapters/git/tree_scan.hpp"

#include "core/ascii.hpp"
#include "core/shortage.hpp"
#include "core/utf8.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hyakki::git2 {

constexpr off_t most_ignore_bytes = 256 << 10;

std::uint32_t mode_of(const struct stat& s) {
  return S_ISLNK(s.st_mode) ? link_mode : (s.st_mode & 0100) != 0 ? 0100755 : 0100644;
}

void copy_stat(git_index_entry& e, const struct stat& s) {
  e.ctime = {static_cast<std::int32_t>(s.st_ctim.tv_sec), static_cast<std::uint32_t>(s.st_ctim.tv_nsec)};
  e.mtime = {static_cast<std::int32_t>(s.st_mtim.tv_sec), static_cast<std::uint32_t>(s.st_mtim.tv_nsec)};
  e.dev = static_cast<std::uint32_t>(s.st_dev);
  e.ino = static_cast<std::uint32_t>(s.st_ino);
  e.uid = s.st_uid;
  e.gid = s.st_gid;
  e.file_size = static_cast<std::uint32_t>(s.st_size);
}

tree_scan::tree_scan(git_index* index, opener ignores, bool wipe, const tree_limits& limits)
  : index_(index), open_ignores_(std::move(ignores)), wipe_(wipe), limits_(limits),
    seen_(git_index_entrycount(index), false), end_(std::chrono::steady_clock::now() + limits.time) {
  struct stat s {};
  if (auto* path = git_index_path(index); path != nullptr && ::stat(path, &s) == 0)
    written_ = s.st_mtim;
}

result<void> tree_scan::over(int root) {
  if (auto done = directory(root, "", 0); !done)
    return done;
  for (std::size_t i = 0; i < seen_.size(); ++i)
    if (auto* e = git_index_get_byindex(index_, i); !seen_[i] && e->mode != module_mode)
      missing.push_back(e->path);
  return {};
}

result<void> tree_scan::directory(int dir, const std::string& prefix, int depth) {
  if (depth > 128 || prefix.size() > 4000)
    return {ec::rejected, "git: the tree is deeper than a repository may be, at " + printable(prefix.substr(0, 200))};
  auto names = std::vector<std::string>{};
  errno = 0;
  if (!files::names_in(dir, names))
    return {passes_by_itself(errno) ? ec::unavailable : ec::rejected,
            "git: the directory '" + printable(prefix) + "' cannot be read or is too large"};
  bool above = has_rules_;
  if (!wipe_)
    if (auto fine = note_rules(dir, names, prefix); !fine)
      return fine;
  for (auto& name : names)
    if (auto done = entry(dir, name, prefix, depth); !done)
      return done;
  has_rules_ = above;
  return {};
}

/// libgit2 will read the .gitignore of this directory: it must be something that ends.
result<void> tree_scan::note_rules(int dir, const std::vector<std::string>& names, const std::string& prefix) {
  for (auto* name : {".gitignore", ".gitattributes"}) {
    // A file system may find it by a name in other letters.
    bool may_be_there = std::any_of(names.begin(), names.end(), [&](auto& n) { return same_letters(n, name); });
    struct stat s {};
    if (!may_be_there || ::fstatat(dir, name, &s, 0) != 0 || S_ISDIR(s.st_mode))
      continue;
    if (!S_ISREG(s.st_mode) || s.st_size > most_ignore_bytes)
      return {ec::rejected, "git: '" + printable(prefix + name) + "' is not a plain file of a sane size"};
    has_rules_ = has_rules_ || name == std::string_view{".gitignore"};
  }
  if (!has_rules_ || ignores_ || !open_ignores_)
    return {};
  auto opened = open_ignores_();
  if (!opened)
    return opened.error();
  ignores_ = std::move(*opened);
  return {};
}

result<void> tree_scan::entry(int dir, const std::string& name, const std::string& prefix, int depth) {
  if (++count_ % 256 == 0 && std::chrono::steady_clock::now() > end_)
    return {ec::timed_out, "git: looking at the tree took longer than allowed"};
  if (prefix.empty() && name == ".git")
    return {}; // the agent's own; made anew for the next one
  auto path = prefix + name;
  struct stat s {};
  if (::fstatat(dir, name.c_str(), &s, AT_SYMLINK_NOFOLLOW) != 0)
    return {};
  std::size_t at = 0;
  auto* known = git_index_find(&at, index_, path.c_str()) == 0 ? git_index_get_byindex(index_, at) : nullptr;
  if (known != nullptr && known->mode == module_mode && S_ISDIR(s.st_mode)) {
    seen_[at] = true;
    if (wipe_ && !(files::remove_all(dir, name) && ::mkdirat(dir, name.c_str(), 0777) == 0))
      return {ec::unavailable, "git: cannot clean the submodule directory " + printable(path)};
    return {};
  }
  if (S_ISDIR(s.st_mode))
    return subdirectory(dir, name, path, depth);
  bool file = S_ISREG(s.st_mode) || S_ISLNK(s.st_mode);
  if (known != nullptr && file) {
    seen_[at] = true;
    bool same = looks_same(*known, s);
    if (!same || is_young(s))
      changed.push_back({path, mode_of(s), static_cast<std::uint64_t>(s.st_size), same});
    return {};
  }
  if (wipe_) {
    if (!files::remove_all(dir, name))
      return {ec::unavailable, "git: cannot remove '" + printable(path) + "': " + std::strerror(errno)};
    return {};
  }
  if (!file || ignored(files::is_git_name(name) ? prefix : path)) // libgit2 counts every .git as ignored
    return {};
  if (files::is_git_name(name))
    return {ec::rejected, "git: '" + printable(path) + "' looks like git's own directory and is not published"};
  if (unknown.size() >= limits_.commit_files)
    return {ec::over_budget, "git: more than " + std::to_string(limits_.commit_files) + " new files in the tree"};
  unknown.push_back({path, mode_of(s), static_cast<std::uint64_t>(s.st_size)});
  return {};
}

result<void> tree_scan::subdirectory(int dir, const std::string& name, const std::string& path, int depth) {
  auto prefix = path + "/";
  std::size_t at = 0;
  bool tracked = git_index_find_prefix(&at, index_, prefix.c_str()) == 0;
  if (!tracked && wipe_) {
    if (!files::remove_all(dir, name))
      return {ec::unavailable, "git: cannot remove '" + printable(path) + "': " + std::strerror(errno)};
    return {};
  }
  bool git_like = files::is_git_name(name); // libgit2 counts every .git as ignored
  if (!tracked && ignored(git_like ? path.substr(0, path.size() - name.size()) : prefix))
    return {};
  if (git_like)
    return {ec::rejected, "git: '" + printable(path) + "' is a repository inside the tree; remove it or ignore it"};
  auto below = files::open_dir(dir, name);
  if (!below)
    return {passes_by_itself(errno) ? ec::unavailable : ec::rejected,
            "git: the directory '" + printable(path) + "' cannot be read: " + std::strerror(errno)};
  return directory(below.get(), prefix, depth + 1);
}

bool tree_scan::ignored(const std::string& path) {
  int yes = 0;
  return has_rules_ && ignores_ && !path.empty() &&
         git_ignore_path_is_ignored(&yes, ignores_.get(), path.c_str()) == 0 && yes != 0;
}

bool tree_scan::looks_same(const git_index_entry& e, const struct stat& s) const {
  auto now = git_index_entry{};
  copy_stat(now, s);
  return e.mode == mode_of(s) && e.file_size == now.file_size && e.ino == now.ino && e.uid == now.uid &&
         e.mtime.seconds == now.mtime.seconds && e.mtime.nanoseconds == now.mtime.nanoseconds &&
         e.ctime.seconds == now.ctime.seconds && e.ctime.nanoseconds == now.ctime.nanoseconds;
}

bool tree_scan::is_young(const struct stat& s) const {
  return s.st_mtim.tv_sec > written_.tv_sec ||
         (s.st_mtim.tv_sec == written_.tv_sec && s.st_mtim.tv_nsec >= written_.tv_nsec);
}

} // namespace hyakki::git2
