#include "adapters/git/working_tree.hpp"

#include "core/utf8.hpp"

#include <git2/sys/repository.h>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hyakki::git2 {
namespace {

using files::descriptor;

constexpr std::uint32_t link_mode = 0120000;
constexpr std::uint32_t module_mode = 0160000;
constexpr off_t most_ignore_bytes = 256 << 10;

/// Which attributes apply: path and content of every .gitattributes; empty when there is none.
std::string attributes_of(git_index* index) {
  auto out = std::string{};
  for (std::size_t i = 0, n = git_index_entrycount(index); i < n; ++i) {
    auto* e = git_index_get_byindex(index, i);
    auto path = std::string_view{e->path};
    if (path == ".gitattributes" || (path.size() > 15 && path.substr(path.size() - 15) == "/.gitattributes"))
      out += std::string{path} + ' ' + hex(e->id) + '\n';
  }
  return out;
}

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

struct candidate {
  std::string path;
  std::uint32_t mode = 0;
  std::uint64_t size = 0;
};

/// Looks at every file of a tree beside its index. `wipe`: what the index does not know is removed as it is met.
class walk {
public:
  walk(git_index* index, git_repository* ignores, bool wipe, const tree_limits& limits)
    : index_(index), ignores_(ignores), wipe_(wipe), limits_(limits), seen_(git_index_entrycount(index), false),
      end_(std::chrono::steady_clock::now() + limits.time) {
    struct stat s {};
    if (auto* path = git_index_path(index); path != nullptr && ::stat(path, &s) == 0)
      written_ = s.st_mtim;
  }

  result<void> over(int root) {
    if (auto done = directory(root, "", 0); !done)
      return done;
    for (std::size_t i = 0; i < seen_.size(); ++i)
      if (auto* e = git_index_get_byindex(index_, i); !seen_[i] && e->mode != module_mode)
        missing.push_back(e->path);
    return {};
  }

  std::vector<candidate> changed; ///< differs from the index, or may
  std::vector<candidate> unknown; ///< not in the index, not ignored
  std::vector<std::string> missing;

private:
  result<void> directory(int dir, const std::string& prefix, int depth) {
    if (depth > 128 || prefix.size() > 4000)
      return {ec::rejected, "git: the tree is deeper than a repository may be, at " + printable(prefix.substr(0, 200))};
    auto names = std::vector<std::string>{};
    if (!files::names_in(dir, names))
      return {ec::rejected, "git: the directory '" + printable(prefix) + "' cannot be read or is too large"};
    if (!wipe_)
      if (auto fine = can_ignore(dir, prefix); !fine)
        return fine;
    for (auto& name : names)
      if (auto done = entry(dir, name, prefix, depth); !done)
        return done;
    return {};
  }

  /// libgit2 will read the .gitignore of this directory: it must be something that ends.
  result<void> can_ignore(int dir, const std::string& prefix) {
    for (auto* name : {".gitignore", ".gitattributes"}) {
      struct stat s {};
      if (::fstatat(dir, name, &s, 0) == 0 && !S_ISDIR(s.st_mode) &&
          (!S_ISREG(s.st_mode) || s.st_size > most_ignore_bytes))
        return {ec::rejected, "git: '" + printable(prefix + name) + "' is not a plain file of a sane size"};
    }
    return {};
  }

