#include "tests/adapters/git_world.hpp"

#include <sys/stat.h>

#include <algorithm>

using namespace hyakki;
using namespace hyakki::test;

SCENARIO("a story's change goes from a tree to the remote") {
  git_world w;
  auto at = w.door->prepare(w.asking("t/FIX-1"));
  INFO((at ? "" : at.error().text));
  REQUIRE(at);
  CHECK(at->base_branch == "main");
  CHECK(at->base_sha == w.in_remote({"rev-parse", "main"}));
  CHECK(w.door->has_tree("repo", "t/FIX-1"));
  CHECK_FALSE(w.door->has_tree("other", "t/FIX-1"));
  CHECK(w.git({"-C", at->path, "status", "--porcelain"}).empty());
  CHECK(w.git({"-C", at->path, "rev-parse", "--abbrev-ref", "HEAD"}) == "feature/x");
  auto nothing = w.door->commit(w.committing("t/FIX-1", *at));
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().code == ec::no_changes);

  put_file(at->path + "/new dir/n\xc3\xa9w.txt", "one\ntwo\n");
  put_file(at->path + "/README.md", "hello\nworld\n");
  put_file(at->path + "/bin.dat", std::string("\0\1\2", 3));
  put_file(at->path + "/build/out.o", "ignored");
  std::filesystem::rename(at->path + "/src0/file1.txt", at->path + "/src0/moved.txt");
  auto hash = w.door->tree_hash("repo", "t/FIX-1");
  auto text = w.door->diff("repo", "t/FIX-1", 100'000);
  auto done = w.door->commit(w.committing("t/FIX-1", *at));
  INFO((done ? "" : done.error().text));
  REQUIRE(done);
  REQUIRE(hash);
  REQUIRE(text);
  CHECK(*hash == done->tree_sha);
  CHECK(text->find("+world") != std::string::npos);
  CHECK(text->find("rename to src0/moved.txt") != std::string::npos);
  CHECK(done->files.size() == 4);
  for (auto& f : done->files) {
    if (f.path == "bin.dat")
      CHECK(f.binary);
    if (f.path == "new dir/n\xc3\xa9w.txt")
      CHECK(f.added == 2);
    if (f.path == "src0/moved.txt")
      CHECK(f.added + f.removed == 0);
  }
  CHECK(w.door->commit(w.committing("t/FIX-1", *at))->sha == done->sha);
  CHECK(w.door->release("repo", "t/FIX-1", "").error().code == ec::rejected);

  auto order = push_request{w.where(), "feature/x", done->sha, ""};
  auto pushed = w.door->push(order);
  INFO((pushed ? "" : pushed.error().text));
  REQUIRE(pushed);
  CHECK(w.door->push(order));
  CHECK(w.in_remote({"rev-parse", "feature/x"}) == done->sha);
  CHECK(w.in_remote({"rev-parse", "feature/x^{tree}"}) == done->tree_sha);
  CHECK(w.in_remote({"fsck", "--strict"}).empty());
  CHECK(w.door->release("repo", "t/FIX-1", done->sha));
  CHECK_FALSE(std::filesystem::exists(at->path));
  CHECK(w.door->release("repo", "t/FIX-1", done->sha));

  WHEN("the next story gets the warm tree") {
    put_file(w.dir / "seed/README.md", "changed\n");
    std::filesystem::remove(w.dir / "seed/src0/file2.txt");
    w.save("second");
    auto next = w.door->prepare(w.asking("t/FIX-2", "feature/y"));
    REQUIRE(next);
    THEN("it holds exactly the new base") {
      CHECK(next->warm);
      CHECK(w.git({"-C", next->path, "status", "--porcelain", "--ignored"}).empty());
      CHECK(text_of(next->path + "/README.md") == "changed\n");
      CHECK(w.door->commit(w.committing("t/FIX-2", *next, "feature/y")).error().code == ec::no_changes);
    }
  }
}

