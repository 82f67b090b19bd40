#include "adapters/code_hosts/local_merge.hpp"

#include "adapters/git/files.hpp"
#include "core/utf8.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace hyakki {

using namespace git2;

namespace {

std::string conflicts(git_index* index) {
  int rc = 0;
  auto all = make<git_index_conflict_iterator>(rc, git_index_conflict_iterator_new, index);
  const git_index_entry *base = nullptr, *ours = nullptr, *theirs = nullptr;
  auto out = std::string{};
  for (int n = 0; all && git_index_conflict_next(&base, &ours, &theirs, all.get()) == 0; ++n) {
    auto* e = ours != nullptr ? ours : theirs != nullptr ? theirs : base;
    if (n >= 20)
      return out + " and more";
    out += (n > 0 ? ", " : "") + printable(e->path);
  }
  return out;
}

} // namespace

std::string branch_tip(git_repository* repo, const std::string& branch) {
  git_oid id;
  auto ref = branch_ref(branch);
  // libgit2 takes the file of a reference that could not be opened for one that is not there, so a no is asked for
  // twice.
  for (int tries = 0; ref && tries < 2; ++tries)
    if (git_reference_name_to_id(&id, repo, ref->c_str()) == 0)
      return hex(id);
  return {};
}

result<void> merge_into_target(git_repository* repo, pull_record& p, std::int64_t now_ms) {
  auto ref = branch_ref(p.what.target_branch);
  auto now = branch_tip(repo, p.what.source_branch);
  if (!now.empty())
    p.what.head = now;
  git_oid ours, theirs, base, id;
  if (!ref || !parse(theirs, p.what.head) || !parse(ours, branch_tip(repo, p.what.target_branch)))
    return {ec::not_found, "local: the branches of pull request " + p.what.id + " are gone"};
  int rc = git_merge_base(&base, repo, &ours, &theirs);
  if (rc != 0)
    return {ec::rejected,
            failure(rc, "local: the branches of pull request " + p.what.id + " have nothing in common").text};
  if (git_oid_equal(&base, &theirs))
    return {}; // the target holds it already: merged before a crash
  id = theirs;
  if (!git_oid_equal(&base, &ours)) {
    auto a = make<git_commit>(rc, git_commit_lookup, repo, &ours);
    auto b = make<git_commit>(rc, git_commit_lookup, repo, &theirs);
    if (!a || !b)
      return failure(rc, "local: reading the branches");
    auto index =
      make<git_index>(rc, git_merge_commits, repo, a.get(), b.get(), static_cast<const git_merge_options*>(nullptr));
    if (!index)
      return failure(rc, "local: merging");
    if (git_index_has_conflicts(index.get()))
      return {ec::rejected, "local: pull request " + p.what.id + " conflicts in " + conflicts(index.get())};
    git_oid tree_id;
    if (rc = git_index_write_tree_to(&tree_id, index.get(), repo); rc != 0)
      return failure(rc, "local: writing the merge");
    auto tree = make<git_tree>(rc, git_tree_lookup, repo, &tree_id);
    auto who = make<git_signature>(rc, git_signature_new, "hyakki", "hyakki@localhost",
                                   static_cast<git_time_t>(now_ms / 1000), 0);
    const git_commit* parents[] = {a.get(), b.get()};
    auto message =
      "Merge pull request " + p.what.id + " from " + p.what.source_branch + "\n\n" + clean_line(p.what.title) + "\n";
    if (!tree || !who ||
        (rc = git_commit_create(&id, repo, nullptr, who.get(), who.get(), "UTF-8", message.c_str(), tree.get(), 2,
                                parents)) != 0)
      return failure(rc, "local: committing the merge");
  }
  // the lock of a branch is everybody's: only a merge of ours that was killed tells us that it is nobody's
  auto marker = std::string{git_repository_path(repo)} + "hyakki-merging";
  if (auto left = files::read_file(AT_FDCWD, marker, 4096); left && *left == *ref)
    clear_lock(repo, *ref);
  files::write_file(AT_FDCWD, marker, *ref);
  auto moved = make<git_reference>(rc, git_reference_create_matching, repo, ref->c_str(), &id, 1, &ours, "merge");
  ::unlink(marker.c_str());
  if (moved)
    release_lock(repo, *ref);
  else
    return failure(rc, "local: moving " + p.what.target_branch);
  return {};
}

} // namespace hyakki
