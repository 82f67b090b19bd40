#include "adapters/git/tree_place.hpp"

#include "core/safe_name.hpp"
#include "core/shortage.hpp"
#include "core/utf8.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace hyakki::git2 {
namespace {

error cannot(const std::string& what) { return {ec::unavailable, "git: cannot " + what + ": " + std::strerror(errno)}; }

result<std::string> root(const std::string& path) {
  if (path.empty() || path.front() != '/')
    return {ec::bad_config, "git: '" + printable(path) + "' must be an absolute path"};
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  auto real = std::filesystem::canonical(path, failed);
  if (failed)
    return {passes_by_itself(failed.value()) ? ec::unavailable : ec::bad_config,
            "git: " + path + " cannot be used: " + failed.message()};
  return real.string();
}

} // namespace

result<tree_place> tree_place::open(const std::string& workspace, const std::string& state) {
  auto w = root(workspace);
  if (!w)
    return w.error();
  auto s = root(state);
  if (!s)
    return s.error();
  auto out = tree_place{};
  out.workspace_ = *w;
  out.state_ = *s;
  auto state_dir = files::descriptor{::open(s->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!state_dir || ::fchmod(state_dir.get(), 0700) != 0)
    return {passes_by_itself(errno) ? ec::unavailable : ec::bad_config,
            "git: " + *s + " is not ours: " + std::strerror(errno)};
  out.workspace_dir_ = files::descriptor{::open(w->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  out.trees_dir_ = files::open_dir(state_dir.get(), "trees", true);
  out.warm_state_dir_ = files::open_dir(state_dir.get(), "warm", true);
  if (!out.workspace_dir_ || !out.trees_dir_ || !out.warm_state_dir_ ||
      !files::open_dir(state_dir.get(), "repos", true))
    return cannot("use " + *w + " and " + *s);
  return out;
}

std::string tree_place::tree_path(std::string_view tree) const { return workspace_ + "/" + safe_name(tree); }
std::string tree_place::index_path(std::string_view tree) const {
  return state_ + "/trees/" + safe_name(tree) + "/index";
}
files::descriptor tree_place::open_tree(std::string_view tree) const {
  return files::open_dir(workspace_dir_.get(), safe_name(tree));
}

result<std::optional<tree_record>> tree_place::find(std::string_view repository, std::string_view tree,
                                                    files::descriptor* opened) const {
  using found = std::optional<tree_record>;
  auto dir = files::open_dir(trees_dir_.get(), safe_name(tree));
  auto there = dir ? open_tree(tree) : files::descriptor{};
  if (!there) {
    // Short of descriptors for a moment, a tree with paid work in it must not be taken for lost.
    if (passes_by_itself(errno))
      return cannot("look at " + tree_path(tree));
    return found{};
  }
  auto text = files::read_file(dir.get(), "base", 16384);
  if (!text && text.error() == ec::unavailable)
    return text.error();
  if (!text)
    return found{};
  auto out = tree_record{};
  for (auto* field : {&out.repository, &out.branch, &out.base_branch, &out.base_sha}) {
    auto end = text->find('\n');
    if (end == std::string::npos)
      return found{};
    *field = text->substr(0, end);
    text->erase(0, end + 1);
  }
  if (out.repository != repository)
    return found{};
  if (opened != nullptr)
    *opened = std::move(there);
  return found{std::move(out)};
}

result<files::descriptor> tree_place::begin(std::string_view repository, std::string_view tree, bool& warm) {
  auto name = safe_name(tree);
  warm = false;
  auto state = files::open_dir(trees_dir_.get(), name);
  if (!state && passes_by_itself(errno))
    return cannot("look at the state of " + name);
  auto there = open_tree(tree);
  if (state) {
    auto text = files::read_file(state.get(), "base", 16384);
    if (text && text->substr(0, text->find('\n')) != repository)
      return {ec::rejected, "git: the tree '" + printable(tree) + "' belongs to another repository"};
    ::unlinkat(state.get(), "base", 0);
    ::unlinkat(state.get(), "retiring", 0);
    if (there)
      return there;
    ::unlinkat(state.get(), "index", 0);
  } else {
    struct stat s {};
    if (::fstatat(workspace_dir_.get(), name.c_str(), &s, AT_SYMLINK_NOFOLLOW) == 0)
      return {ec::rejected,
              "git: " + tree_path(tree) + " is there already and was not made by hyakki; it was not touched"};
    auto slug = safe_name(repository);
    auto warm_states = files::open_dir(warm_state_dir_.get(), slug);
    auto warm_trees = files::open_dir(files::open_dir(workspace_dir_.get(), ".warm").get(), slug);
    auto names = std::vector<std::string>{};
    if (warm_trees && files::names_in(warm_trees.get(), names)) // a kill may have parted a tree from its index
      for (auto& n : names)
        if (!warm_states || !files::open_dir(warm_states.get(), n))
          files::remove_all(warm_trees.get(), n);
    names.clear();
    if (warm_states && warm_trees && files::names_in(warm_states.get(), names))
      for (auto& n : names) {
        auto kept = files::open_dir(warm_states.get(), n);
        if (!kept || !files::open_dir(warm_trees.get(), n)) {
          files::remove_all(warm_states.get(), n);
          continue;
        }
        ::unlinkat(kept.get(), "base", 0);
        ::renameat(kept.get(), "retiring", kept.get(), "base.new"); // `finish` writes over it
        ::unlinkat(kept.get(), "retiring", 0);
        if (::renameat(warm_states.get(), n.c_str(), trees_dir_.get(), name.c_str()) != 0)
          continue;
        if (::renameat(warm_trees.get(), n.c_str(), workspace_dir_.get(), name.c_str()) != 0)
          break;
        warm = true;
        return open_tree(tree);
      }
    state = files::open_dir(trees_dir_.get(), name, true);
    if (!state)
      return cannot("write the state of " + name);
  }
  there = files::open_dir(workspace_dir_.get(), name, true);
  if (!there)
    return cannot("make " + tree_path(tree));
  return there;
}

result<void> tree_place::finish(std::string_view tree, const tree_record& what) {
  auto state = files::open_dir(trees_dir_.get(), safe_name(tree));
  auto text = what.repository + "\n" + what.branch + "\n" + what.base_branch + "\n" + what.base_sha + "\n";
  if (!state || !files::settle_file(state.get(), "base.new", text) ||
      ::renameat(state.get(), "base.new", state.get(), "base") != 0)
    return cannot("write the state of " + printable(tree));
  return {};
}

bool tree_place::is_retiring(std::string_view repository, std::string_view tree) const {
  auto state = files::open_dir(trees_dir_.get(), safe_name(tree));
  auto text = state ? files::read_file(state.get(), "retiring", 16384) : result<std::string>{std::string{}};
  return text && !text->empty() && text->substr(0, text->find('\n')) == repository;
}

result<void> tree_place::retire(std::string_view repository, std::string_view tree, std::uint32_t most_warm) {
  auto name = safe_name(tree);
  auto slug = safe_name(repository);
  auto state = files::open_dir(trees_dir_.get(), name);
  // from here on the tree is proven: whoever finds it unfinished may clean it
  if (state && ::renameat(state.get(), "base", state.get(), "retiring") != 0 && errno != ENOENT)
    return cannot("retire " + name);
  auto warm_trees = files::open_dir(files::open_dir(workspace_dir_.get(), ".warm", true).get(), slug, true);
  auto warm_states = files::open_dir(warm_state_dir_.get(), slug, true);
  auto kept = std::vector<std::string>{};
  if (warm_trees && warm_states && files::names_in(warm_trees.get(), kept) && kept.size() < most_warm) {
    for (std::uint32_t n = 1; n <= most_warm; ++n) {
      auto number = std::to_string(n);
      struct stat s {};
      if (::fstatat(warm_trees.get(), number.c_str(), &s, AT_SYMLINK_NOFOLLOW) == 0)
        continue;
      files::remove_all(warm_states.get(), number);
      if (::renameat(workspace_dir_.get(), name.c_str(), warm_trees.get(), number.c_str()) == 0) {
        if (::renameat(trees_dir_.get(), name.c_str(), warm_states.get(), number.c_str()) != 0)
          return cannot("keep the index of " + name);
        return {};
      }
    }
  }
  if (!files::remove_all(workspace_dir_.get(), name) || !files::remove_all(trees_dir_.get(), name))
    return cannot("remove " + tree_path(tree));
  return {};
}

} // namespace hyakki::git2