SCENARIO("files as young as the index are looked into, and written again only when they differ") {
  git_world w;
  auto at = w.door->prepare(w.asking("one"));
  REQUIRE(at);
  auto inode = [](const std::string& path) {
    struct stat s {};
    REQUIRE(::stat(path.c_str(), &s) == 0);
    return s.st_ino;
  };
  auto same = inode(at->path + "/src0/file0.txt");
  REQUIRE(w.door->release("repo", "one", ""));
  // as if all of it had been written in one tick of the clock
  auto index = std::string{};
  for (auto& e : std::filesystem::recursive_directory_iterator{w.dir / "state/warm"})
    if (e.path().filename() == "index")
      index = e.path().string();
  REQUIRE_FALSE(index.empty());
  std::filesystem::last_write_time(index, std::filesystem::file_time_type::clock::now() - std::chrono::hours{1});
  auto next = w.door->prepare(w.asking("two"));
  REQUIRE(next);
  CHECK(next->warm);
  CHECK(inode(next->path + "/src0/file0.txt") == same);
  CHECK(w.git({"-C", next->path, "status", "--porcelain", "--ignored"}).empty());
}

SCENARIO("edits are kept when asked for and reset when not") {
  git_world w;
  auto at = w.door->prepare(w.asking("a"));
  REQUIRE(at);
  put_file(at->path + "/README.md", "edited\n");
  auto q = w.asking("a");
  q.at_sha = at->base_sha;
  q.keep = true;
  w.open(); // as after a restart
  auto kept = w.door->prepare(q);
  REQUIRE(kept);
  CHECK(kept->kept);
  CHECK(text_of(at->path + "/README.md") == "edited\n");
  q.keep = false;
  auto reset = w.door->prepare(q);
  REQUIRE(reset);
  CHECK_FALSE(reset->kept);
  CHECK(text_of(at->path + "/README.md") == "hello\n");
}

