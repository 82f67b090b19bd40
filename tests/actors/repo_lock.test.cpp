// Leases on repositories: so many holders and no more, in order of arrival, whoever dies.

#include "tests/actors/ask.hpp"

#include "actors/repo_lock.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;

namespace {

struct gate {
  explicit gate(std::uint32_t most, int many = 6) : lock(sim.system.spawn(repo_lock, most)) {
    for (int i = 0; i < many; ++i)
      who.push_back(sim.system.spawn([this,
                                      i](story_supervisor_actor::pointer) -> story_supervisor_actor::behavior_type {
        return {[](story_word) {},
                [this, i](atom::granted, const std::string& r) { granted.push_back(r + std::to_string(i)); },
                [](atom::session, std::uint32_t, const std::string&) {}, [](atom::cancel, const std::string&, bool) {}};
      }));
  }
  ~gate() {
    for (auto& w : who)
      end(sim, w);
    end(sim, lock);
  }
  bool acquire(int i, const std::string& r = "r") {
    auto now = ask<bool>(sim, lock, atom::acquire::value, r, who[static_cast<std::size_t>(i)]);
    REQUIRE(now);
    return *now;
  }
  void release(int i, const std::string& r = "r") {
    sim.self->send(lock, atom::release::value, r, who[static_cast<std::size_t>(i)]);
    sim.settle();
  }
  void die(int i) { end(sim, who[static_cast<std::size_t>(i)]); }
  std::size_t lines() {
    return caf::actor_cast<repo_lock_actor::stateful_pointer<repo_lock_state>>(lock)->state.lines.size();
  }
  simulation sim{1};
  repo_lock_actor lock;
  std::vector<story_supervisor_actor> who;
  std::vector<std::string> granted; ///< told later, repository and number
};
using told = std::vector<std::string>;

} // namespace

SCENARIO("a repository has one holder at a time, in order of arrival") {
  gate g{1};
  CHECK(g.acquire(0));
  CHECK_FALSE(g.acquire(2));
  CHECK_FALSE(g.acquire(1));
  CHECK(g.granted.empty());
  g.release(0);
  CHECK(g.granted == told{"r2"});
  g.release(2);
  CHECK(g.granted == told{"r2", "r1"});
  g.release(1);
  CHECK(g.lines() == 0);
}

SCENARIO("a repository has as many holders as are allowed") {
  GIVEN("three places and six who want one") {
    gate g{3};
    for (int i = 0; i < 3; ++i)
      CHECK(g.acquire(i));
    for (int i = 3; i < 6; ++i)
      CHECK_FALSE(g.acquire(i));
    WHEN("one in the middle gives its place back") {
      g.release(1);
      THEN("exactly one of those who wait gets it, the first") { CHECK(g.granted == told{"r3"}); }
    }
    WHEN("all holders die at once") {
      for (int i = 0; i < 3; ++i)
        caf::anon_send_exit(g.who[static_cast<std::size_t>(i)], caf::exit_reason::kill);
      g.sim.settle();
      THEN("everybody who waits has a place, in order") { CHECK(g.granted == told{"r3", "r4", "r5"}); }
    }
  }
  GIVEN("a configuration of none") {
    gate g{0};
    THEN("there is one place: a repository that nobody may use would hold its stories for ever") {
      CHECK(g.acquire(0));
      CHECK_FALSE(g.acquire(1));
    }
  }
}

SCENARIO("asking again is harmless") {
  gate g{2};
  CHECK(g.acquire(0));
  CHECK(g.acquire(0)); // still one place
  CHECK(g.acquire(1));
  CHECK_FALSE(g.acquire(2));
  CHECK_FALSE(g.acquire(2));
  CHECK_FALSE(g.acquire(3));
  g.release(0);
  g.release(0);
  CHECK(g.granted == told{"r2"});
  CHECK(g.acquire(2)); // it has it by now
  g.release(2);
  CHECK(g.granted == told{"r2", "r3"});
}

SCENARIO("who waits may leave the line or die in it") {
  gate g{1};
  CHECK(g.acquire(0));
  for (int i = 1; i < 5; ++i)
    CHECK_FALSE(g.acquire(i));
  g.release(1); // it was cancelled while it waited
  g.die(2);
  CHECK(g.granted.empty());
  g.release(0);
  CHECK(g.granted == told{"r3"});
  g.die(3); // it held the lease
  CHECK(g.granted == told{"r3", "r4"});
  g.die(4);
  CHECK(g.lines() == 0);
}

SCENARIO("repositories do not know each other") {
  gate g{1};
  CHECK(g.acquire(0, "a"));
  CHECK(g.acquire(1, "b"));
  CHECK(g.acquire(0, "c")); // the same may hold several
  CHECK_FALSE(g.acquire(2, "a"));
  CHECK_FALSE(g.acquire(2, "b"));
  g.release(1, "a"); // not a holder of it
  g.release(1, "nobody's");
  CHECK(g.granted.empty());
  g.die(0);
  CHECK(g.granted == told{"a2"});
  g.release(1, "b");
  CHECK(g.granted == told{"a2", "b2"});
}
