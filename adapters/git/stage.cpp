// stage: what a tree holds becomes a tree object.

#include "adapters/git/tree_parts.hpp"
#include "adapters/git/tree_scan.hpp"
#include "core/shortage.hpp"
#include "core/utf8.hpp"

#include <git2/sys/repository.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hyakki::git2 {
namespace {

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
      return {passes_by_itself(errno) ? ec::unavailable : ec::rejected,
              "git: the link '" + printable(c.path) + "' cannot be read"};
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
  // by the object database itself, which makes no file when it holds the content already
  git_oid id;
  int rc = 0;
  auto objects = make<git_odb>(rc, git_repository_odb, repo);
  if (!objects || (rc = git_odb_write(&id, objects.get(), content.data(), content.size(), GIT_OBJECT_BLOB)) != 0)
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

result<bool> renew_index(git_tree* base, const std::string& index_path) {
  int rc = 0;
  if (::access(index_path.c_str(), F_OK) == 0 && make<git_index>(rc, git_index_open, index_path.c_str()))
    return false;
  ::unlink(index_path.c_str());
  ::unlink((index_path + ".lock").c_str()); // of a call that was killed: nobody else writes here
  auto index = make<git_index>(rc, git_index_open, index_path.c_str());
  if (!index || (rc = git_index_read_tree(index.get(), base)) != 0 || (rc = git_index_write(index.get())) != 0)
    return failure(rc, "git: making " + index_path + " anew");
  return true;
}

result<git_oid> stage(git_repository* repo, int tree, const std::string& tree_path, const std::string& index_path,
                      const tree_limits& limits) {
  int rc = 0;
  auto index = make<git_index>(rc, git_index_open, index_path.c_str());
  if (!index)
    return failure(rc, "git: opening " + index_path);
  // a second handle with the tree as its work tree: for .gitignore alone, and it never writes
  auto ignores = [&]() -> result<owned<git_repository>> {
    auto opened = open_bare(git_repository_path(repo));
    if (!opened)
      return opened;
    if (int failed = git_repository_set_workdir(opened->get(), tree_path.c_str(), 0); failed != 0)
      return failure(failed, "git: looking at " + tree_path);
    git_repository_set_index(opened->get(), index.get());
    return opened;
  };
  auto look = tree_scan{index.get(), ignores, false, limits};
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