SCENARIO("a clone that is damaged while an agent works is fetched again, and the work is committed") {
  namespace fs = std::filesystem;
  auto each_object = [](const std::string& clone, const std::function<void(const fs::path&)>& harm) {
    auto all = std::vector<fs::path>{};
    for (auto& e : fs::recursive_directory_iterator{clone + "/objects"})
      if (e.is_regular_file())
        all.push_back(e.path());
    for (auto& path : all)
      harm(path);
  };
  using harm = std::pair<std::string, std::function<void(const std::string&)>>;
  auto harms = std::vector<harm>{
    {"no objects", [](auto& clone) { fs::remove_all(clone + "/objects"); }},
    {"empty objects", [&](auto& clone) { each_object(clone, [](auto& one) { fs::remove(one); }); }},
    {"junk in the objects",
     [&](auto& clone) {
       each_object(clone, [](auto& one) {
         fs::permissions(one, fs::perms::owner_all);
         put_file(one.string(), "junk");
       });
     }},
    {"nothing at all", [](auto& clone) { fs::remove_all(clone); }},
  };
  for (auto& [what, happens] : harms)
    for (bool again : {false, true}) { // with handles that were used before, and as after a restart
      INFO(what << (again ? ", after a restart" : ""));
      git_world w;
      auto at = w.door->prepare(w.asking("a"));
      REQUIRE(at);
      put_file(at->path + "/README.md", "edited\n");
      fs::remove(at->path + "/src0/file1.txt");
      auto before = w.door->tree_hash("repo", "a");
      REQUIRE(before);
      if (again) {
        w.open();
        auto kept = w.asking("a");
        kept.at_sha = at->base_sha;
        kept.keep = true;
        REQUIRE(w.door->prepare(kept));
      }
      auto clone = w.dir / "state/repos/repo.git";
      happens(clone);
      auto diff = w.door->diff("repo", "a", 10'000);
      INFO((diff ? std::string{} : to_string(diff.error())));
      REQUIRE(diff);
      CHECK(diff->find("+edited") != std::string::npos);
      happens(clone);
      auto hash = w.door->tree_hash("repo", "a");
      REQUIRE(hash);
      CHECK(*hash == *before);
      happens(clone);
      auto made = w.door->commit(w.committing("a", *at));
      REQUIRE(made);
      CHECK(made->tree_sha == *before);
      CHECK(made->files.size() == 2);
      CHECK(w.door->push({w.where(), "feature/x", made->sha, ""}));
      CHECK(w.in_remote({"show", "feature/x:README.md"}) == "edited");
      CHECK(fs::exists(clone + ".broken1") == (what != "nothing at all"));
      // now it keeps a commit that may not be pushed: it is left where it is, and that is said
      if (what != "nothing at all") {
        happens(clone);
        auto refused = w.door->commit(w.committing("a", *at));
        REQUIRE_FALSE(refused);
        CHECK(refused.error() == ec::rejected);
        CHECK(refused.error().text.find("keeps commits") != std::string::npos);
        CHECK(text_of(at->path + "/README.md") == "edited\n");
      }
    }
}

SCENARIO("a clone that cannot be fetched again costs the story its try, and nothing of its tree") {
  git_world w;
  auto at = w.door->prepare(w.asking("a"));
  REQUIRE(at);
  put_file(at->path + "/README.md", "edited\n");
  auto remote = w.remote_path();
  std::filesystem::rename(remote, remote + ".away");
  std::filesystem::remove_all(w.dir / "state/repos/repo.git/objects");
  CHECK_FALSE(w.door->commit(w.committing("a", *at)));
  auto asked = w.door->commit(w.committing("a", *at));
  REQUIRE_FALSE(asked);
  CHECK(asked.error() != ec::not_found); // which would mean that the tree is gone
  CHECK(text_of(at->path + "/README.md") == "edited\n");
  std::filesystem::rename(remote + ".away", remote);
  CHECK(w.door->commit(w.committing("a", *at)));
}

SCENARIO("an index that is lost or damaged is made anew from the base") {
  git_world w;
  put_file(w.dir / "seed/build/kept.txt", "ignored, and in the repository\n");
  w.save("second");
  auto at = w.door->prepare(w.asking("a"));
  REQUIRE(at);
  put_file(at->path + "/README.md", "edited\n");
  put_file(at->path + "/build/scratch.o", "ignored\n");
  auto before = w.door->tree_hash("repo", "a");
  REQUIRE(before);
  auto index = w.dir / "state/trees/a/index";
  REQUIRE(std::filesystem::exists(index));
  auto whole = text_of(index);
  for (auto& bytes : {std::string{}, std::string{"junk"}, whole.substr(0, whole.size() / 2), whole + "x"}) {
    put_file(index, bytes);
    auto hash = w.door->tree_hash("repo", "a");
    INFO((hash ? std::string{} : to_string(hash.error())));
    REQUIRE(hash);
    CHECK(*hash == *before);
  }
  std::filesystem::remove(index);
  auto made = w.door->commit(w.committing("a", *at));
  REQUIRE(made);
  CHECK(made->tree_sha == *before);
  REQUIRE(made->files.size() == 1);
  CHECK(made->files[0].path == "README.md");
}

SCENARIO("a push that would overwrite is refused, by lease and by the host's hook") {
  git_world w;
  auto at = w.door->prepare(w.asking("a"));
  REQUIRE(at);
  put_file(at->path + "/x", "x");
  auto c = w.door->commit(w.committing("a", *at));
  REQUIRE(c);
  w.save("theirs", "feature/x");
  auto refused = w.door->push({w.where(), "feature/x", c->sha, ""});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ec::rejected);
  CHECK(refused.error().text.find("branch 'feature/x' of repo exists there already with other work") !=
        std::string::npos);
  CHECK(refused.error().text.find("hyakki retry") != std::string::npos);
  auto meanwhile = w.door->push({w.where(), "feature/x", c->sha, at->base_sha});
  REQUIRE_FALSE(meanwhile);
  CHECK(meanwhile.error().text.find("somebody pushed to it") != std::string::npos);
  auto moved = w.in_remote({"rev-parse", "feature/x"});
  CHECK(w.door->push({w.where(), "feature/x", c->sha, moved}));
  put_file(w.remote_path() + "/hooks/pre-receive", "#!/bin/sh\necho no pushing today >&2\nexit 1\n");
  ::chmod((w.remote_path() + "/hooks/pre-receive").c_str(), 0755);
  auto hooked = w.door->push({w.where(), "feature/z", c->sha, ""});
  REQUIRE_FALSE(hooked);
  CHECK(hooked.error().code == ec::rejected);
  CHECK(hooked.error().text.find("no pushing today") != std::string::npos);
}