  result<void> entry(int dir, const std::string& name, const std::string& prefix, int depth) {
    if (++count_ % 256 == 0 && std::chrono::steady_clock::now() > end_)
      return {ec::timed_out, "git: looking at the tree took longer than allowed"};
    if (prefix.empty() && name == ".git" && !wipe_)
      return {}; // the agent's own
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
      if (!unchanged(*known, s))
        changed.push_back({path, mode_of(s), static_cast<std::uint64_t>(s.st_size)});
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

  result<void> subdirectory(int dir, const std::string& name, const std::string& path, int depth) {
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
      return {ec::rejected, "git: the directory '" + printable(path) + "' cannot be read: " + std::strerror(errno)};
    return directory(below.get(), prefix, depth + 1);
  }

  bool ignored(const std::string& path) {
    int yes = 0;
    return ignores_ != nullptr && !path.empty() && git_ignore_path_is_ignored(&yes, ignores_, path.c_str()) == 0 &&
           yes != 0;
  }

  bool unchanged(const git_index_entry& e, const struct stat& s) const {
    auto now = git_index_entry{};
    copy_stat(now, s);
    bool racy = s.st_mtim.tv_sec > written_.tv_sec ||
                (s.st_mtim.tv_sec == written_.tv_sec && s.st_mtim.tv_nsec >= written_.tv_nsec);
    return !racy && e.mode == mode_of(s) && e.file_size == now.file_size && e.ino == now.ino && e.uid == now.uid &&
           e.mtime.seconds == now.mtime.seconds && e.mtime.nanoseconds == now.mtime.nanoseconds &&
           e.ctime.seconds == now.ctime.seconds && e.ctime.nanoseconds == now.ctime.nanoseconds;
  }

  git_index* index_;
  git_repository* ignores_;
  bool wipe_;
  const tree_limits& limits_;
  std::vector<bool> seen_;
  std::chrono::steady_clock::time_point end_;
  timespec written_{};
  std::uint64_t count_ = 0;
};

/// Opens the directory that holds `path`, one component after the other; keeps the last one open.
class parents {
public:
  explicit parents(int root) : root_(root) {}
  /// Directory of `path`, -1 when a component is no directory; `name` becomes its last component.
  int of(const std::string& path, std::string& name, bool make) {
    auto slash = path.rfind('/');
    name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (slash == std::string::npos)
      return root_;
    auto dir = path.substr(0, slash);
    if (last_ && dir == last_path_)
      return last_.get();
    auto at = descriptor{};
    for (std::size_t from = 0; from < dir.size();) {
      auto to = std::min(dir.find('/', from), dir.size());
      auto part = dir.substr(from, to - from);
      auto here = at ? at.get() : root_;
      auto next = files::open_dir(here, part, make);
      if (!next && make && (errno == ENOTDIR || errno == ELOOP) && ::unlinkat(here, part.c_str(), 0) == 0)
        next = files::open_dir(here, part, true); // what stands in the way was not in the target
      if (!next)
        return -1;
      at = std::move(next);
      from = to + 1;
    }
    last_ = std::move(at);
    last_path_ = dir;
    return last_.get();
  }
  void forget() { last_ = descriptor{}; }

private:
  int root_;
  descriptor last_;
  std::string last_path_;
};

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

/// Content after (or before) git's own two filters: line ends and ident.
result<std::string> filtered(git_repository* repo, const std::string& path, std::string_view content,
                             git_filter_mode_t way) {
  auto options = git_filter_options{};
  options.version = GIT_FILTER_OPTIONS_VERSION;
  options.flags = GIT_FILTER_ALLOW_UNSAFE | GIT_FILTER_NO_SYSTEM_ATTRIBUTES;
  int rc = 0;
  git_filter_list* raw = nullptr;
  rc = git_filter_list_load_ext(&raw, repo, nullptr, path.c_str(), way, &options);
  auto list = owned<git_filter_list>{raw};
  if (rc != 0)
    return failure(rc, "git: attributes of " + printable(path));
  if (!list)
    return std::string{content};
  auto out = git_buf{};
  rc = git_filter_list_apply_to_buffer(&out, list.get(), content.data(), content.size());
  if (rc != 0)
    return failure(rc, "git: line ends of " + printable(path));
  auto text = std::string{out.ptr, out.size};
  git_buf_dispose(&out);
  return text;
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

/// A blob of what lies at `c`, as git would store it.
result<git_oid> store(git_repository* repo, parents& dirs, const candidate& c, bool filters, std::uint64_t most) {
  auto name = std::string{};
  int dir = dirs.of(c.path, name, false);
  if (dir < 0)
    return {ec::conflict,
            "git: '" + printable(c.path) + "' changed while it was read; something still writes into the tree"};
  auto content = std::string{};
  if (c.mode == link_mode) {
    if (!files::read_link(dir, name, content))
      return {ec::rejected, "git: the link '" + printable(c.path) + "' cannot be read"};
    if (!link_stays_inside(c.path, content))
      return {ec::rejected, "git: the link '" + printable(c.path) + "' leads out of the tree (to '" +
                              printable(content.substr(0, 200)) + "')"};
  } else {
    auto read = files::read_file(dir, name, most);
    if (!read)
      return with_context(read.error(), "git: " + printable(c.path));
    content = std::move(*read);
    if (filters) {
      auto f = filtered(repo, c.path, content, GIT_FILTER_TO_ODB);
      if (!f)
        return f.error();
      content = std::move(*f);
    }
  }
  git_oid id;
  if (int rc = git_blob_create_from_buffer(&id, repo, content.data(), content.size()); rc != 0)
    return failure(rc, "git: storing " + printable(c.path));
  return id;
}

} // namespace

bool link_stays_inside(std::string_view path, std::string_view target) {
  if (target.empty() || target.front() == '/' || target.find('\0') != std::string_view::npos)
    return false;
  auto depth = std::count(path.begin(), path.end(), '/');
  bool down = false;
  while (!target.empty()) {
    auto slash = target.find('/');
    auto part = target.substr(0, slash);
    target.remove_prefix(slash == std::string_view::npos ? target.size() : slash + 1);
    if (part.empty() || part == ".")
      continue;
    if (part == "..") {
      if (down || --depth < 0)
        return false; // after a name, `..` means what that name turns out to be
      continue;
    }
    if (files::is_git_name(part))
      return false;
    down = true;
  }
  return true;
}

result<void> bring_to(git_repository* repo, int tree, const std::string& index_path, std::string_view commit,
                      const tree_limits& limits) {
  auto wanted = tree_of(repo, commit);
  if (!wanted)
    return wanted.error();
  int rc = 0;
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
  auto look = walk{index.get(), nullptr, true, limits};
  if (auto done = look.over(tree); !done)
    return done;
  auto dirty = std::set<std::string>(look.missing.begin(), look.missing.end());
  for (auto& c : look.changed)
    dirty.insert(c.path);
  // line ends depend on attributes: read from an index that is the target's, held in memory only
  auto at_target = make<git_index>(rc, git_index_new);
  if (!at_target || (rc = git_index_read_tree(at_target.get(), wanted->get())) != 0)
    return failure(rc, "git: reading the commit's tree");
  bool filters = !attributes_of(at_target.get()).empty();
  bool all_again = attributes_of(index.get()) != attributes_of(at_target.get());
  if (filters)
    git_repository_set_index(repo, at_target.get());
  auto dirs = parents{tree};
  // first what goes, so that nothing stands in the way
  auto gone = std::vector<std::string>{};
  for (std::size_t i = 0, n = git_index_entrycount(index.get()); i < n; ++i) {
    auto path = std::string{git_index_get_byindex(index.get(), i)->path};
    auto at = std::lower_bound(targets.begin(), targets.end(), path, [](auto& t, auto& p) { return t.path < p; });
    if (at == targets.end() || at->path != path)
      gone.push_back(std::move(path));
  }
  for (auto& path : gone) {
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
    auto e = put(repo, dirs, t, filters);
    if (!e)
      return e.error();
    e->path = t.path.c_str();
    if (rc = git_index_add(index.get(), &*e); rc != 0)
      return failure(rc, "git: noting " + printable(t.path));
  }
  if (rc = git_index_write(index.get()); rc != 0)
    return failure(rc, "git: writing " + index_path);
  return {};
}

result<git_oid> stage(git_repository* repo, int tree, const std::string& tree_path, const std::string& index_path,
                      const tree_limits& limits) {
  int rc = 0;
  auto index = make<git_index>(rc, git_index_open, index_path.c_str());
  if (!index)
    return failure(rc, "git: opening " + index_path);
  // a second handle with the tree as its work tree: for .gitignore alone, and it never writes
  auto ignores = open_bare(git_repository_path(repo));
  if (!ignores)
    return ignores.error();
  if (rc = git_repository_set_workdir(ignores->get(), tree_path.c_str(), 0); rc != 0)
    return failure(rc, "git: looking at " + tree_path);
  git_repository_set_index(ignores->get(), index.get());
  auto look = walk{index.get(), ignores->get(), false, limits};
  if (auto done = look.over(tree); !done)
    return done.error();
  git_repository_set_index(repo, index.get());
  auto all = std::move(look.changed);
  all.insert(all.end(), look.unknown.begin(), look.unknown.end());
  auto is_attributes = [](const candidate& c) {
    return c.path == ".gitattributes" || (c.path.size() > 15 && c.path.substr(c.path.size() - 15) == "/.gitattributes");
  };
  std::stable_partition(all.begin(), all.end(), is_attributes);
  bool filters = !attributes_of(index.get()).empty() || std::any_of(all.begin(), all.end(), is_attributes);
  for (auto& path : look.missing)
    git_index_remove(index.get(), path.c_str(), 0);
  auto dirs = parents{tree};
  std::uint64_t bytes = 0;
  std::uint64_t count = look.missing.size();
  auto limit = [&] {
    return error{ec::over_budget, "git: the change is larger than " + std::to_string(limits.commit_bytes >> 20) +
                                    " MB or " + std::to_string(limits.commit_files) +
                                    " files (git.max_commit_mb, git.max_commit_files)"};
  };
  for (auto& c : all) {
    if (!files::is_safe_path(c.path))
      return {ec::rejected, "git: the path '" + printable(c.path.substr(0, 200)) + "' is not published"};
    auto* known = git_index_get_bypath(index.get(), c.path.c_str(), 0);
    auto old = known != nullptr ? known->id : git_oid{};
    auto old_mode = known != nullptr ? known->mode : 0;
    if (c.size > limits.commit_bytes)
      return limit();
    // a link of the base that was merely touched may lead anywhere: it was there already
    auto id = result<git_oid>{old};
    auto text = std::string{};
    auto name = std::string{};
    int dir = dirs.of(c.path, name, false);
    bool same_link = false;
    if (old_mode == link_mode && c.mode == link_mode && dir >= 0 && files::read_link(dir, name, text)) {
      git_oid now;
      git_odb_hash(&now, text.data(), text.size(), GIT_OBJECT_BLOB);
      same_link = git_oid_equal(&now, &old) != 0;
    }
    if (!same_link)
      id = store(repo, dirs, c, filters, limits.commit_bytes);
    if (!id)
      return id.error();
    if (git_oid_equal(&*id, &old) && old_mode == c.mode)
      continue;
    bytes += c.size;
    if (bytes > limits.commit_bytes || ++count > limits.commit_files)
      return limit();
    auto e = git_index_entry{};
    e.id = *id;
    e.mode = c.mode;
    e.path = c.path.c_str();
    if (rc = git_index_add(index.get(), &e); rc != 0)
      return failure(rc, "git: staging " + printable(c.path));
  }
  if (count > limits.commit_files)
    return limit();
  git_oid out;
  if (rc = git_index_write_tree_to(&out, index.get(), repo); rc != 0)
    return failure(rc, "git: writing the tree");
  return out;
}

} // namespace hyakki::git2
