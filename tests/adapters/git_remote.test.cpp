// Malicious remotes, damaged clones, a planted environment: what comes from outside, and what a disk does to us.

#include "tests/adapters/git_world.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <future>
#include <sstream>

using namespace hyakki;
using namespace hyakki::test;

namespace {

struct raw_entry {
  std::string mode, name, sha;
};

/// Writes an object as it is, without any of git's checks.
std::string object(git_world& w, const std::string& type, const std::string& bytes) {
  auto spec = process_spec{};
  spec.argv = {"git", "--git-dir=" + w.remote_path(), "hash-object", "-t", type, "--literally", "-w", "--stdin"};
  spec.environment = {"PATH=/usr/local/bin:/usr/bin:/bin"};
  spec.directory = w.dir.path();
  spec.input = bytes;
  auto out = w.children->run(std::move(spec));
  INFO(out.err);
  REQUIRE(out.ok());
  return out.out.substr(0, 40);
}

std::string tree(git_world& w, const std::vector<raw_entry>& entries) {
  auto bytes = std::string{};
  for (auto& e : entries) {
    bytes += e.mode + " " + e.name + '\0';
    for (std::size_t i = 0; i < 40; i += 2)
      bytes += static_cast<char>(std::stoi(e.sha.substr(i, 2), nullptr, 16));
  }
  return object(w, "tree", bytes);
}

void publish(git_world& w, const std::string& branch, const std::string& tree_sha) {
  auto commit = object(
    w, "commit", "tree " + tree_sha + "\nauthor t <t@t> 1700000000 +0000\ncommitter t <t@t> 1700000000 +0000\n\nx\n");
  put_file(w.remote_path() + "/refs/heads/" + branch, commit + "\n");
}

std::string clone_of(const git_world& w) { return w.dir / "state/repos/repo.git"; }

/// The file of a loose object.
std::string loose(const std::string& repository, const std::string& sha) {
  return repository + "/objects/" + sha.substr(0, 2) + "/" + sha.substr(2);
}

/// Takes one object out of the clone, wherever it lies.
void lose(git_world& w, const std::string& sha) {
  auto packs = std::vector<std::string>{};
  for (auto& e : std::filesystem::directory_iterator{clone_of(w) + "/objects/pack"})
    packs.push_back(e.path().string());
  for (auto& p : packs) {
    std::filesystem::rename(p, w.dir / std::filesystem::path{p}.filename().string());
    if (p.size() > 5 && p.substr(p.size() - 5) == ".pack") {
      auto spec = process_spec{};
      spec.argv = {"git", "--git-dir=" + clone_of(w), "unpack-objects", "-q"};
      spec.environment = {"PATH=/usr/local/bin:/usr/bin:/bin"};
      spec.directory = w.dir.path();
      spec.input = text_of(w.dir / std::filesystem::path{p}.filename().string());
      REQUIRE(w.children->run(std::move(spec)).ok());
    }
  }
  REQUIRE(std::filesystem::remove(loose(clone_of(w), sha)));
}

std::string messages(const result<prepared_tree>& r) { return r ? "" : r.error().text; }

} // namespace

