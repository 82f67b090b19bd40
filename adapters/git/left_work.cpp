#include "adapters/git/left_work.hpp"

#include "core/digest.hpp"
#include "core/safe_name.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <vector>

namespace hyakki::git2 {
namespace {

constexpr std::size_t most_kept = 5;

/// A safe name may still be none for a reference: a..b, x.lock
std::string home_of(std::string_view tree) {
  auto named = "refs/hyakki/left/" + safe_name(tree);
  int valid = 0;
  if (git_reference_name_is_valid(&valid, (named + "/1").c_str()) == 0 && valid != 0)
    return named + "/";
  return "refs/hyakki/left/" + sha256_hex(tree, 32) + "/";
}

std::vector<std::uint64_t> numbers_in(git_repository* repo, const std::string& home) {
  int rc = 0;
  auto all = make<git_reference_iterator>(rc, git_reference_iterator_glob_new, repo, (home + "*").c_str());
  auto out = std::vector<std::uint64_t>{};
  const char* name = nullptr;
  while (all && git_reference_next_name(&name, all.get()) == 0) {
    auto digits = std::string_view{name}.substr(home.size());
    if (!digits.empty() && digits.size() < 16 && digits.find_first_not_of("0123456789") == std::string_view::npos)
      out.push_back(std::stoull(std::string{digits}));
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// Removes all but the newest.
void thin_out(git_repository* repo, const std::string& home) {
  auto all = numbers_in(repo, home);
  clear_lock(repo, "packed-refs");
  for (std::size_t i = 0; i + most_kept < all.size(); ++i) {
    auto old = home + std::to_string(all[i]);
    clear_lock(repo, old);
    git_reference_remove(repo, old.c_str());
  }
}

} // namespace

result<std::string> keep_left(git_repository* repo, std::string_view tree, const git_oid& content,
                              std::string_view base_sha, std::string_view branch, std::int64_t now_ms) {
  auto home = home_of(tree);
  thin_out(repo, home); // where a call was killed before it could
  auto before = numbers_in(repo, home);
  git_oid id;
  if (!before.empty()) {
    auto last = home + std::to_string(before.back());
    if (git_reference_name_to_id(&id, repo, last.c_str()) == 0)
      if (auto held = tree_of(repo, hex(id)); held && git_oid_equal(git_tree_id(held->get()), &content))
        return last;
  }
  int rc = 0;
  git_oid base;
  if (!parse(base, base_sha))
    return {ec::not_found, "git: the base of what was left is not known"};
  auto parent = make<git_commit>(rc, git_commit_lookup, repo, &base);
  auto now = parent ? make<git_tree>(rc, git_tree_lookup, repo, &content) : nullptr;
  auto who = now ? make<git_signature>(rc, git_signature_new, "hyakki", "hyakki@localhost",
                                       static_cast<git_time_t>(now_ms / 1000), 0)
                 : nullptr;
  if (!who)
    return failure(rc, "git: keeping what was left");
  auto message = "Left in the tree " + clean_line(std::string{tree}) + "\n\nOn its way to branch " +
                 clean_line(std::string{branch}) + " when the tree was reset.\n";
  const git_commit* parents[] = {parent.get()};
  rc = git_commit_create(&id, repo, nullptr, who.get(), who.get(), "UTF-8", message.c_str(), now.get(), 1, parents);
  if (rc != 0)
    return failure(rc, "git: keeping what was left");
  auto name = home + std::to_string(before.empty() ? 1 : before.back() + 1);
  clear_lock(repo, name);
  auto kept =
    make<git_reference>(rc, git_reference_create, repo, name.c_str(), &id, 1, static_cast<const char*>(nullptr));
  if (!kept)
    return failure(rc, "git: keeping what was left");
  release_lock(repo, name);
  thin_out(repo, home);
  return name;
}

} // namespace hyakki::git2
