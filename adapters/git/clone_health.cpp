#include "adapters/git/clone_health.hpp"

#include <filesystem>
#include <string>

namespace hyakki::git2 {
namespace {

bool reads(git_repository* repo, git_odb* objects, git_tree* tree, int depth, std::uint64_t& left) {
  if (depth > 128)
    return true; // too deep to be used anyway, but not damaged
  for (std::size_t i = 0, n = git_tree_entrycount(tree); i < n && left > 0; ++i, --left) {
    auto* e = git_tree_entry_byindex(tree, i);
    auto mode = git_tree_entry_filemode(e);
    int rc = 0;
    if (mode == GIT_FILEMODE_COMMIT)
      continue;
    if (mode == GIT_FILEMODE_TREE) {
      auto below = make<git_tree>(rc, git_tree_lookup, repo, git_tree_entry_id(e));
      if (!below || !reads(repo, objects, below.get(), depth + 1, left))
        return false;
      continue;
    }
    git_odb_object* raw = nullptr;
    if (git_odb_read(&raw, objects, git_tree_entry_id(e)) != 0)
      return false;
    git_odb_object_free(raw);
  }
  return true;
}

} // namespace

bool is_whole(git_repository* repo, std::string_view commit) {
  int rc = 0;
  auto objects = make<git_odb>(rc, git_repository_odb, repo);
  if (!objects)
    return false;
  git_oid id;
  // by their files, for libgit2 passes over those that it cannot read; nobody packs references here
  auto root = std::filesystem::path{git_repository_path(repo)};
  std::error_code failed;
  auto file = std::filesystem::recursive_directory_iterator{root / "refs", failed};
  for (; !failed && file != std::filesystem::recursive_directory_iterator{}; file.increment(failed)) {
    if (!file->is_regular_file(failed) || file->path().extension() == ".lock")
      continue;
    auto name = file->path().string().substr(root.string().size());
    if (git_reference_name_to_id(&id, repo, name.c_str()) != 0 || !tree_of(repo, hex(id)))
      return false;
  }
  if (failed)
    return false;
  auto history = make<git_revwalk>(rc, git_revwalk_new, repo);
  if (!history || git_revwalk_push_glob(history.get(), "refs/hyakki/base/*") != 0)
    return false;
  for (int n = 0; n < 500'000 && (rc = git_revwalk_next(&id, history.get())) == 0; ++n) {
  }
  if (rc != 0 && rc != GIT_ITEROVER)
    return false;
  if (commit.empty())
    return true;
  auto tree = tree_of(repo, commit);
  std::uint64_t left = 2'000'000;
  return tree && reads(repo, objects.get(), tree->get(), 0, left);
}

} // namespace hyakki::git2
