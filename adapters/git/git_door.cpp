#include "adapters/git/git_door.hpp"

#include "adapters/git/change.hpp"
#include "adapters/git/clone_cache.hpp"
#include "adapters/git/left_work.hpp"
#include "adapters/git/private_file.hpp"
#include "adapters/git/shut_door.hpp"
#include "adapters/git/throwaway_git.hpp"
#include "adapters/git/tree_place.hpp"
#include "adapters/git/working_tree.hpp"
#include "core/clock.hpp"
#include "core/shortage.hpp"
#include "core/utf8.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

namespace hyakki {
namespace {

using namespace git2;

class git_door final : public git {
public:
  git_door(process& children, const git_options& o, tree_place place)
    : place_(std::move(place)), clones_(children, settings(o), o.state_dir + "/repos"), warm_(o.warm_trees) {
    limits_.commit_bytes = o.max_commit_mb << 20;
    limits_.commit_files = o.max_commit_files;
    limits_.time = o.timeout;
  }

  result<prepared_tree> prepare(const tree_request& what) override {
    if (auto fine = check(what.from.repository, what.tree); !fine)
      return fine.error();
    if (auto branch = branch_ref(what.branch); !branch)
      return branch.error();
    remember(what.from);
    auto out = prepared_tree{};
    out.path = place_.tree_path(what.tree);
    if (!what.base.empty())
      if (auto base = branch_ref(what.base); !base)
        return base.error();
    auto found = place_.find(what.from.repository, what.tree);
    if (!found)
      return found.error();
    auto& known = *found;
    bool keep = what.keep && known && (what.at_sha.empty() || what.at_sha == known->base_sha);
    // a kept tree needs its clone too: its base is compared with, and the agent's git borrows from there
    auto start = base_of(what, known, keep);
    if (!start)
      return start.error();
    out.base_branch = start->branch;
    out.base_sha = start->sha;
    if (keep) {
      auto tree = place_.open_tree(what.tree);
      struct stat s {};
      if (::fstatat(tree.get(), ".git", &s, AT_SYMLINK_NOFOLLOW) != 0)
        if (auto made = give_git(tree.get(), what, known->base_sha); !made)
          return made.error();
      out.kept = true;
      return out;
    }
    if (known && !place_.is_retiring(what.from.repository, what.tree))
      out.left = leave(what.from.repository, what.tree);
    auto tree = place_.begin(what.from.repository, what.tree, out.warm);
    if (!tree)
      return tree.error();
    auto index = place_.index_path(what.tree);
    auto done = bring_to(start->repo.get(), tree->get(), index, out.base_sha, limits_);
    if (!done) {
      auto renewed = clones_.renew_if_damaged(what.from.repository, out.base_sha);
      if (!renewed)
        return renewed.error();
      if (!*renewed)
        return done.error();
      auto pinned = what;
      pinned.base = out.base_branch;
      if (start = base_of(pinned, known, false); !start)
        return start.error();
      out.base_sha = start->sha;
      done = bring_to(start->repo.get(), tree->get(), index, out.base_sha, limits_);
    }
    if (!done)
      return done.error();
    if (auto made = give_git(tree->get(), what, out.base_sha); !made)
      return made.error();
    if (auto kept = place_.finish(what.tree, {what.from.repository, what.branch, out.base_branch, out.base_sha}); !kept)
      return kept.error();
    return out;
  }

  bool has_tree(std::string_view repository, std::string_view tree) override {
    auto found = place_.find(repository, tree);
    return found && found->has_value();
  }

  result<std::string> tree_hash(std::string_view repository, std::string_view tree) override {
    return in_clone(repository, tree, [&]() -> result<std::string> {
      auto at = staged(repository, tree);
      if (!at)
        return at.error();
      return hex(at->id);
    });
  }

  result<std::string> diff(std::string_view repository, std::string_view tree, std::size_t most_bytes) override {
    return in_clone(repository, tree, [&] { return try_diff(repository, tree, most_bytes); });
  }