SCENARIO("a tree that a malicious remote made is refused as a whole, or harmless") {
  git_world w;
  auto blob = object(w, "blob", "#!/bin/sh\ntouch " + (w.dir / "canary") + "\n");
  auto away = object(w, "blob", w.dir / "elsewhere");
  auto inner = tree(w, {{"100755", "x", blob}});
  auto hooks = tree(w, {{"40000", "hooks", inner}});
  auto deep = inner;
  for (int i = 0; i < 200; ++i)
    deep = tree(w, {{"40000", "d", deep}});
  auto zero = std::string(40, '0');
  struct bad_tree {
    std::string what;
    std::vector<raw_entry> entries;
    bool safe = false; ///< may be checked out
  };
  auto all = std::vector<bad_tree>{
    {".git/hooks", {{"40000", ".git", hooks}}},
    {".GIT/hooks", {{"40000", ".GIT", hooks}}},
    {".git as a file", {{"100644", ".git", blob}}},
    {".git as a link", {{"120000", ".git", away}}},
    {".git as a submodule", {{"160000", ".git", zero}}},
    {"git~1", {{"40000", "git~1", hooks}}},
    {".git with a blank", {{"40000", ".git ", hooks}}},
    {".git with an ignorable sign", {{"40000", ".g\xe2\x80\x8cit", hooks}}},
    {".git::$INDEX_ALLOCATION", {{"40000", ".git::$INDEX_ALLOCATION", hooks}}},
    {"nested .git", {{"40000", "a", tree(w, {{"40000", ".git", hooks}})}}},
    {"..", {{"40000", "..", inner}}},
    {"..as a file", {{"100644", "..", blob}}},
    {".", {{"40000", ".", inner}}},
    {"a slash in a name", {{"100644", "../../canary", blob}}},
    {"an absolute name", {{"100644", "/tmp/x", blob}}},
    {"a file twice", {{"100644", "a", blob}, {"100644", "a", away}}},
    {"a link and a directory of one name", {{"120000", "a", away}, {"40000", "a", inner}}},
    {"a directory and a link of one name", {{"40000", "a", inner}, {"120000", "a", away}}},
    {"a file and a submodule of one name", {{"100644", "a", blob}, {"160000", "a", zero}}},
    {"a tree that is too deep", {{"40000", "d", deep}}},
    {"a name that is too long", {{"100644", std::string(300, 'n'), blob}}},
    {"an object that is not there", {{"100644", "a", std::string(40, '1')}}},
    {"a blob as a directory", {{"40000", "a", blob}}},
    {"a tree as a file", {{"100644", "a", inner}}},
    {"a link whose target is a whole file", {{"120000", "a", object(w, "blob", std::string(5000, 'x'))}}},
    {"a link with a NUL", {{"120000", "a", object(w, "blob", std::string("a\0b", 3))}}, true},
    {"a link to elsewhere", {{"120000", "a", away}}, true},
    {"an odd mode", {{"100777", "a", blob}}, true},
    {"modules with commands",
     {{"100644", ".gitmodules",
       object(w, "blob",
              "[submodule \"../../x\"]\n\tpath = sub\n\turl = ext::sh -c touch% canary\n\tupdate = !touch canary\n")},
      {"160000", "sub", std::string(40, '2')}},
     true},
  };
  ::mkdir((w.dir / "elsewhere").c_str(), 0755);
  int n = 0;
  for (auto& bad : all) {
    INFO(bad.what);
    auto name = "bad" + std::to_string(++n);
    publish(w, name, tree(w, bad.entries));
    auto q = w.asking(name);
    q.base = name;
    auto at = w.door->prepare(q);
    INFO(messages(at));
    if (!bad.safe)
      CHECK_FALSE(at);
    if (at) {
      put_file(at->path + "/mine", "x\n");
      auto c = w.committing(name, *at);
      auto made = w.door->commit(c);
      INFO((made ? "" : made.error().text));
      CHECK(made);
    }
    // nothing was written anywhere but into the tree, and nothing ran
    CHECK_FALSE(std::filesystem::exists(w.dir / "canary"));
    CHECK(std::filesystem::is_empty(w.dir / "elsewhere"));
    for (auto* place : {"workspace/.git", "workspace/x", "workspace/hooks"})
      CHECK_FALSE(std::filesystem::exists(w.dir / place));
    CHECK_FALSE(std::filesystem::exists(w.dir / ("workspace/" + name + "/.git/hooks")));
  }
  CHECK(w.door->prepare(w.asking("good")));
}

