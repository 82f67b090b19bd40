#include "tickets/vcs.hpp"
#include "tests/support/scratch_dir.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace hyakki::tickets;
using hyakki::test::scratch_dir;
namespace fs = std::filesystem;

namespace {

/// A home and a path of the test's own, so that nothing of this machine is read.
struct place {
  place() {
    for (auto* name :
         {"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "EMAIL", "HGUSER", "JJ_USER", "JJ_EMAIL", "JJ_CONFIG",
          "XDG_CONFIG_HOME", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_COUNT"})
      ::unsetenv(name);
    ::setenv("HOME", (root + "/home").c_str(), 1);
    fs::create_directories(root + "/home");
    fs::create_directories(root + "/repo/deep/er");
  }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path{root + "/" + name}.parent_path());
    std::ofstream{root + "/" + name} << text;
  }
  scratch_dir dir;
  std::string root = fs::canonical(dir.path()).string();
};

} // namespace

SCENARIO("a git repository is found, with its user and branch") {
  auto at = place{};
  at.write("repo/.git/HEAD", "ref: refs/heads/feature/x\n");
  at.write("home/.gitconfig", "[user]\n\tname = \"Ann \\\"A\\\" Dev\" ; remark\n\temail = ann@example.org\n"
                              "[includeIf \"gitdir:~/../repo/\"]\n\tpath = other\n"
                              "[includeIf \"gitdir:" +
                                at.root + "/repo/\"]\n\tpath = more\n");
  auto repo = find_repository(at.root + "/repo/deep/er");
  REQUIRE(repo);
  CHECK(repo->root == at.root + "/repo");
  CHECK(repo->kind == vcs::git);
  CHECK(branch_of(*repo) == "feature/x");
  CHECK(user_of(*repo).name == "Ann \"A\" Dev");
  CHECK(user_of(*repo).email == "ann@example.org");
  WHEN("a conditional file says otherwise") {
    at.write("home/more", "[user]\n\temail = ann@work.example\n");
    CHECK(user_of(*repo).email == "ann@work.example");
  }
  WHEN("variables put other files in their place") {
    at.write("system", "[user]\n\tname = Sys\n\temail = sys@example.org\n");
    at.write("global", "[user]\n\tname = Glo\n");
    ::setenv("GIT_CONFIG_SYSTEM", (at.root + "/system").c_str(), 1);
    CHECK(user_of(*repo).email == "ann@example.org");
    ::setenv("GIT_CONFIG_GLOBAL", (at.root + "/global").c_str(), 1);
    CHECK(user_of(*repo).name == "Glo");
    CHECK(user_of(*repo).email == "sys@example.org");
    ::setenv("GIT_CONFIG_GLOBAL", "", 1); // no file at all
    CHECK(user_of(*repo).name == "Sys");
    THEN("values of the environment come last") {
      ::setenv("GIT_CONFIG_COUNT", "2", 1);
      ::setenv("GIT_CONFIG_KEY_0", "User.Name", 1);
      ::setenv("GIT_CONFIG_VALUE_0", "Env", 1);
      ::setenv("GIT_CONFIG_KEY_1", "user.email", 1);
      ::setenv("GIT_CONFIG_VALUE_1", "env@example.org", 1);
      CHECK(user_of(*repo).name == "Env");
      CHECK(user_of(*repo).email == "env@example.org");
    }
    for (auto* name : {"GIT_CONFIG_SYSTEM", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_COUNT"})
      ::unsetenv(name);
  }
  WHEN("the repository's own settings say otherwise") {
    at.write("repo/.git/config", "[core]\n\tbare = false\n[user]\n\tname = Bob\n");
    CHECK(user_of(*repo).name == "Bob");
    CHECK(user_of(*repo).email == "ann@example.org");
  }
  WHEN("the head is detached") {
    at.write("repo/.git/HEAD", "0123456789012345678901234567890123456789\n");
    CHECK(branch_of(*repo) == "HEAD");
  }
  WHEN("it is a linked work tree") {
    at.write("tree/.git", "gitdir: " + at.root + "/repo/.git/worktrees/tree\n");
    at.write("repo/.git/worktrees/tree/HEAD", "ref: refs/heads/side\n");
    at.write("repo/.git/worktrees/tree/commondir", "../..\n");
    at.write("repo/.git/config", "[user]\n\tname = Bob\n");
    auto tree = find_repository(at.root + "/tree");
    REQUIRE(tree);
    CHECK(branch_of(*tree) == "side");
    CHECK(user_of(*tree).name == "Bob");
  }
  WHEN("files include each other for ever") {
    at.write("home/.gitconfig", "[user]\nname = Eve\n[include]\npath = .gitconfig\n");
    CHECK(user_of(*repo).name == "Eve");
  }
}

SCENARIO("Mercurial's user and branch are read from its files") {
  auto at = place{};
  at.write("repo/.hg/branch", "stable\n");
  at.write("home/.hgrc", "[ui]\nusername = Ann Dev <ann@example.org>\n");
  auto repo = find_repository(at.root + "/repo/deep");
  REQUIRE(repo);
  CHECK(repo->kind == vcs::hg);
  CHECK(branch_of(*repo) == "stable");
  CHECK(user_of(*repo).name == "Ann Dev");
  CHECK(user_of(*repo).email == "ann@example.org");
  fs::remove(at.root + "/repo/.hg/branch");
  CHECK(branch_of(*repo) == "default");
}

SCENARIO("Jujutsu goes before git, and its program is no condition") {
  auto at = place{};
  fs::create_directories(at.root + "/repo/.jj/repo");
  fs::create_directories(at.root + "/repo/.git");
  at.write("home/.config/jj/config.toml", "[user]\nname = \"Ann Dev\"\nemail = \"ann@example.org\"\n");
  auto repo = find_repository(at.root + "/repo");
  REQUIRE(repo);
  CHECK(repo->kind == vcs::jj);
  CHECK(user_of(*repo).name == "Ann Dev");
  auto path = std::string{std::getenv("PATH")};
  ::setenv("PATH", (at.root + "/bin").c_str(), 1);
  CHECK(branch_of(*repo).empty());
  at.write("bin/jj", "#!/bin/sh\necho topic\necho older\n");
  fs::permissions(at.root + "/bin/jj", fs::perms::owner_all);
  CHECK(branch_of(*repo) == "topic");
  at.write("bin/jj", "#!/bin/sh\necho topic\nexit 1\n");
  CHECK(branch_of(*repo).empty());
  ::setenv("PATH", path.c_str(), 1);
}

SCENARIO("outside of every repository there is none") {
  auto at = place{};
  auto found = find_repository(at.root + "/repo");
  CHECK((!found || found->root.size() < at.root.size()));
  CHECK(!find_repository("/"));
  CHECK(!find_repository(at.root + "/not there"));
}