  result<tree_commit> commit(const commit_request& what) override {
    return in_clone(what.repository, what.tree, [&] { return try_commit(what); });
  }

  result<void> push(const push_request& what) override {
    if (auto fine = check(what.to.repository, "x"); !fine)
      return fine;
    return clones_.push(what);
  }

  result<void> release(std::string_view repository, std::string_view tree, std::string_view pushed_sha) override {
    if (place_.is_retiring(repository, tree))
      return place_.retire(repository, tree, warm_); // proven before, and interrupted
    auto at = staged(repository, tree);
    if (!at && at.error() == ec::not_found && !place_.open_tree(tree) && !passes_by_itself(errno))
      return {}; // given back before
    if (!at)
      return {band_of(at.error().code) == band::try_again ? ec::unavailable : ec::rejected,
              "git: the tree '" + printable(tree) + "' is left where it is: " + at.error().text};
    bool proven = git_oid_equal(&at->id, git_tree_id(at->base.get())) != 0;
    if (!proven && !pushed_sha.empty()) {
      auto pushed = tree_of(at->repo.get(), pushed_sha);
      if (!pushed && pushed.error() != ec::not_found)
        return pushed.error(); // could not be read this time, which proves nothing
      proven = pushed && git_oid_equal(&at->id, git_tree_id(pushed->get())) != 0;
    }
    if (!proven)
      return {ec::rejected, "git: the tree '" + printable(tree) + "' holds work that is not in " +
                              (pushed_sha.empty() ? "any pushed commit" : std::string{pushed_sha.substr(0, 40)}) +
                              "; it is left at " + place_.tree_path(tree)};
    remove_ref(at->repo.get(), tree_ref(tree));
    return place_.retire(repository, tree, warm_);
  }

private:
  struct staged_tree {
    tree_record record;
    repository_pool::lease repo;
    owned<git_tree> base;
    git_oid id;
  };

  struct starting_point {
    repository_pool::lease repo;
    std::string branch;
    std::string sha;
  };

  /// Does something in the clone of a tree. Where it fails and the clone turns out to be damaged, that one goes out of
  /// the way, what the tree stands on is fetched again, and it is done once more. The tree's files stay as they are.
  template <class F>
  auto in_clone(std::string_view repository, std::string_view tree, F work) -> decltype(work()) {
    auto once = work();
    if (once || (once.error() != ec::unavailable && once.error() != ec::not_found))
      return once;
    auto mended = mend(repository, tree);
    if (!mended)
      return mended.error();
    return *mended ? work() : std::move(once);
  }

  /// True when the clone was damaged and is whole again. Never `not_found`: the tree is there.
  result<bool> mend(std::string_view repository, std::string_view tree) {
    auto known = place_.find(repository, tree);
    if (!known || !*known || !place_.open_tree(tree))
      return false;
    auto renewed = clones_.renew_if_damaged(repository, (*known)->base_sha);
    if (!renewed || !*renewed)
      return renewed;
    auto what = tree_request{};
    what.tree = tree;
    {
      auto lock = std::lock_guard{guard_};
      auto at = remotes_.find(repository);
      if (at == remotes_.end())
        return {ec::unavailable, "git: the clone of " + printable(repository) +
                                   " is damaged; it is moved aside and fetched again with the next try"};
      what.from = at->second;
    }
    auto start = base_of(what, *known, true);
    if (start)
      return true;
    if (start.error() == ec::not_found)
      return {ec::rejected, "git: the clone of " + printable(repository) +
                              " was damaged, and what the tree stands on cannot be fetched again: " +
                              start.error().text + ". The tree is left at " + place_.tree_path(tree)};
    return start.error();
  }

  /// Where a repository was last fetched from.
  void remember(const remote& from) {
    auto lock = std::lock_guard{guard_};
    remotes_.insert_or_assign(from.repository, from);
  }