SCENARIO("submodules of the base stay what they are") {
  git_world w;
  auto theirs = std::string(40, '3');
  put_file(w.dir / "seed/.gitmodules", "[submodule \"lib\"]\n\tpath = lib\n\turl = https://example.org/lib.git\n");
  w.in_seed({"add", ".gitmodules"});
  w.in_seed({"update-index", "--add", "--cacheinfo", "160000," + theirs + ",lib"});
  w.in_seed({"commit", "-q", "-m", "module"});
  w.in_seed({"push", "-q", w.remote_path(), "HEAD:refs/heads/main"});
  auto at = w.door->prepare(w.asking("a"));
  INFO(messages(at));
  REQUIRE(at);
  CHECK(std::filesystem::is_directory(at->path + "/lib"));
  CHECK(w.door->commit(w.committing("a", *at)).error().code == ec::no_changes);
  put_file(at->path + "/lib/file", "what an agent puts there is not published\n");
  put_file(at->path + "/README.md", "edited\n");
  auto made = w.door->commit(w.committing("a", *at));
  REQUIRE(made);
  CHECK(made->files.size() == 1);
  REQUIRE(w.door->push({w.where(), "feature/x", made->sha, ""}));
  CHECK(w.in_remote({"ls-tree", "feature/x", "lib"}) == "160000 commit " + theirs + "\tlib");
  REQUIRE(w.door->release("repo", "a", made->sha));
  auto warm = w.door->prepare(w.asking("b"));
  REQUIRE(warm);
  CHECK(std::filesystem::is_empty(warm->path + "/lib"));
}

SCENARIO("a damaged clone is made again when it keeps nobody's commit") {
  auto damage = std::string{GENERATE("no HEAD", "configuration", "lost file", "lost directory", "lost commit",
                                     "other content", "reference", "gone")};
  auto keep = GENERATE(false, true);
  INFO(damage << (keep ? ", tree kept" : ""));
  git_world w;
  REQUIRE(w.door->prepare(w.asking("a")));
  auto file = w.in_remote({"rev-parse", "main:README.md"});
  auto head = w.in_remote({"rev-parse", "main"});
  if (damage == "no HEAD")
    std::filesystem::remove(clone_of(w) + "/HEAD");
  else if (damage == "configuration")
    put_file(clone_of(w) + "/config", "[[[");
  else if (damage == "lost file" || damage == "other content")
    lose(w, file);
  else if (damage == "lost directory")
    lose(w, w.in_remote({"rev-parse", "main:src0"}));
  else if (damage == "lost commit")
    lose(w, head);
  else if (damage == "gone")
    std::filesystem::remove_all(clone_of(w));
  else
    for (auto& e : std::filesystem::directory_iterator{clone_of(w) + "/refs/hyakki/base"})
      put_file(e.path().string(), "nonsense\n");
  if (damage == "other content")
    put_file(loose(clone_of(w), file), "garbage");
  w.open();
  if (keep) {
    put_file(w.dir / "workspace/a/README.md", "edited\n");
    auto q = w.asking("a");
    q.at_sha = head;
    q.keep = true;
    auto at = w.door->prepare(q);
    INFO(messages(at));
    REQUIRE(at);
    CHECK(at->kept);
    CHECK(text_of(at->path + "/README.md") == "edited\n");
    return;
  }
  auto at = w.door->prepare(w.asking("b"));
  INFO(messages(at));
  REQUIRE(at);
  CHECK(text_of(at->path + "/README.md") == "hello\n");
  CHECK(w.git({"-C", at->path, "status", "--porcelain"}).empty());
  put_file(at->path + "/README.md", "edited\n");
  CHECK(w.door->commit(w.committing("b", *at)));
  CHECK(w.git({"--git-dir=" + clone_of(w), "fsck", "--strict", "--no-dangling"}).empty());
  CHECK((damage == "gone" || damage == "lost commit" || std::filesystem::exists(clone_of(w) + ".broken1")));
}