SCENARIO("what must not be published is refused") {
  git_world w;
  auto at = w.door->prepare(w.asking("a"));
  REQUIRE(at);
  auto code = [&] {
    auto c = w.door->commit(w.committing("a", *at));
    return c ? ec::no_changes : c.error().code;
  };
  WHEN("a repository is nested") {
    w.git({"init", "-q", at->path + "/nested"});
    CHECK(code() == ec::rejected);
  }
  WHEN("it is nested where it is ignored") {
    w.git({"init", "-q", at->path + "/build/nested"});
    CHECK(code() == ec::no_changes);
  }
  WHEN("a link leads out") {
    std::filesystem::create_symlink("../../etc/passwd", at->path + "/src0/out");
    CHECK(code() == ec::rejected);
  }
  WHEN("a link stays in") {
    std::filesystem::create_symlink("../README.md", at->path + "/src0/in");
    auto c = w.door->commit(w.committing("a", *at));
    REQUIRE(c);
  }
  WHEN("it is too large") {
    put_file(at->path + "/large", std::string(2 << 20, 'x'));
    CHECK(code() == ec::over_budget);
  }
  WHEN("there are too many files") {
    for (int i = 0; i < 501; ++i)
      put_file(at->path + "/many/" + std::to_string(i), "x");
    CHECK(code() == ec::over_budget);
  }
  WHEN("a name is one of git's") {
    put_file(at->path + "/src0/.GIT/config", "x");
    CHECK(code() == ec::rejected);
  }
  WHEN("an ignore file never ends") {
    std::filesystem::remove(at->path + "/.gitignore");
    ::mkfifo((at->path + "/.gitignore").c_str(), 0600);
    CHECK(code() == ec::rejected);
  }
}

SCENARIO("a directory of somebody else is not taken over, and names stay inside") {
  git_world w;
  put_file(w.dir / "workspace/mine/file", "precious");
  CHECK(w.door->prepare(w.asking("mine")).error().code == ec::rejected);
  CHECK(text_of(w.dir / "workspace/mine/file") == "precious");
  for (auto* name : {"../x", "/abs", "-rf", "..", ".git", ".warm", "a\nb", "--upload-pack=x"}) {
    auto at = w.door->prepare(w.asking(name));
    REQUIRE(at);
    CHECK(std::filesystem::path{at->path}.parent_path() == std::filesystem::canonical(w.dir / "workspace"));
  }
  for (auto* branch : {"-x", "a..b", "a b", "@{u}", "x.lock", "", "a\nb", "refs/../x", "HEAD"})
    CHECK(w.door->prepare(w.asking("b", branch)).error().code == ec::rejected);
  for (auto* url : {"ext::sh -c touch% x", "http://example.org/x", "https://u:p@example.org/x", "--upload-pack=x",
                    "ssh://-oProxyCommand=x/y", "relative"}) {
    auto q = w.asking("c");
    q.from.url = url;
    CHECK(w.door->prepare(q).error().code == ec::rejected);
  }
}

SCENARIO("line ends follow the repository's attributes, both ways") {
  git_world w;
  put_file(w.dir / "seed/.gitattributes", "*.bat text eol=crlf\n");
  put_file(w.dir / "seed/run.bat", "one\ntwo\n");
  w.save("attributes", "release/1.0");
  w.in_remote({"symbolic-ref", "HEAD", "refs/heads/release/1.0"});
  auto at = w.door->prepare(w.asking("a"));
  REQUIRE(at);
  CHECK(at->base_branch == "release/1.0");
  CHECK(text_of(at->path + "/run.bat") == "one\r\ntwo\r\n");
  CHECK(w.door->commit(w.committing("a", *at)).error().code == ec::no_changes);
  put_file(at->path + "/run.bat", "one\r\ntwo\r\nthree\r\n");
  auto c = w.door->commit(w.committing("a", *at));
  REQUIRE(c);
  REQUIRE(c->files.size() == 1);
  CHECK(c->files[0].added == 1);
  CHECK(c->files[0].removed == 0);
}
