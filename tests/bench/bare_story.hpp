#pragma once
// The least that a story's git work and agent can cost one process: libgit2 with handles kept open, the same stub,
// and `git push` as a child. No lock, no record, no proof, nothing that survives a crash.
//
// The limit beside which the engine's own CPU stands. Works in a clone and a tree of its own.

#include "adapters/git/libgit2.hpp"
#include "tests/bench/story_world.hpp"

namespace hyakki::bench {

class bare_story {
public:
  bare_story(const hosts& where, const std::string& repository)
    : where_(where), host_(where.dir / ("host/" + repository + ".git")), tree_(where.dir / ("bare/" + repository)),
      clone_(tree_ + ".git") {
    where_.line({"git", "clone", "-q", "--bare", host_, clone_});
    std::filesystem::create_directories(tree_);
    int rc = 0;
    repo_ = git2::make<git_repository>(rc, git_repository_open_bare, clone_.c_str());
    check(rc, "opening");
    check(git_repository_set_workdir(repo_.get(), tree_.c_str(), 0), "the work tree");
    index_ = git2::make<git_index>(rc, git_repository_index, repo_.get());
    check(rc, "the index");
    who_ = git2::make<git_signature>(rc, git_signature_new, "t", "t@example.org", git_time_t{1'790'000'000}, 0);
    check(git_reference_name_to_id(&base_, repo_.get(), "refs/heads/main"), "the base");
  }

  void run() {
    int rc = 0;
    auto parent = git2::make<git_commit>(rc, git_commit_lookup, repo_.get(), &base_);
    auto options = git_checkout_options{};
    git_checkout_options_init(&options, GIT_CHECKOUT_OPTIONS_VERSION);
    options.checkout_strategy = GIT_CHECKOUT_FORCE | GIT_CHECKOUT_REMOVE_UNTRACKED;
    check(git_checkout_tree(repo_.get(), reinterpret_cast<const git_object*>(parent.get()), &options), "checking out");
    script_line({STUB_AGENT}, where_.dir.path(), tree_);
    check(git_index_add_all(index_.get(), nullptr, 0, nullptr, nullptr), "staging");
    git_oid tree_id, id;
    check(git_index_write_tree(&tree_id, index_.get()), "writing the tree");
    auto now = git2::make<git_tree>(rc, git_tree_lookup, repo_.get(), &tree_id);
    const git_commit* parents[] = {parent.get()};
    auto message = "Bare " + std::to_string(++count_) + "\n";
    check(git_commit_create(&id, repo_.get(), nullptr, who_.get(), who_.get(), nullptr, message.c_str(), now.get(), 1,
                            parents),
          "committing");
    where_.line(
      {"git", "--git-dir=" + clone_, "push", "-q", host_, git2::hex(id) + ":refs/heads/bare" + std::to_string(count_)});
  }

private:
  static void check(int rc, const char* doing) {
    if (rc != 0)
      give_up(git2::failure(rc, doing).text);
  }

  git2::library alive_;
  const hosts& where_;
  std::string host_, tree_, clone_;
  git2::owned<git_repository> repo_;
  git2::owned<git_index> index_;
  git2::owned<git_signature> who_;
  git_oid base_{};
  int count_ = 0;
};

} // namespace hyakki::bench
