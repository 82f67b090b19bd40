// kill -9 at every call that changes the disk: the next call mends what was left, whatever it was.

#include "adapters/code_hosts/local.hpp"
#include "adapters/git/files.hpp"
#include "tests/adapters/git_world.hpp"

#include <fcntl.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <thread>

using namespace hyakki;
using namespace hyakki::test;

namespace {

constexpr int most_steps = 2'000;

process_output call(git_world& w, std::vector<std::string> args, int die_at = 0) {
  auto spec = process_spec{};
  spec.argv = {HYAKKI_GIT_KILL_CHILD, w.dir.path()};
  spec.argv.insert(spec.argv.end(), args.begin(), args.end());
  spec.directory = w.dir.path();
  spec.environment = {"PATH=/usr/local/bin:/usr/bin:/bin"};
  if (die_at > 0) {
    spec.environment.push_back("LD_PRELOAD=" HYAKKI_DIE_AT_MODULE);
    spec.environment.push_back("HYAKKI_DIE_AT=" + std::to_string(die_at));
    spec.environment.push_back("ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0");
  }
  return w.children->run(std::move(spec));
}

bool was_killed(const process_output& o) { return o.status.how == process_end::signalled && o.status.signal == 9; }

/// Calls `act` with 1, 2, 3 … until it is no longer killed; after each, `mended` looks. Returns how many died.
template <class Act, class Mended>
int at_every_step(Act act, Mended mended) {
  for (int step = 1; step < most_steps; ++step) {
    CAPTURE(step);
    auto out = act(step);
    INFO(out.err);
    if (!was_killed(out)) {
      REQUIRE(out.ok());
      return step - 1;
    }
    mended();
  }
  return most_steps;
}

void forget_everything(const git_world& w) {
  for (auto* name : {"state", "workspace"})
    files::remove_all(AT_FDCWD, w.dir / name);
}

/// Nothing but the names that belong there.
void check_tidy(const git_world& w) {
  auto count = 0;
  for (auto& e : std::filesystem::recursive_directory_iterator{w.dir / "state/trees"})
    count +=
      e.path().filename() == "base.new" || e.path().filename() == "retiring" || e.path().extension() == ".lock" ? 1 : 0;
  CHECK(count == 0);
}

pull_request_draft draft_of(const std::string& branch) {
  auto d = pull_request_draft{};
  d.repository = "repo";
  d.source_branch = branch;
  d.target_branch = "main";
  return d;
}

} // namespace

SCENARIO("a killed prepare is mended by the next one") {
  git_world w;
  auto at = std::string{};
  auto steps = at_every_step(
    [&](int n) {
      forget_everything(w);
      return call(w, {"prepare", "-"}, n);
    },
    [&] {
      w.open();
      auto made = w.door->prepare(w.asking("t"));
      INFO((made ? "" : made.error().text));
      REQUIRE(made);
      at = made->path;
      CHECK(w.git({"-C", at, "status", "--porcelain", "--ignored"}).empty());
      CHECK(text_of(at + "/README.md") == "hello\n");
      check_tidy(w);
    });
  CHECK(steps > 40);
}

SCENARIO("a killed reset of a tree with edits loses them only into the clone") {
  git_world w;
  auto at = w.door->prepare(w.asking("t"));
  REQUIRE(at);
  auto steps = at_every_step(
    [&](int n) {
      put_file(at->path + "/README.md", "edit " + std::to_string(n) + "\n");
      put_file(at->path + "/new", "new " + std::to_string(n) + "\n");
      return call(w, {"prepare", at->base_sha}, n);
    },
    [&] {
      auto edited = text_of(at->path + "/new");
      w.open();
      auto q = w.asking("t");
      q.at_sha = at->base_sha;
      auto again = w.door->prepare(q);
      INFO((again ? "" : again.error().text));
      REQUIRE(again);
      CHECK(text_of(at->path + "/README.md") == "hello\n");
      CHECK_FALSE(std::filesystem::exists(at->path + "/new"));
      auto clone = w.dir / "state/repos/repo.git";
      auto refs = w.git({"--git-dir=" + clone, "for-each-ref", "--format=%(refname)", "refs/hyakki/left/t/"});
      CHECK(std::count(refs.begin(), refs.end(), '\n') < 5);
      if (!edited.empty()) {
        REQUIRE_FALSE(refs.empty());
        auto held = std::string{};
        for (auto from = std::istringstream{refs}; std::getline(from, held);)
          if (w.git({"--git-dir=" + clone, "show", held + ":new"}) + "\n" == edited)
            edited.clear();
        CHECK(edited.empty());
      }
      check_tidy(w);
    });
  CHECK(steps > 20);
}

SCENARIO("a killed commit is made by the next call, with the same hash") {
  git_world w;
  auto at = w.door->prepare(w.asking("t"));
  REQUIRE(at);
  put_file(at->path + "/README.md", "edited\n");
  put_file(at->path + "/dir/new", "new\n");
  auto sha = std::string{};
  auto steps = at_every_step(
    [&](int n) {
      // without the objects that the last turn made
      files::remove_all(AT_FDCWD, w.dir / "state/repos/repo.git/refs/hyakki/trees");
      w.git({"--git-dir=" + (w.dir / "state/repos/repo.git"), "prune", "--expire=now"});
      return call(w, {"commit", at->base_sha}, n);
    },
    [&] {
      w.open();
      auto made = w.door->commit(w.committing("t", *at));
      INFO((made ? "" : made.error().text));
      REQUIRE(made);
      CHECK((sha.empty() || sha == made->sha));
      sha = made->sha;
      CHECK(w.git({"--git-dir=" + (w.dir / "state/repos/repo.git"), "fsck", "--strict", "--no-dangling"}).empty());
    });
  CHECK(steps > 10);
}