  result<std::string> try_diff(std::string_view repository, std::string_view tree, std::size_t most_bytes) {
    auto at = staged(repository, tree);
    if (!at)
      return at.error();
    auto now = tree_object(*at);
    if (!now)
      return now.error();
    return diff_text(at->repo.get(), at->base.get(), now->get(), most_bytes);
  }

  result<tree_commit> try_commit(const commit_request& what) {
    auto branch = branch_ref(what.branch);
    if (!branch)
      return branch.error();
    auto at = staged(what.repository, what.tree);
    if (!at)
      return at.error();
    if (at->record.base_sha != what.base_sha)
      return {ec::conflict, "git: the tree '" + printable(what.tree) + "' stands on " + at->record.base_sha +
                              " and not on " + printable(what.base_sha)};
    if (git_oid_equal(&at->id, git_tree_id(at->base.get())))
      return {ec::no_changes, "git: the tree equals its base"};
    auto now = tree_object(*at);
    if (!now)
      return now.error();
    auto out = tree_commit{};
    auto files = changed_files(at->repo.get(), at->base.get(), now->get());
    if (!files)
      return files.error();
    out.files = std::move(*files);
    if (what.message.find('\0') != std::string::npos)
      return {ec::rejected, "git: the commit message holds a NUL byte"};
    int rc = 0;
    auto who = make<git_signature>(rc, git_signature_new, what.author_name.c_str(), what.author_email.c_str(),
                                   static_cast<git_time_t>(what.at_ms / 1000), 0);
    if (!who)
      return {ec::bad_config, failure(rc, "git: the author of commits (git.author_name, git.author_email)").text};
    git_oid parent_id;
    parse(parent_id, what.base_sha);
    auto parent = make<git_commit>(rc, git_commit_lookup, at->repo.get(), &parent_id);
    if (!parent)
      return failure(rc, "git: the base commit");
    const git_commit* parents[] = {parent.get()};
    git_oid id;
    rc = git_commit_create(&id, at->repo.get(), nullptr, who.get(), who.get(), "UTF-8", what.message.c_str(),
                           now->get(), 1, parents);
    if (rc != 0)
      return failure(rc, "git: committing");
    if (auto kept = keep_ref(at->repo.get(), tree_ref(what.tree), id); !kept)
      return kept.error();
    out.sha = hex(id);
    out.tree_sha = hex(at->id);
    return out;
  }

  /// The clone with the commit that a tree starts from in it: asked for, fetched, or what is known of a kept tree.
  result<starting_point> base_of(const tree_request& what, const std::optional<tree_record>& known, bool keep) {
    auto once = try_base_of(what, known, keep);
    if (once || band_of(once.error().code) == band::person || once.error() == ec::timed_out)
      return once;
    auto renewed = clones_.renew_if_damaged(what.from.repository, "");
    if (!renewed)
      return renewed.error();
    return *renewed ? try_base_of(what, known, keep) : std::move(once);
  }

  result<starting_point> try_base_of(const tree_request& what, const std::optional<tree_record>& known, bool keep) {
    auto repo = clones_.open_or_make(what.from.repository);
    if (!repo)
      return repo.error();
    auto out = starting_point{std::move(*repo), what.base, keep ? known->base_sha : what.at_sha};
    if (known && (keep || (out.branch.empty() && !what.at_sha.empty())))
      out.branch = known->base_branch;
    bool there = !out.sha.empty() && tree_of(out.repo.get(), out.sha);
    if (out.branch.empty()) {
      auto named = clones_.default_branch(what.from);
      if (!named)
        return named.error();
      out.branch = *named;
    }
    if (there)
      return out;
    auto tip = clones_.fetch(out.repo.get(), what.from, out.branch);
    if (!tip)
      return tip.error();
    if (out.sha.empty())
      out.sha = *tip;
    if (auto now = tree_of(out.repo.get(), out.sha); !now)
      return with_context(now.error(),
                          "git: the base of '" + printable(what.tree) + "' is no longer in " + what.from.repository);
    return out;
  }

