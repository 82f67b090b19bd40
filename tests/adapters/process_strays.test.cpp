#include "tests/adapters/process_world.hpp"

#include <catch2/catch.hpp>

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

using namespace hyakki;
using namespace hyakki::test;

namespace {

/// Starts a child that leaves something behind, and waits until it is over.
void leave(process& door, witness& seen, const char* what, const char* then, const std::string& mark) {
  auto spec = child_spec({"leave", what, then}, mark);
  spec.limits.silence = std::chrono::milliseconds(std::string{then} == "hang" ? 300 : 0);
  door.start(spec, seen.handlers());
  REQUIRE(seen.ends());
  REQUIRE(seen.announced().size() == 1);
}

} // namespace

SCENARIO("what carries the mark of a run dies with it, even outside of the group") {
  auto door = make_process_door(false);
  for (auto* what : {"same", "session", "hollow", "daemon"})
    for (auto* then : {"exit", "hang"}) {
      witness seen;
      leave(*door, seen, what, then, own_mark("marked"));
      INFO(what << " " << then);
      CHECK(dies(seen.announced()[0]));
      auto ended = seen.status().strays_ended;
      if (std::string{what} == "daemon") // the one between may still be on its way out
        CHECK((ended == 1 || ended == 2));
      else
        CHECK(ended == (std::string{what} == "same" ? 0 : 1));
      CHECK(seen.status().took_ms < 5000);
    }
}

SCENARIO("as the subreaper, the door also ends what has wiped its environment") {
  auto door = make_process_door(true);
  for (auto* what : {"session", "hollow", "bare", "daemon", "bare_daemon"})
    for (auto* then : {"exit", "hang"})
      for (auto mark : {own_mark("bare"), std::string{}}) {
        witness seen;
        leave(*door, seen, what, then, mark);
        INFO(what << " " << then << " " << mark);
        CHECK_FALSE(look_at(seen.announced()[0])); // ended, and reaped by us
        auto ended = seen.status().strays_ended;   // the one between may still be on its way out
        CHECK((ended == 1 || (ended == 2 && std::string{what}.find("daemon") != std::string::npos)));
      }
}

SCENARIO("a stray of one run is not taken for another's") {
  auto door = make_process_door(true);
  witness one, two;
  auto spec = child_spec({"leave", "daemon", "hang"}, own_mark("one"));
  auto handle = door->start(spec, one.handlers());
  REQUIRE(one.says("ready"));
  WHEN("another run ends") {
    leave(*door, two, "daemon", "exit", own_mark("two"));
    THEN("only its own stray is gone") {
      CHECK_FALSE(look_at(two.announced()[0]));
      CHECK(is_alive(one.announced()[0]));
    }
  }
  WHEN("an unmarked command ends") {
    CHECK(door->run(child_spec({"exit", "0"})).ok());
    THEN("nothing of the run is touched") { CHECK(is_alive(one.announced()[0])); }
  }
  handle->cancel();
  REQUIRE(one.ends());
  CHECK_FALSE(look_at(one.announced()[0]));
}

SCENARIO("the end of a tool of ours proves nothing of what runs leave without a mark") {
  auto door = make_process_door(true);
  witness one;
  auto tool = [] {
    auto spec = child_spec({"exit", "0"}, own_mark("tool"));
    spec.own_tool = true;
    return spec;
  };
  auto handle = door->start(child_spec({"leave", "bare_daemon", "hang"}, own_mark("agent")), one.handlers());
  REQUIRE(one.says("ready"));
  CHECK(door->run(tool()).ok());
  CHECK(is_alive(one.announced()[0]));
  handle->cancel();
  REQUIRE(one.ends());
  CHECK_FALSE(look_at(one.announced()[0]));
}

SCENARIO("without the whole process, what has no mark of ours is left alone") {
  auto door = make_process_door(false);
  witness seen;
  leave(*door, seen, "bare", "exit", own_mark("left"));
  auto pid = seen.announced()[0];
  THEN("the end still comes, although the stray holds the streams open") {
    CHECK(seen.status().how == process_end::exited);
    CHECK(is_alive(pid));
  }
  ::kill(pid, SIGKILL);
  CHECK(dies(pid));
}

SCENARIO("orphans that end by themselves leave no zombies") {
  auto door = make_process_door(true);
  auto output = door->run(child_spec({"zombies", "20"}, own_mark("zombies")));
  CHECK(output.ok());
  CHECK(own_children().empty());
}

SCENARIO("children of other code in this process are none of the door's business") {
  auto door = make_process_door(true);
  pid_t foreign = -1;
  std::string program = TEST_CHILD, mode = "hang";
  char* argv[] = {program.data(), mode.data(), nullptr};
  char* environment[] = {nullptr};
  posix_spawn_file_actions_t quiet;
  ::posix_spawn_file_actions_init(&quiet);
  ::posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", 1, 0);
  REQUIRE(::posix_spawn(&foreign, TEST_CHILD, &quiet, nullptr, argv, environment) == 0);
  ::posix_spawn_file_actions_destroy(&quiet);
  witness seen;
  leave(*door, seen, "bare_daemon", "exit", own_mark("foreign"));
  CHECK(is_alive(foreign));
  ::kill(foreign, SIGKILL);
  int status = 0;
  CHECK(::waitpid(foreign, &status, 0) == foreign); // and its exit status is still there
}

SCENARIO("what an earlier life left running is ended by its mark") {
  auto earlier = own_mark("earlier");
  GIVEN("processes that nobody waits for any more") {
    // Only the door's own children are spared, so these are made by a second one that lets them go on.
    std::vector<witness> seen(3);
    witness ours;
    auto other = make_process_door(false);
    for (std::size_t i = 0; i < seen.size(); ++i)
      other->start(child_spec({"leave", "session", "hang"}, earlier + "/" + std::to_string(i)), seen[i].handlers());
    for (auto& w : seen)
      REQUIRE(w.says("ready"));
    auto door = make_process_door(false);
    auto kept = door->start(child_spec({"hang"}, earlier + "/now"), ours.handlers());
    REQUIRE(ours.says("ready"));
    WHEN("they are looked for") {
      auto n = door->end_leftovers(earlier);
      THEN("all are ended, and what runs now is not") {
        CHECK(n >= 3); // the other door notices, and may be faster with the rest
        CHECK(n <= 6);
        for (auto& w : seen) {
          REQUIRE(w.ends());
          CHECK_FALSE(is_alive(w.announced()[0]));
        }
        CHECK(is_alive(kept->pid()));
        CHECK(door->end_leftovers(earlier) == 0);
      }
    }
    WHEN("the prefix is empty") {
      THEN("nothing is touched") {
        CHECK(door->end_leftovers("") == 0);
        CHECK(is_alive(seen[0].announced()[0]));
      }
    }
  }
}

SCENARIO("a door that goes away takes everything with it") {
  auto door = make_process_door(true);
  std::vector<witness> seen(4);
  const char* ways[] = {"same", "session", "daemon", "bare_daemon"};
  for (int i = 0; i < 4; ++i)
    door->start(child_spec({"leave", ways[i], "hang"}, own_mark(ways[i])), seen[i].handlers());
  for (auto& w : seen)
    REQUIRE(w.says("ready"));
  door.reset();
  for (auto& w : seen) {
    CHECK(w.exits() == 1);
    CHECK_FALSE(look_at(w.announced()[0]));
  }
  CHECK(own_children().empty());
}
