// bring_to: a tree becomes equal to a commit.

#include "adapters/git/tree_parts.hpp"
#include "adapters/git/tree_scan.hpp"
#include "core/utf8.hpp"

#include <git2/sys/repository.h>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hyakki::git2 {
namespace {

using files::descriptor;

struct target {
  std::string path;
  git_oid id;
  std::uint32_t mode;
};

result<void> collect(git_repository* repo, git_tree* tree, const std::string& prefix, std::vector<target>& out,
                     int depth) {
  if (depth > 128)
    return {ec::rejected, "git: the commit's tree is too deep"};
  for (std::size_t i = 0, n = git_tree_entrycount(tree); i < n; ++i) {
    auto* e = git_tree_entry_byindex(tree, i);
    auto path = prefix + git_tree_entry_name(e);
    if (!files::is_safe_path(path))
      return {ec::rejected, "git: the commit holds the path '" + printable(path.substr(0, 200)) +
                              "', which is not safe to check out"};
    if (out.size() >= 2'000'000)
      return {ec::over_budget, "git: the commit holds more than 2,000,000 files"};
    auto mode = static_cast<std::uint32_t>(git_tree_entry_filemode(e));
    if (mode != GIT_FILEMODE_TREE) {
      out.push_back({std::move(path), *git_tree_entry_id(e), mode});
      continue;
    }
    int rc = 0;
    auto below = make<git_tree>(rc, git_tree_lookup, repo, git_tree_entry_id(e));
    if (!below)
      return failure(rc, "git: reading the tree " + printable(path));
    if (auto done = collect(repo, below.get(), path + "/", out, depth + 1); !done)
      return done;
  }
  return {};
}

result<git_index_entry> put(git_repository* repo, parents& dirs, const target& t, bool filters) {
  auto name = std::string{};
  int dir = dirs.of(t.path, name, true);
  auto cannot = [&](const char* what) {
    return error{ec::unavailable,
                 std::string{"git: "} + what + " '" + printable(t.path) + "': " + std::strerror(errno)};
  };
  if (dir < 0)
    return cannot("cannot make the directory of");
  if (::unlinkat(dir, name.c_str(), 0) != 0 && errno != ENOENT && !files::remove_all(dir, name))
    return cannot("cannot replace");
  auto e = git_index_entry{};
  e.id = t.id;
  e.mode = t.mode;
  struct stat s {};
  if (t.mode == module_mode) {
    if (::mkdirat(dir, name.c_str(), 0777) != 0)
      return cannot("cannot make");
    return e;
  }
  int rc = 0;
  auto blob = make<git_blob>(rc, git_blob_lookup, repo, &t.id);
  if (!blob)
    return failure(rc, "git: reading " + printable(t.path));
  auto content = std::string_view{static_cast<const char*>(git_blob_rawcontent(blob.get())),
                                  static_cast<std::size_t>(git_blob_rawsize(blob.get()))};
  if (t.mode == link_mode) {
    if (content.empty() || content.size() > 4095 || ::symlinkat(std::string{content}.c_str(), dir, name.c_str()) != 0)
      return cannot("cannot make the link");
  } else {
    auto text = std::string{};
    if (filters) {
      auto f = filtered(repo, t.path, content, GIT_FILTER_TO_WORKTREE);
      if (!f)
        return f.error();
      text = std::move(*f);
      content = text;
    }
    auto fd = descriptor{::openat(dir, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                  (t.mode & 0100) != 0 ? 0777 : 0666)};
    if (!fd)
      return cannot("cannot write");
    while (!content.empty()) {
      auto n = ::write(fd.get(), content.data(), content.size());
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return cannot("cannot write");
      content.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  if (::fstatat(dir, name.c_str(), &s, AT_SYMLINK_NOFOLLOW) != 0)
    return cannot("cannot see");
  copy_stat(e, s);
  return e;
}

/// Does the file hold what the index says? Read and hashed; only for trees without attributes.
bool holds(parents& dirs, const candidate& c, const git_index_entry& e) {
  auto name = std::string{};
  int dir = dirs.of(c.path, name, false);
  auto text = std::string{};
  if (dir < 0)
    return false;
  if (c.mode == link_mode) {
    if (!files::read_link(dir, name, text))
      return false;
  } else if (auto read = files::read_file(dir, name, c.size); read) {
    text = std::move(*read);
  } else {
    return false;
  }
  git_oid now;
  return git_odb_hash(&now, text.data(), text.size(), GIT_OBJECT_BLOB) == 0 && git_oid_equal(&now, &e.id) != 0;
}

} // namespace

result<void> bring_to(git_repository* repo, int tree, const std::string& index_path, std::string_view commit,
                      const tree_limits& limits) {
  auto wanted = tree_of(repo, commit);
  if (!wanted)
    return wanted.error();
  int rc = 0;
  ::unlink((index_path + ".lock").c_str()); // of a call that was killed: nobody else writes here
  auto index = make<git_index>(rc, git_index_open, index_path.c_str());
  if (!index) {
    ::unlink(index_path.c_str()); // ours, and no more than a memory of what lies there
    index = make<git_index>(rc, git_index_open, index_path.c_str());
  }
  if (!index)
    return failure(rc, "git: opening " + index_path);
  auto targets = std::vector<target>{};
  if (auto done = collect(repo, wanted->get(), "", targets, 0); !done)
    return done;
  std::sort(targets.begin(), targets.end(), [](auto& a, auto& b) { return a.path < b.path; });
  for (std::size_t i = 1; i < targets.size(); ++i) {
    auto& a = targets[i - 1].path;
    auto& b = targets[i].path;
    if (a == b || (b.size() > a.size() && b[a.size()] == '/' && b.compare(0, a.size(), a) == 0))
      return {ec::rejected, "git: the commit holds '" + printable(a) + "' twice, as a file and as something else"};
  }
  auto look = tree_scan{index.get(), {}, true, limits};
  if (auto done = look.over(tree); !done)
    return done;
  // line ends depend on attributes: read from an index that is the target's, held in memory only
  auto at_target = make<git_index>(rc, git_index_new);
  if (!at_target || (rc = git_index_read_tree(at_target.get(), wanted->get())) != 0)
    return failure(rc, "git: reading the commit's tree");
  bool filters = !attributes_of(at_target.get()).empty();
  bool all_again = attributes_of(index.get()) != attributes_of(at_target.get());
  if (filters)
    git_repository_set_index(repo, at_target.get());
  auto dirs = parents{tree};
  bool touched = false;
  auto dirty = std::set<std::string>(look.missing.begin(), look.missing.end());
  for (auto& c : look.changed)
    if (filters || !c.only_young || !holds(dirs, c, *git_index_get_bypath(index.get(), c.path.c_str(), 0)))
      dirty.insert(c.path);
    else
      touched = true; // an index written now is young no more
  // first what goes, so that nothing stands in the way
  auto gone = std::vector<std::string>{};
  for (std::size_t i = 0, n = git_index_entrycount(index.get()); i < n; ++i) {
    auto path = std::string{git_index_get_byindex(index.get(), i)->path};
    auto at = std::lower_bound(targets.begin(), targets.end(), path, [](auto& t, auto& p) { return t.path < p; });
    if (at == targets.end() || at->path != path)
      gone.push_back(std::move(path));
  }
  for (auto& path : gone) {
    touched = true;
    auto name = std::string{};
    git_index_remove(index.get(), path.c_str(), 0);
    int dir = dirs.of(path, name, false);
    if (dir >= 0 && ::unlinkat(dir, name.c_str(), 0) != 0 && errno != ENOENT && !files::remove_all(dir, name))
      return {ec::unavailable, "git: cannot remove '" + printable(path) + "'"};
    for (auto up = path; up.find('/') != std::string::npos;) { // directories that are empty now
      up.resize(up.rfind('/'));
      dirs.forget();
      dir = dirs.of(up, name, false);
      if (dir < 0 || ::unlinkat(dir, name.c_str(), AT_REMOVEDIR) != 0)
        break;
    }
  }
  dirs.forget();
  for (auto& t : targets) {
    auto* known = git_index_get_bypath(index.get(), t.path.c_str(), 0);
    if (known != nullptr && known->mode == t.mode && git_oid_equal(&known->id, &t.id) && dirty.count(t.path) == 0 &&
        !all_again)
      continue;
    touched = true;
    auto e = put(repo, dirs, t, filters);
    if (!e)
      return e.error();
    e->path = t.path.c_str();
    if (rc = git_index_add(index.get(), &*e); rc != 0)
      return failure(rc, "git: noting " + printable(t.path));
  }
  if (!touched && ::access(index_path.c_str(), F_OK) == 0)
    return {}; // what the index on disk says of the tree is true already
  // With it the index remembers its directories' trees, and staging looks only where something changed. One that cannot
  // be made leaves a longer way, no wrong one.
  git_oid remembered;
  git_index_write_tree_to(&remembered, index.get(), repo);
  if (rc = git_index_write(index.get()); rc != 0)
    return failure(rc, "git: writing " + index_path);
  return {};
}

} // namespace hyakki::git2