SCENARIO("a killed release is ended by the next call, and the tree serves again") {
  git_world w;
  auto q = w.asking("t");
  auto steps = at_every_step(
    [&](int n) {
      w.open();
      auto at = w.door->prepare(q);
      INFO((at ? "" : at.error().text));
      REQUIRE(at);
      return call(w, {"release", "-"}, n);
    },
    [&] {
      w.open();
      auto done = w.door->release("repo", "t", "");
      INFO((done ? "" : done.error().text));
      REQUIRE(done);
      CHECK_FALSE(std::filesystem::exists(w.dir / "workspace/t"));
      CHECK_FALSE(std::filesystem::exists(w.dir / "state/trees/t"));
      CHECK(w.door->release("repo", "t", ""));
    });
  CHECK(steps >= 6);
  auto at = w.door->prepare(q);
  REQUIRE(at);
  CHECK(w.git({"-C", at->path, "status", "--porcelain", "--ignored"}).empty());
}

SCENARIO("a killed opening of a pull request is one pull request after the next call") {
  git_world w;
  auto c = code_host_config{};
  c.path = w.dir / "host";
  auto host = make_local_code_host(c);
  int n_branch = 0;
  auto branch = std::string{};
  auto steps = at_every_step(
    [&](int n) {
      branch = "b" + std::to_string(++n_branch);
      w.in_remote({"branch", branch, "main"});
      return call(w, {"open", branch}, n);
    },
    [&] {
      auto p = host->find_or_open(draft_of(branch));
      INFO((p ? "" : p.error().text));
      REQUIRE(p);
      auto all = host->list("repo", pull_filter::all);
      REQUIRE(all);
      CHECK(std::count_if(all->begin(), all->end(), [&](auto& x) { return x.source_branch == branch; }) == 1);
      CHECK(w.in_remote({"rev-parse", "refs/pull/" + p->id + "/head"}) == p->head);
    });
  CHECK(steps > 5);
}

SCENARIO("a killed merge is merged once after the next call") {
  git_world w;
  auto c = code_host_config{};
  c.path = w.dir / "host";
  auto host = make_local_code_host(c);
  auto id = std::string{};
  auto head = std::string{};
  int n_branch = 0;
  auto steps = at_every_step(
    [&](int n) {
      auto branch = "b" + std::to_string(++n_branch);
      w.in_seed({"checkout", "-q", "-B", branch, "HEAD"});
      put_file(w.dir / ("seed/" + branch), "x\n");
      w.save(branch, branch);
      w.in_seed({"checkout", "-q", "-B", "aside", "HEAD~1"}); // main grows too: a real merge
      put_file(w.dir / ("seed/m" + branch), "x\n");
      w.in_seed({"fetch", "-q", w.remote_path(), "main"});
      w.in_seed({"checkout", "-q", "-B", "aside", "FETCH_HEAD"});
      put_file(w.dir / ("seed/m" + branch), "x\n");
      w.save("main", "main");
      auto p = host->find_or_open(draft_of(branch));
      REQUIRE(p);
      id = p->id;
      head = p->head;
      return call(w, {"merge", id}, n);
    },
    [&] {
      auto p = host->merge("repo", id);
      INFO((p ? "" : p.error().text));
      REQUIRE(p);
      CHECK(p->state == "merged");
      CHECK(host->find("repo", id)->state == "merged");
      CHECK(w.in_remote({"merge-base", head, "main"}) == head);
      auto merges = w.in_remote({"rev-list", "--merges", "--grep=^Merge pull request " + id + " from", "main"});
      CHECK(merges.size() == 40);
    });
  CHECK(steps > 10);
}

SCENARIO("eight processes opening twenty pull requests each get 160 numbers") {
  git_world w;
  auto head = w.in_remote({"rev-parse", "main"});
  auto all = std::vector<process_output>(8);
  for (int p = 0; p < 8; ++p)
    for (int i = 0; i < 20; ++i)
      put_file(w.remote_path() + "/refs/heads/p" + std::to_string(p) + "-" + std::to_string(i), head + "\n");
  auto threads = std::vector<std::thread>{};
  for (int p = 0; p < 8; ++p)
    threads.emplace_back([&, p] { all[p] = call(w, {"opens", "p" + std::to_string(p) + "-", "20"}); });
  for (auto& t : threads)
    t.join();
  auto ids = std::set<std::string>{};
  for (auto& out : all) {
    INFO(out.err);
    CHECK(out.ok());
    auto id = std::string{};
    for (auto from = std::istringstream{out.out}; std::getline(from, id);)
      ids.insert(id);
  }
  CHECK(ids.size() == 160);
  CHECK(ids.count("1") == 1);
  CHECK(ids.count("160") == 1);
  CHECK(w.in_remote({"fsck", "--strict", "--no-dangling"}).empty());
}
