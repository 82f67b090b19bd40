#pragma once
// A whole orchestrator with real storage, real git, the local code host and a stub agent, for benchmarks.
//
// The tracker is in memory: what a tracker costs is measured elsewhere. Beside it stands the same work as a script
// would do it: a clone, `git worktree`, the same stub, a push to the same bare repository.

#include "adapters/code_hosts/local.hpp"
#include "runtime/orchestrator.hpp"
#include "storage/lmdb_store.hpp"
#include "tests/bench/bench.hpp"
#include "tests/bench/counting_store.hpp"
#include "tests/bench/watched_host.hpp"
#include "tests/support/fake_tracker.hpp"
#include "tests/support/scratch_dir.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hyakki::bench {

[[noreturn]] inline void give_up(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  std::exit(1);
}

/// What a script's line costs: spawn, wait. Any failure ends the benchmark.
inline void script_line(const std::vector<std::string>& args, const std::string& home, const std::string& directory) {
  std::vector<char*> argv;
  for (auto& a : args)
    argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  std::vector<std::string> env{"PATH=/usr/local/bin:/usr/bin:/bin",
                               "HOME=" + home,
                               "GIT_CONFIG_NOSYSTEM=1",
                               "GIT_AUTHOR_NAME=t",
                               "GIT_AUTHOR_EMAIL=t@example.org",
                               "GIT_COMMITTER_NAME=t",
                               "GIT_COMMITTER_EMAIL=t@example.org"};
  std::vector<char*> envp;
  for (auto& e : env)
    envp.push_back(e.data());
  envp.push_back(nullptr);
  pid_t pid = 0;
  int status = 0;
  posix_spawn_file_actions_t where;
  ::posix_spawn_file_actions_init(&where);
  ::posix_spawn_file_actions_addchdir_np(&where, directory.c_str());
  auto failed = ::posix_spawnp(&pid, argv[0], &where, nullptr, argv.data(), envp.data()) != 0 ||
                ::waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
  ::posix_spawn_file_actions_destroy(&where);
  if (failed)
    give_up("a line of the script failed: " + args[0] + " " + (args.size() > 3 ? args[3] : ""));
}

/// The directories of both sides: bare repositories r0, r1, … with `files` files each, and a clone of each.
struct hosts {
  test::scratch_dir dir;
  std::atomic<int> scripts{0};

  hosts(int repositories, int files) {
    for (int r = 0; r < repositories; ++r) {
      auto name = "r" + std::to_string(r);
      auto clone = dir / ("clone/" + name);
      std::filesystem::create_directories(dir / "host");
      line({"git", "init", "-q", "--bare", "-b", "main", dir / ("host/" + name + ".git")});
      line({"git", "init", "-q", "-b", "main", clone});
      for (int i = 0; i < files; ++i) {
        auto path = clone + "/d" + std::to_string(i / 20) + "/f" + std::to_string(i) + ".txt";
        std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
        std::ofstream{path} << std::string(400, 'a') << i;
      }
      line({"git", "-C", clone, "add", "-A"});
      line({"git", "-C", clone, "commit", "-q", "-m", "first"});
      line({"git", "-C", clone, "remote", "add", "origin", dir / ("host/" + name + ".git")});
      line({"git", "-C", clone, "push", "-q", "origin", "main"});
    }
  }

  void line(const std::vector<std::string>& args) const { script_line(args, dir.path(), dir.path()); }

  /// A story as a script does it.
  void script(const std::string& repository) {
    auto name = "s" + std::to_string(++scripts);
    auto clone = dir / ("clone/" + repository);
    auto tree = dir / ("plain/" + name);
    line({"git", "-C", clone, "worktree", "add", "-q", "-b", name, tree, "main"});
    script_line({STUB_AGENT}, dir.path(), tree);
    line({"git", "-C", tree, "add", "-A"});
    line({"git", "-C", tree, "commit", "-q", "-m", "work"});
    line({"git", "-C", tree, "push", "-q", "origin", name});
    line({"git", "-C", clone, "worktree", "remove", tree});
  }
};

struct engine_options {
  std::uint32_t parallel = 4;
  std::uint32_t per_repository = 1;
  bool agent_sleeps = false;
};

inline config engine_config(const std::string& dir, const engine_options& o) {
  config c;
  c.issue_tracker.name = c.issue_tracker.type = "fake";
  c.repo_hosting.type = "local";
  c.repo_hosting.path = dir + "/host";
  c.agent.type = "command";
  c.agent.command = STUB_AGENT;
  if (o.agent_sleeps)
    c.agent.flags = {"sleep"};
  c.routing.default_repository = "r0";
  c.orchestrator.workspace_dir = dir + "/workspace";
  c.orchestrator.max_parallel_stories = o.parallel;
  c.orchestrator.max_parallel_per_repo = o.per_repository;
  c.orchestrator.poll_interval_seconds = 3600;
  c.storage.path = dir + "/state";
  c.log.level = "error";
  return c;
}

/// An orchestrator that was made but not started. Its tracker knows every story that is submitted through it.
struct engine {
  std::shared_ptr<tally> seen = std::make_shared<tally>();
  std::shared_ptr<callers> of_git = std::make_shared<callers>();
  test::fake_tracker* tracker = nullptr; ///< owned by the orchestrator
  process* children = nullptr;           ///< as well
  std::unique_ptr<orchestrator> runs;
  int stories = 0;

  engine(const std::string& dir, const engine_options& o) {
    auto c = engine_config(dir, o);
    lmdb_options l;
    l.path = c.storage.path;
    auto opened = open_lmdb_store(l);
    if (!opened)
      give_up(opened.error().text);
    parts p;
    p.memory = std::make_unique<counting_store>(*std::move(opened), seen);
    auto fake = std::make_unique<test::fake_tracker>(c.issue_tracker);
    tracker = fake.get();
    p.trackers.push_back(std::move(fake));
    p.host = std::make_unique<watched_host>(make_local_code_host(c.repo_hosting, {}), of_git);
    p.children = make_process_door(true); // as `hyakki run` does
    children = p.children.get();
    auto made = orchestrator::make(c, {}, std::move(p));
    if (!made)
      give_up(made.error().text);
    runs = *std::move(made);
  }

  void start() {
    if (auto started = runs->start(); !started)
      give_up(started.error().text);
  }

  void submit(const std::string& repository) {
    story s;
    s.tracker = "fake";
    s.key = "B-" + std::to_string(++stories);
    s.title = "Story number " + std::to_string(stories);
    s.description = "Write a file.";
    s.labels = {"repo:" + repository};
    tracker->put(s);
    if (auto taken = runs->submit(s); !taken || !*taken)
      give_up(taken ? "a story was not taken" : taken.error().text);
  }

  /// Waits until as many stories were done as were submitted.
  void finish() {
    auto so = seen->wait([&](auto& at) {
      auto count = [&](state s) {
        auto i = at.find(s);
        return i == at.end() ? std::size_t{0} : i->second;
      };
      if (count(state::failed) + count(state::parked) + count(state::backing_off) > 0)
        return true;
      return count(state::done) >= static_cast<std::size_t>(stories);
    });
    if (!so || seen->count(state::done) < static_cast<std::size_t>(stories))
      give_up("a story did not end well");
  }
};

} // namespace hyakki::bench
