#include "adapters/git/clone_cache.hpp"

#include "adapters/git/clone_health.hpp"
#include "adapters/git/failure.hpp"
#include "core/digest.hpp"
#include "core/safe_name.hpp"
#include "core/utf8.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace hyakki::git2 {
namespace {

/// Looks at the files alone: libgit2 may not be able to read it. Nobody packs references here.
bool holds_commits(const std::string& clone) {
  std::error_code failed;
  auto ref = std::filesystem::directory_iterator{std::filesystem::path{clone} / "refs/hyakki/trees", failed};
  for (; !failed && ref != std::filesystem::directory_iterator{}; ref.increment(failed))
    if (ref->path().extension() != ".lock")
      return true;
  return failed && failed != std::errc::no_such_file_or_directory;
}

/// The branch is not as this push wanted to find it.
error in_the_way(const push_request& what, const std::string& there = {}) {
  auto text = "git: branch '" + printable(what.branch) + "' of " + what.to.repository;
  if (auto host = git_cli::host_of(what.to.url); !host.empty())
    text += " at " + printable(host);
  auto held = there.empty() ? std::string{} : " (it holds " + there.substr(0, 12) + ")";
  if (what.expected.empty())
    text += " exists there already with other work" + held +
            "; it was not touched. If nobody wants that work, delete the branch or give it another name";
  else
    text += " was changed there meanwhile: somebody pushed to it or deleted it" + held +
            "; it was not touched. Look at what stands there now";
  return {ec::rejected, text + "; then `hyakki retry` lets the story run again"};
}

} // namespace

std::string tree_ref(std::string_view tree) { return "refs/hyakki/trees/" + sha256_hex(tree, 32); }

clone_cache::clone_cache(process& children, git_cli::settings how, std::string root)
  : children_(children), how_(std::move(how)), root_(std::move(root)) {}

std::string clone_cache::path_of(std::string_view repository) const {
  return root_ + "/" + safe_name(repository) + ".git";
}

result<repository_pool::lease> clone_cache::open(std::string_view repository) const {
  auto path = path_of(repository);
  struct stat s {};
  if (::lstat(path.c_str(), &s) != 0)
    return {ec::not_found, "git: there is no clone of " + printable(repository) + " yet"};
  return opened_.open(path);
}

clone_cache::seen clone_cache::look(const remote& at, const std::string& ref) const {
  auto path = git_cli::local_path(at.url);
  if (path.empty())
    return {};
  auto repo = opened_.open(path);
  if (!repo)
    repo = opened_.open(path + "/.git");
  if (!repo)
    return {};
  git_oid id;
  int rc = git_reference_name_to_id(&id, repo->get(), ref.c_str());
  if (rc == GIT_ENOTFOUND)
    return {true, {}};
  return rc == 0 ? seen{true, hex(id)} : seen{};
}

result<void> clone_cache::move_aside(const std::string& path, const std::string& why) const {
  if (holds_commits(path))
    return {ec::rejected, "git: the clone " + path + " cannot be read (" + why +
                            ") and keeps commits that may not be pushed; look at it and move it aside"};
  auto aside = path + ".broken";
  for (int n = 1; std::rename(path.c_str(), (aside + std::to_string(n)).c_str()) != 0; ++n)
    if (n > 100)
      return {ec::unavailable, "git: the broken clone " + path + " cannot be moved aside"};
  return {};
}

result<bool> clone_cache::renew_if_damaged(std::string_view repository, std::string_view commit) const {
  // a handle that was used before holds objects in memory that may be gone from the disk
  opened_.forget();
  auto repo = open(repository);
  if (!repo)
    return repo.error() == ec::not_found;
  if (is_whole(repo->get(), commit))
    return false;
  repo->reset();
  opened_.forget();
  if (auto moved = move_aside(path_of(repository), "objects are missing or damaged"); !moved)
    return moved.error();
  return true;
}

result<repository_pool::lease> clone_cache::open_or_make(std::string_view repository) const {
  auto path = path_of(repository);
  auto here = open(repository);
  if (here)
    return here;
  if (here.error() != ec::not_found || std::filesystem::exists(path)) {
    if (auto moved = move_aside(path, here.error().text); !moved)
      return moved.error();
  }
  auto fresh = path + ".making";
  std::error_code ignored;
  std::filesystem::remove_all(fresh, ignored);
  auto options = git_repository_init_options{};
  git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
  options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
  options.mode = 0700;
  int rc = 0;
  auto made = make<git_repository>(rc, git_repository_init_ext, fresh.c_str(), &options);
  if (!made)
    return failure(rc, "git: making " + fresh);
  made.reset();
  std::filesystem::remove_all(fresh + "/hooks", ignored);
  // libgit2 forgets a lock that it could not take away; nobody else works in here.
  for (auto* left : {"/HEAD.lock", "/config.lock"})
    std::filesystem::remove(fresh + left, ignored);
  if (std::rename(fresh.c_str(), path.c_str()) != 0)
    return {ec::unavailable, "git: making " + path + ": " + std::strerror(errno)};
  return opened_.open(path);
}

