#pragma once
// A world for tests of repositories: a bare repository as the remote, a door, and real git to look at both.

#include "adapters/git/git_door.hpp"
#include "tests/support/scratch_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace hyakki::test {

inline void put_file(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
  std::ofstream{path, std::ios::binary} << text;
}
inline std::string text_of(const std::string& path) {
  auto out = std::ostringstream{};
  out << std::ifstream{path, std::ios::binary}.rdbuf();
  return out.str();
}

class git_world {
public:
  explicit git_world(int files = 3) : children(make_process_door(false)) {
    git({"init", "-q", "--bare", "-b", "main", remote_path()});
    git({"init", "-q", "-b", "main", dir / "seed"});
    for (int i = 0; i < files; ++i)
      put_file(dir / ("seed/src" + std::to_string(i / 20) + "/file" + std::to_string(i) + ".txt"),
               "line " + std::to_string(i) + "\n");
    put_file(dir / "seed/README.md", "hello\n");
    put_file(dir / "seed/.gitignore", "build/\n*.o\n");
    save("first");
    open();
  }

  /// `more`: changes the options before the door is opened.
  void open(std::uint32_t warm = 2, const std::function<void(git_options&)>& more = {}) {
    auto o = git_options{};
    o.state_dir = dir / "state";
    o.workspace_dir = dir / "workspace";
    o.warm_trees = warm;
    o.timeout = std::chrono::seconds{60};
    o.max_commit_mb = 1;
    o.max_commit_files = 500;
    if (more)
      more(o);
    auto made = open_git_door(*children, o);
    REQUIRE(made);
    door = std::move(*made);
  }

  /// Commits what lies in the seed and pushes it to the remote.
  void save(const std::string& message, const std::string& branch = "main") {
    in_seed({"add", "-A", "-f"});
    in_seed({"commit", "-q", "--allow-empty", "-m", message});
    in_seed({"push", "-q", remote_path(), "HEAD:refs/heads/" + branch});
  }

  std::string git(std::vector<std::string> args, bool must = true) {
    args.insert(args.begin(), "git");
    auto spec = process_spec{};
    spec.argv = std::move(args);
    spec.directory = dir.path();
    spec.environment = {"PATH=/usr/local/bin:/usr/bin:/bin",
                        "HOME=" + dir.path(),
                        "GIT_CONFIG_NOSYSTEM=1",
                        "GIT_AUTHOR_NAME=t",
                        "GIT_AUTHOR_EMAIL=t@t",
                        "GIT_COMMITTER_NAME=t",
                        "GIT_COMMITTER_EMAIL=t@t"};
    auto out = children->run(spec);
    if (must) {
      INFO(out.err);
      REQUIRE(out.ok());
    }
    while (!out.out.empty() && out.out.back() == '\n')
      out.out.pop_back();
    return out.out;
  }
  std::string in_seed(std::vector<std::string> args) {
    args.insert(args.begin(), {"-C", dir / "seed"});
    return git(std::move(args));
  }
  std::string in_remote(std::vector<std::string> args, bool must = true) {
    args.insert(args.begin(), "--git-dir=" + remote_path());
    return git(std::move(args), must);
  }

  std::string remote_path() const { return dir / "host/repo.git"; }
  remote where() const {
    auto r = remote{};
    r.repository = "repo";
    r.url = remote_path();
    return r;
  }
  tree_request asking(const std::string& tree, const std::string& branch = "feature/x") const {
    auto q = tree_request{};
    q.from = where();
    q.tree = tree;
    q.branch = branch;
    return q;
  }
  commit_request committing(const std::string& tree, const prepared_tree& at,
                            const std::string& branch = "feature/x") const {
    auto c = commit_request{};
    c.repository = "repo";
    c.tree = tree;
    c.branch = branch;
    c.base_sha = at.base_sha;
    c.message = "Do it\n";
    c.author_name = "hyakki";
    c.author_email = "hyakki@localhost";
    c.at_ms = 1'790'000'000'000;
    return c;
  }

  scratch_dir dir;
  std::unique_ptr<process> children;
  std::unique_ptr<hyakki::git> door;
};

} // namespace hyakki::test
