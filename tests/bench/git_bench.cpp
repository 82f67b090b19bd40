// A story's git work beside the same in bare git commands (P7), and a warm tree beside `git worktree add` (P8).

#include "adapters/git/git_door.hpp"
#include "tests/bench/bench.hpp"
#include "tests/support/scratch_dir.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

using namespace hyakki;

namespace {

struct world {
  test::scratch_dir dir;
  std::unique_ptr<process> children = make_process_door(false);
  std::unique_ptr<git> door;
  int stories = 0;

  void run(std::vector<std::string> args) {
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
    if (!out.ok())
      fail(out.err);
  }
  [[noreturn]] static void fail(const std::string& text) {
    std::cerr << text << "\n";
    std::exit(1);
  }
  static void put(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
    std::ofstream{path} << text;
  }

  explicit world(int files) {
    run({"git", "init", "-q", "--bare", "-b", "main", dir / "host.git"});
    run({"git", "init", "-q", "-b", "main", dir / "clone"});
    for (int i = 0; i < files; ++i)
      put(dir / ("clone/d" + std::to_string(i / 20) + "/f" + std::to_string(i) + ".txt"),
          std::string(400, 'a') + std::to_string(i));
    run({"git", "-C", dir / "clone", "add", "-A"});
    run({"git", "-C", dir / "clone", "commit", "-q", "-m", "first"});
    run({"git", "-C", dir / "clone", "remote", "add", "origin", dir / "host.git"});
    run({"git", "-C", dir / "clone", "push", "-q", "origin", "main"});
    auto o = git_options{};
    o.state_dir = dir / "state";
    o.workspace_dir = dir / "workspace";
    door = make_git_door(*children, o);
    ours();
  }

  /// Returns the seconds of the tree step; `all` those of the whole story.
  double ours(double* all = nullptr) {
    auto name = "o" + std::to_string(++stories);
    auto q = tree_request{};
    q.from.repository = "repo";
    q.from.url = dir / "host.git";
    q.from.default_branch = "main";
    q.tree = q.branch = name;
    double tree = 0;
    auto took = bench::seconds([&] {
      auto at = result<prepared_tree>{prepared_tree{}};
      tree = bench::seconds([&] { at = door->prepare(q); });
      if (!at)
        fail(at.error().text);
      put(at->path + "/work.txt", name);
      auto c = commit_request{"repo", name, name, at->base_sha, "work\n", "t", "t@t", 1'790'000'000'000};
      auto made = door->commit(c);
      if (!made)
        fail(made.error().text);
      if (auto p = door->push({q.from, name, made->sha, ""}); !p)
        fail(p.error().text);
      if (auto r = door->release("repo", name, made->sha); !r)
        fail(r.error().text);
    });
    if (all != nullptr)
      *all = took;
    return tree;
  }

  double script(double* all = nullptr) {
    auto name = "s" + std::to_string(++stories);
    auto tree = dir / ("plain/" + name);
    double add = 0;
    auto took = bench::seconds([&] {
      add = bench::seconds([&] {
        run({"git", "-C", dir / "clone", "worktree", "add", "-q", "-b", name, tree, "main"});
      });
      put(tree + "/work.txt", name);
      run({"git", "-C", tree, "add", "-A"});
      run({"git", "-C", tree, "commit", "-q", "-m", "work"});
      run({"git", "-C", tree, "push", "-q", "origin", name});
      run({"git", "-C", dir / "clone", "worktree", "remove", tree});
    });
    if (all != nullptr)
      *all = took;
    return add;
  }
};

} // namespace

int main(int argc, char** argv) {
  bool small = bench::is_small(argc, argv);
  std::size_t rounds = small ? 2 : 15;
  auto all = 0.0;
  {
    world w{20};
    bench::print(bench::with_goal(bench::interleaved(
                                    "P7 git work of a story, 20 files", "s", rounds, [&] { return w.ours(&all), all; },
                                    [&] { return w.script(&all), all; }),
                                  0.75, true));
  }
  world w{small ? 100 : 3000};
  bench::print(bench::with_goal(bench::interleaved(
                                  "P8 warm tree beside worktree add, 3,000 files", "s", small ? 2 : 7,
                                  [&] { return w.ours(); }, [&] { return w.script(); }),
                                0.35, true));
}