SCENARIO("a damaged clone that keeps commits is left alone, with a clear word") {
  git_world w;
  auto at = w.door->prepare(w.asking("a"));
  REQUIRE(at);
  put_file(at->path + "/README.md", "edited\n");
  auto made = w.door->commit(w.committing("a", *at));
  REQUIRE(made);
  lose(w, w.in_remote({"rev-parse", "main:src0"}));
  w.open();
  auto refused = w.door->prepare(w.asking("b"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ec::rejected);
  CHECK(refused.error().text.find("may not be pushed") != std::string::npos);
  CHECK(refused.error().text.find(clone_of(w)) != std::string::npos);
  CHECK(w.git({"--git-dir=" + clone_of(w), "cat-file", "-t", made->sha}) == "commit");
}

SCENARIO("edits that a reset throws away are kept in the clone, five of them") {
  git_world w;
  auto at = w.door->prepare(w.asking("t/FIX-1"));
  REQUIRE(at);
  CHECK(at->left.empty());
  auto q = w.asking("t/FIX-1");
  q.at_sha = at->base_sha;
  CHECK(w.door->prepare(q)->left.empty()); // nothing was edited
  auto left = std::string{};
  for (int i = 1; i <= 8; ++i) {
    put_file(at->path + "/README.md", "edit " + std::to_string(i) + "\n");
    auto reset = w.door->prepare(q);
    REQUIRE(reset);
    left = reset->left;
    CHECK(left.find("refs/hyakki/left/") == 0);
    CHECK(left.substr(left.rfind('/')) == "/" + std::to_string(i));
    CHECK(text_of(at->path + "/README.md") == "hello\n");
    CHECK(w.git({"--git-dir=" + clone_of(w), "show", left + ":README.md"}) == "edit " + std::to_string(i));
  }
  put_file(at->path + "/README.md", "edit 8\n");
  CHECK(w.door->prepare(q)->left == left); // the same again is not kept twice
  auto refs = w.git({"--git-dir=" + clone_of(w), "for-each-ref", "refs/hyakki/left/"});
  CHECK(std::count(refs.begin(), refs.end(), '\n') == 4);
  put_file(at->path + "/large", std::string(2 << 20, 'x')); // beyond what may be committed: said, and no obstacle
  auto reset = w.door->prepare(q);
  REQUIRE(reset);
  CHECK(reset->left.find("not kept: ") == 0);
  CHECK_FALSE(std::filesystem::exists(at->path + "/large"));
  for (auto* odd : {"a..b", "x.lock", "y."}) {
    auto o = w.asking(odd);
    auto there = w.door->prepare(o);
    REQUIRE(there);
    put_file(there->path + "/README.md", "odd\n");
    o.at_sha = there->base_sha;
    CHECK(w.door->prepare(o)->left.find("refs/hyakki/left/") == 0);
  }
}

SCENARIO("what stands in our own environment does not matter") {
  auto names = std::vector<std::pair<const char*, std::string>>{
    {"GIT_DIR", "/nonexistent"},
    {"GIT_WORK_TREE", "/"},
    {"GIT_INDEX_FILE", "/nonexistent/i"},
    {"GIT_OBJECT_DIRECTORY", "/nonexistent/o"},
    {"GIT_COMMON_DIR", "/nonexistent"},
    {"GIT_NAMESPACE", "evil"},
    {"GIT_CONFIG_COUNT", "1"},
    {"GIT_CONFIG_KEY_0", "core.fsmonitor"},
    {"GIT_TEMPLATE_DIR", ""},
    {"GIT_ALTERNATE_OBJECT_DIRECTORIES", "/nonexistent"},
    {"GIT_CEILING_DIRECTORIES", "/"},
    {"GIT_DEFAULT_HASH", "sha256"},
    {"GIT_REPLACE_REF_BASE", "refs/x"},
    {"GIT_TRACE", "1"},
  };
  git_world w;
  auto canary = w.dir / "canary";
  auto payload = w.dir / "payload";
  put_file(payload, "#!/bin/sh\necho ran >> " + canary + "\n");
  ::chmod(payload.c_str(), 0755);
  put_file(w.dir / "home/.gitconfig", "[core]\n\tfsmonitor = " + payload + "\n\tsshCommand = " + payload + "\n");
  for (auto* name : {"GIT_EXTERNAL_DIFF", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "SSH_ASKPASS", "GIT_EDITOR",
                     "GIT_PAGER", "GIT_PROXY_COMMAND", "GIT_CONFIG_VALUE_0", "GIT_SEQUENCE_EDITOR"})
    names.emplace_back(name, payload);
  names.emplace_back("HOME", w.dir / "home");
  names.emplace_back("XDG_CONFIG_HOME", w.dir / "home");
  names.emplace_back("GIT_CONFIG_GLOBAL", w.dir / "home/.gitconfig");
  names.emplace_back("GIT_CONFIG_SYSTEM", w.dir / "home/.gitconfig");
  names.emplace_back("GIT_EXEC_PATH", w.dir / "home");
  auto kept = std::vector<std::string>(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto* old = ::getenv(names[i].first);
    kept[i] = old != nullptr ? old : "";
    ::setenv(names[i].first, names[i].second.c_str(), 1);
  }
  w.open();
  auto at = w.door->prepare(w.asking("a"));
  auto made = result<tree_commit>{error{}};
  auto pushed = result<void>{};
  auto text = result<std::string>{std::string{}};
  auto back = result<void>{};
  if (at) {
    put_file(at->path + "/README.md", "edited\n");
    text = w.door->diff("repo", "a", 10'000);
    made = w.door->commit(w.committing("a", *at));
    if (made) {
      pushed = w.door->push({w.where(), "feature/x", made->sha, ""});
      back = w.door->release("repo", "a", made->sha);
    }
  }
  for (std::size_t i = 0; i < names.size(); ++i)
    if (kept[i].empty())
      ::unsetenv(names[i].first);
    else
      ::setenv(names[i].first, kept[i].c_str(), 1);
  INFO(messages(at));
  REQUIRE(at);
  INFO((made ? "" : made.error().text));
  REQUIRE(made);
  CHECK(pushed);
  CHECK(back);
  REQUIRE(text);
  CHECK(text->find("+edited") != std::string::npos);
  CHECK(w.in_remote({"rev-parse", "feature/x"}) == made->sha);
  CHECK_FALSE(std::filesystem::exists(canary));
}

SCENARIO("a push that outlives its engine is ended by the next one") {
  git_world w;
  auto at = w.door->prepare(w.asking("one"));
  REQUIRE(at);
  put_file(at->path + "/new.txt", "x\n");
  auto done = w.door->commit(w.committing("one", *at));
  REQUIRE(done);
  // stands for git: says that it runs, and goes on
  auto began = w.dir / "began";
  ::mkfifo(began.c_str(), 0600);
  put_file(w.dir / "bin/slow", "#!/bin/sh\necho $$ > " + began + "\nexec sleep 600\n");
  ::chmod((w.dir / "bin/slow").c_str(), 0755);
  auto o = git_options{};
  o.state_dir = w.dir / "state";
  o.workspace_dir = w.dir / "workspace";
  o.program = w.dir / "bin/slow";
  o.mark = "test-" + std::to_string(::getpid()) + "-push/git";
  auto slow = open_git_door(*w.children, o);
  REQUIRE(slow);
  auto pushed = std::async(std::launch::async, [&] { return (*slow)->push({w.where(), "feature/x", done->sha, ""}); });
  auto pid = 0;
  std::ifstream{began} >> pid;
  REQUIRE(pid > 0);
  auto later = make_process_door(false);
  CHECK(later->end_leftovers("test-" + std::to_string(::getpid()) + "-push/") == 1);
  auto how = pushed.get();
  REQUIRE_FALSE(how);
  CHECK(how.error().text.find("signal 9") != std::string::npos);
  CHECK(::kill(pid, 0) != 0);
}

SCENARIO("a repository that took the place of another is seen at once, though handles are kept") {
  git_world w;
  REQUIRE(w.door->prepare(w.asking("one")));
  auto before = w.in_remote({"rev-parse", "main"});
  std::filesystem::rename(w.remote_path(), w.dir / "host/old.git");
  w.git({"init", "-q", "--bare", "-b", "main", w.remote_path()});
  w.save("anew");
  auto next = w.door->prepare(w.asking("two"));
  REQUIRE(next);
  CHECK(next->base_sha != before);
  CHECK(next->base_sha == w.in_remote({"rev-parse", "main"}));
}
