#pragma once
// A store that people share by git: two branches, real git, and our merge driver as it finds it.

#include "tests/tickets_cli/cli_tickets_world.hpp"

#include <functional>

namespace hyakki::test {

/// The program by its name in the PATH, as git finds it.
class shared_store : public ticket_shell {
public:
  shared_store() {
    std::filesystem::remove_all(root() + "/.git");
    std::filesystem::create_directories(dir / "bin");
    std::filesystem::create_symlink(std::getenv("HYAKKI_PROGRAM"), dir / "bin/hyakki");
    environment = {
      "PATH=" + (dir / "bin") + ":/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM=1",      "GIT_AUTHOR_NAME=Ann Dev",
      "GIT_AUTHOR_EMAIL=ann@example.org",         "GIT_COMMITTER_NAME=Ann Dev", "GIT_COMMITTER_EMAIL=ann@example.org"};
    git({"init", "-q", "-b", "main"});
    init = asked({"init"});
    id = asked({"create", "Fix the login", "-d", "It fails."})["id"];
    save();
  }
  told git(std::vector<std::string> words) { return run("/usr/bin/git", std::move(words)); }
  void save() {
    REQUIRE(git({"add", "-A"}).code == 0);
    REQUIRE(git({"commit", "-qm", "tickets"}).code == 0);
  }
  void branch(const std::function<void()>& work) {
    REQUIRE(git({"checkout", "-q", "-b", "theirs"}).code == 0);
    now = "2026-11-20T12:30:00";
    work();
    save();
    REQUIRE(git({"checkout", "-q", "main"}).code == 0);
    now = "2026-11-20T13:00:00";
  }
  void done(std::vector<std::string> words) {
    auto answer = tickets(std::move(words));
    INFO(answer.out << answer.err);
    REQUIRE(answer.code == 0);
  }
  void theirs(std::vector<std::string> words) {
    branch([&] { done(std::move(words)); });
  }

  json init;
  std::string id;
};

} // namespace hyakki::test
