#include "tests/support/children.hpp"
#include "tests/tickets/ticket_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace hyakki;
using namespace hyakki::test;

namespace {

pid_t start(std::vector<std::string> args, std::string environment = {}) {
  return test::start(HYAKKI_TICKETS_CHILD, std::move(args), std::move(environment));
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++n;
  return n;
}

/// The store must be whole, whatever happened to its last writer.
void check_whole(const ticket_world& world) {
  auto ticket = world.ticket("T-1");
  CHECK(ticket.text("title") == "A story");
  CHECK(ticket.bytes().find("test_coverage_percentage: null\n") != std::string::npos);
  auto found = world.make()->search();
  REQUIRE(found);
  CHECK(found->unreadable.empty());
  CHECK(world.ticket("T-2").text("title") == "Another");
}

} // namespace

SCENARIO("kill -9 at every step of an edit leaves a store that is whole") {
  auto action = GENERATE(as<std::string>{}, "post", "label", "close", "reopen");
  CAPTURE(action);
  int deaths = 0;
  for (int step = 1;; ++step) {
    CAPTURE(step);
    auto world = ticket_world{};
    bool was_closed = action == "reopen";
    world.add("T-1", "A story", {"ai-pipeline", "gone"}, was_closed ? "closed" : "open");
    world.add("T-2", "Another");
    // An index as repo-tickets would have it.
    REQUIRE(world.make()->label("T-2", {{"x"}, {}}));
    auto code = wait_for(start({world.root.string(), action}, "HYAKKI_DIE_AT=" + std::to_string(step)));
    if (code == 0)
      break;
    REQUIRE(code == 77);
    ++deaths;
    check_whole(world);
    REQUIRE(wait_for(start({world.root.string(), action})) == 0);
    check_whole(world);
    auto t = world.ticket("T-1");
    if (action == "post") {
      REQUIRE(t.comments().size() == 1);
      CHECK(t.comments()[0].content == "said\n\n<!-- hyakki:mark -->");
    }
    if (action == "label")
      CHECK(t.list("labels") == std::vector<std::string>{"ai-pipeline", "ai-processing"});
    if (action == "close" || action == "reopen") {
      CHECK(world.has("closed/T-1.yaml") == (action == "close"));
      CHECK(world.has("open/T-1.yaml") == (action == "reopen"));
    }
    // Another ticket's write puts right what the dead one left.
    REQUIRE(world.make()->label("T-2", {{"y"}, {}}));
    auto index = world.read("index.yaml");
    CHECK(count_of(index, "T-1:\n") == 1);
    CHECK(count_of(index, "T-2:\n") == 1);
    CHECK(index.find("  status: " + t.text("status") + "\n  title: A story\n  updated_at: '" + t.text("updated_at")) !=
          std::string::npos);
    CHECK(!world.has(".hyakki.tmp"));
    CHECK(!world.has("open/.hyakki.tmp"));
    CHECK(!world.has("closed/.hyakki.tmp"));
  }
  CHECK(deaths >= 15);
}

SCENARIO("eight processes work on one store and nothing is lost or doubled") {
  auto world = ticket_world{};
  world.add("T-1");
  world.add("T-2");
  constexpr int operations = 50;
  auto children = std::vector<pid_t>{};
  for (int i = 0; i < 8; ++i)
    children.push_back(start({world.root.string(), "work", "p" + std::to_string(i), std::to_string(operations)}));
  auto reader = world.make();
  for (int i = 0; i < 20; ++i) {
    auto found = reader->search();
    REQUIRE(found);
    CHECK(found->stories.size() == 2);
    CHECK(found->unreadable.empty());
  }
  for (auto pid : children)
    CHECK(wait_for(pid) == 0);
  auto contents = std::multiset<std::string>{};
  auto ids = std::set<std::string>{};
  auto comments = world.ticket("T-1").comments();
  for (auto& c : comments) {
    contents.insert(c.content.substr(c.content.find("<!-- hyakki:")));
    CHECK(ids.insert(c.id).second);
  }
  std::size_t expected = 0;
  for (int i = 0; i < operations; ++i) {
    if (i % 3 == 0) {
      ++expected;
      CHECK(contents.count("<!-- hyakki:all:" + std::to_string(i) + " -->") == 1);
    }
    for (int p = 0; p < 8; ++p) {
      auto who = "p" + std::to_string(p);
      if (i % 3 == 1) {
        ++expected;
        CHECK(contents.count("<!-- hyakki:" + who + ":" + std::to_string(i) + " -->") == 1);
      }
      if (i % 3 == 2) {
        auto labels = world.ticket(i % 2 ? "T-1" : "T-2").list("labels");
        CHECK(std::count(labels.begin(), labels.end(), "l-" + who + "-" + std::to_string(i)) == 1);
      }
    }
  }
  CHECK(comments.size() == expected);
}

SCENARIO("a ticket that moves to and fro is always found, and always whole") {
  auto world = ticket_world{};
  world.add("T-1");
  world.add("T-2");
  auto child = start({world.root.string(), "swing", "60"});
  auto tracker = world.make();
  int status = 0;
  std::size_t looks = 0;
  for (; ::waitpid(child, &status, WNOHANG) == 0; ++looks) {
    auto s = tracker->fetch("T-1");
    INFO((s ? std::string{} : s.error().text));
    REQUIRE(s);
    REQUIRE(s->title == "A story");
    auto found = tracker->search();
    REQUIRE(found);
    REQUIRE(found->unreadable.empty());
    REQUIRE((found->stories.size() == 1 || found->stories.size() == 2));
  }
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(looks > 0);
}

SCENARIO("a lock that is held is waited for, and then spoken of") {
  auto world = ticket_world{};
  world.add("T-1");
  auto git = GENERATE(false, true);
  if (git)
    std::filesystem::create_directory(world.root / ".git");
  auto lock = git ? world.root / ".git" / "hyakki-tickets.lock" : world.root / ".tickets" / ".lock";
  auto fd = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  REQUIRE(fd >= 0);
  REQUIRE(::flock(fd, LOCK_EX) == 0);
  auto options = tickets::store_options{};
  options.lock_wait_ms = 20;
  auto tracker = world.make(options);
  auto done = tracker->label("T-1", {{"x"}, {}});
  REQUIRE(!done);
  CHECK(done.error() == ec::unavailable);
  CHECK(done.error().text.find("lock") != std::string::npos);
  CHECK(tracker->fetch("T-1")); // readers wait for nobody
  ::close(fd);
  CHECK(tracker->label("T-1", {{"x"}, {}}));
  CHECK(world.has(".lock") == !git);
}

SCENARIO("who waits is patient as long as others have their turns") {
  auto world = ticket_world{};
  world.add("T-1");
  std::filesystem::create_directory(world.root / ".git");
  auto lock = (world.root / ".git" / "hyakki-tickets.lock").string();
  auto fd = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  REQUIRE(fd >= 0);
  REQUIRE(::flock(fd, LOCK_EX) == 0);
  auto options = tickets::store_options{};
  options.lock_wait_ms = 1'000;
  auto tracker = world.make(options);
  // Holders one after the other, so quick that nobody gets in between.
  auto others = std::thread{[&] {
    for (int turn = 0; turn < 7; ++turn) {
      pollfd none{-1, 0, 0};
      ::poll(&none, 1, 200);
      ::futimens(fd, nullptr);
    }
    ::close(fd);
  }};
  auto began = std::chrono::steady_clock::now();
  CHECK(tracker->label("T-1", {{"x"}, {}}));
  CHECK(std::chrono::steady_clock::now() - began >= std::chrono::milliseconds{1'000});
  others.join();
}