  /// Keeps the edits of a tree that is about to be reset. Never stands in the way; says what became of them.
  std::string leave(std::string_view repository, std::string_view tree) {
    auto at = staged(repository, tree);
    if (!at)
      return "not kept: " + at.error().text;
    if (git_oid_equal(&at->id, git_tree_id(at->base.get())))
      return {};
    auto kept = keep_left(at->repo.get(), tree, at->id, at->record.base_sha, at->record.branch, system_clock{}.now());
    return kept ? *kept : "not kept: " + kept.error().text;
  }

  static git_cli::settings settings(const git_options& o) {
    auto s = git_cli::settings{};
    s.program = o.program;
    s.path = o.path;
    s.askpass = o.askpass;
    s.ssh_socket = o.ssh_socket;
    s.https = o.https;
    s.private_dir = o.state_dir + "/credentials";
    s.timeout = o.timeout;
    s.mark = o.mark;
    return s;
  }

  static result<void> check(std::string_view repository, std::string_view tree) {
    auto odd = [](unsigned char c) { return c < 32 || c == 127; };
    if (repository.empty() || repository.size() > 1000 || std::any_of(repository.begin(), repository.end(), odd))
      return {ec::rejected, "git: '" + printable(repository.substr(0, 200)) + "' is not a repository's name"};
    if (tree.empty())
      return {ec::rejected, "git: a tree needs a name"};
    return {};
  }

  result<void> give_git(int tree, const tree_request& what, const std::string& base) {
    return make_throwaway_git(tree, what.branch, base, clones_.path_of(what.from.repository),
                              place_.index_path(what.tree));
  }

  result<staged_tree> staged(std::string_view repository, std::string_view tree) {
    auto dir = files::descriptor{};
    auto found = place_.find(repository, tree, &dir);
    if (!found)
      return found.error();
    auto& known = *found;
    if (!known)
      return {ec::not_found, "git: there is no tree '" + printable(tree) + "' of " + printable(repository)};
    auto repo = clones_.open(repository);
    if (!repo)
      return repo.error();
    auto base = tree_of(repo->get(), known->base_sha);
    if (!base)
      return base.error();
    auto index = place_.index_path(tree);
    auto look = [&] { return stage(repo->get(), dir.get(), place_.tree_path(tree), index, limits_); };
    // without one every file would look new, and those that .gitignore names would look deleted
    auto id = ::access(index.c_str(), F_OK) == 0 ? look() : result<git_oid>{ec::unavailable, "git: no index " + index};
    if (!id && id.error() == ec::unavailable) {
      auto renewed = renew_index(base->get(), index);
      if (!renewed)
        return renewed.error();
      if (*renewed)
        id = look();
    }
    if (!id)
      return id.error();
    return staged_tree{*known, std::move(*repo), std::move(*base), *id};
  }

  static result<owned<git_tree>> tree_object(staged_tree& at) {
    int rc = 0;
    auto now = make<git_tree>(rc, git_tree_lookup, at.repo.get(), &at.id);
    if (!now)
      return failure(rc, "git: reading what was staged");
    return now;
  }

  library alive_;
  tree_place place_;
  clone_cache clones_;
  tree_limits limits_;
  std::uint32_t warm_;
  std::mutex guard_;
  std::map<std::string, remote, std::less<>> remotes_; ///< behind the guard; one for each repository
};

} // namespace

result<std::unique_ptr<git>> open_git_door(process& children, git_options options) {
  auto place = tree_place::open(options.workspace_dir, options.state_dir);
  if (!place)
    return place.error();
  private_file::sweep(options.state_dir + "/credentials");
  return std::unique_ptr<git>{std::make_unique<git_door>(children, options, std::move(*place))};
}

std::unique_ptr<git> make_git_door(process& children, git_options options) {
  auto door = open_git_door(children, std::move(options));
  if (!door)
    return std::make_unique<shut_door>(door.error());
  return std::move(*door);
}

} // namespace hyakki