result<std::string> clone_cache::default_branch(const remote& from) const {
  if (!from.default_branch.empty())
    return from.default_branch;
  auto clone = path_of(from.repository);
  auto out = git_cli::run(children_, how_, from, clone, {"ls-remote", "--symref", "--end-of-options", from.url, "HEAD"},
                          "asking " + from.repository + " for its default branch");
  if (!out)
    return out.error();
  constexpr std::string_view head = "ref: refs/heads/";
  auto end = out->find("\tHEAD");
  if (out->compare(0, head.size(), head) != 0 || end == std::string::npos)
    return {ec::not_found, "git: " + from.repository + " has no default branch (is it empty?)"};
  return out->substr(head.size(), end - head.size());
}

result<std::string> clone_cache::fetch(git_repository* repo, const remote& from, const std::string& branch) const {
  auto theirs = branch_ref(branch);
  if (!theirs)
    return theirs.error();
  auto ours = "refs/hyakki/base/" + sha256_hex(branch, 32);
  git_oid id;
  auto here = git_reference_name_to_id(&id, repo, ours.c_str()) == 0 ? hex(id) : std::string{};
  if (auto there = look(from, *theirs); there.readable) {
    if (there.sha.empty())
      return {ec::not_found, "git: " + from.repository + " has no branch '" + printable(branch) + "'"};
    if (there.sha == here && tree_of(repo, here))
      return here;
  }
  clear_lock(repo, ours);
  clear_lock(repo, "packed-refs");
  auto out = git_cli::run(children_, how_, from, git_repository_path(repo),
                          {"fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc",
                           "--no-recurse-submodules", "--end-of-options", from.url, "+" + *theirs + ":" + ours},
                          "fetching " + printable(branch) + " of " + from.repository);
  if (!out)
    return out.error();
  git_odb* raw = nullptr;
  if (git_repository_odb(&raw, repo) == 0) {
    git_odb_refresh(raw);
    git_odb_free(raw);
  }
  if (int rc = git_reference_name_to_id(&id, repo, ours.c_str()); rc != 0)
    return failure(rc, "git: reading what was fetched");
  return hex(id);
}

result<void> clone_cache::push(const push_request& what) const {
  auto ref = branch_ref(what.branch);
  if (!ref)
    return ref.error();
  git_oid id;
  if (!parse(id, what.sha) || (!what.expected.empty() && !parse(id, what.expected)))
    return {ec::rejected, "git: a push names a commit by its full hash"};
  if (auto there = look(what.to, *ref); there.readable && there.sha != what.expected) {
    if (there.sha == what.sha)
      return {};
    return in_the_way(what, there.sha);
  }
  auto clone = path_of(what.to.repository);
  auto out = git_cli::run(children_, how_, what.to, clone,
                          {"push", "--quiet", "--porcelain", "--no-verify", "--no-follow-tags", "--no-signed",
                           "--recurse-submodules=no", "--force-with-lease=" + *ref + ":" + what.expected,
                           "--end-of-options", what.to.url, what.sha + ":" + *ref},
                          "pushing " + printable(what.branch) + " to " + what.to.repository);
  if (out)
    return {};
  // A push of an earlier life, or one whose answer was lost, may have been faster: what is there decides.
  if (holds(what.to, clone, *ref, what.sha))
    return {};
  if (out.error() == ec::rejected && out.error().text.find("(stale info)") != std::string::npos)
    return in_the_way(what);
  return out.error();
}

bool clone_cache::holds(const remote& at, const std::string& clone, const std::string& ref,
                        const std::string& sha) const {
  if (auto there = look(at, ref); there.readable)
    return there.sha == sha;
  auto out = git_cli::run(children_, how_, at, clone, {"ls-remote", "--end-of-options", at.url, ref},
                          "asking " + at.repository + " what a branch holds");
  return out && *out == sha + "\t" + ref + "\n";
}

} // namespace hyakki::git2
