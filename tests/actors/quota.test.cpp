// What is begun, looked at and said while little is left of a service's quota. Time moves by hand.

#include "tests/actors/stage.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;
using namespace std::chrono_literals;

namespace {

const story_id one = "fake/ONE-1", two = "fake/TWO-2";

/// A service of whose calls little is left.
struct rationed : stage {
  rationed() {
    settings.orchestrator.max_parallel_stories = 4;
    furnish();
    with.quotas = [this](const std::string&) { return std::vector<service_quota>{quota}; };
    with.tell_quiet = [this](const std::string&, std::int64_t until, const std::string& why) {
      told.emplace_back(until, why);
    };
  }
  ~rationed() { with.quotas = nullptr; }
  std::int64_t now() const { return sim.time->now(); }
  void leave(std::int64_t calls, std::chrono::minutes for_so_long) {
    quota = {"GitHub at github.example", 5000, calls, now() + std::chrono::milliseconds{for_so_long}.count(), 0};
  }
  bool is_begun(const story_id& id) {
    auto r = memory.look(id);
    return r && r->at != state::queued;
  }

  service_quota quota{"GitHub at github.example", 5000, 4900, 0, 0};
  std::vector<std::pair<std::int64_t, std::string>> told;
};

} // namespace

SCENARIO("a story is begun when the quota of its services allows it, and not before") {
  GIVEN("a story at work, another that waits, and a quota that runs out") {
    rationed s;
    s.held = {"run implement"};
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    s.pass(2s);
    REQUIRE(s.is_begun(one));
    s.leave(100, 20min);
    s.stories = {s.told_story("TWO-2", 2, "r2")}; // whose repository nobody works in
    s.pass(31s);
    THEN("the other is taken in, and not begun") {
      REQUIRE(s.memory.look(two));
      CHECK(s.memory.at(two) == state::queued);
      CHECK(s.runs.size() == 1);
    }
    THEN("it is said once, with the time") {
      s.pass(300s);
      REQUIRE(s.told.size() == 1);
      CHECK(s.told[0].first == s.quota.resets_at_ms);
      CHECK(s.told[0].second.find("100 of 5000 calls left") != std::string::npos);
      CHECK(s.told[0].second.find("no new story is begun") != std::string::npos);
    }
    THEN("what runs goes on to its end") {
      s.let_go("run implement");
      s.pass(5s);
      CHECK(s.memory.at(one) == state::done);
      CHECK(s.memory.at(two) == state::queued);
    }
    THEN("the tracker is not looked at until then") {
      auto looks = s.looks.size();
      s.pass(15min);
      CHECK(s.looks.size() <= looks + 1);
    }
    WHEN("a person has the story that waits ended") {
      s.sim.self->send(s.dispatch, atom::cancel::value, two, std::string{"not needed"});
      s.sim.settle();
      s.pass(5s);
      THEN("that needs no quota") { CHECK(s.memory.at(two) == state::cancelled); }
    }
    WHEN("the quota is renewed") {
      s.let_go("run implement");
      s.pass(19min);
      REQUIRE(s.memory.at(two) == state::queued);
      s.pass(2min);
      THEN("it is begun by itself, and done") {
        CHECK(s.memory.at(two) == state::done);
        CHECK(s.runs.size() == 2);
      }
    }
    WHEN("a service says that it was renewed before its time") {
      s.pass(60s);
      s.leave(5000, 60min);
      s.pass(21min);
      THEN("it is begun when the next look was due, at the latest") { CHECK(s.is_begun(two)); }
    }
  }
  GIVEN("a service that wants to be left alone") {
    rationed s;
    s.quota = {"Jira", {}, {}, 0, s.now() + 90'000};
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    s.pass(60s);
    REQUIRE(s.memory.look(one));
    CHECK(s.memory.at(one) == state::queued);
    REQUIRE(s.told.size() == 1);
    CHECK(s.told[0].second.find("left alone") != std::string::npos);
    s.pass(60s);
    CHECK(s.memory.at(one) == state::done);
  }
  GIVEN("a story that was backing off behind its agent's work when the quota ran out") {
    rationed s;
    s.fails["push"] = {{ec::unavailable, "the host is away", 0}};
    s.held = {"push"};
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    s.pass(2s);
    s.leave(10, 20min);
    s.let_go("push");
    s.pass(1s);
    REQUIRE(s.memory.at(one) == state::backing_off);
    s.pass(60s);
    THEN("it goes on: its work is paid for") { CHECK(s.memory.at(one) == state::done); }
  }
}

SCENARIO("a run that is to end by itself does not wait for a quota, and says why it leaves a story") {
  rationed s;
  s.leave(100, 20min);
  s.stories = {s.told_story("ONE-1")};
  s.raise(false);
  s.pass(2s);
  auto asked = s.sim.self->request(s.dispatch, caf::infinite, atom::idle::value);
  s.pass(2s);
  CHECK(s.memory.at(one) == state::queued);
  CHECK(s.runs.empty());
  REQUIRE_FALSE(s.sim.self->mailbox().empty());
  asked.receive(
    [](const std::vector<rest_notice>&, const std::vector<std::string>& troubles) {
      REQUIRE_FALSE(troubles.empty());
      CHECK(troubles[0].find("100 of 5000") != std::string::npos);
    },
    [](caf::error&) { FAIL_CHECK("no answer"); });
}

SCENARIO("a fault of the configuration costs two stories, and not all that wait") {
  rationed s;
  auto refused = error{ec::bad_config, "the token is not accepted", 0};
  s.fails["push"] = {refused, refused};
  s.stories = {s.told_story("ONE-1"), s.told_story("TWO-2"), s.told_story("TRI-3"), s.told_story("FOR-4")};
  s.raise();
  s.pass(120s);
  auto many = [&](state at) {
    auto n = 0;
    for (auto key : {"ONE-1", "TWO-2", "TRI-3", "FOR-4"})
      n += s.memory.at("fake/" + std::string{key}) == at;
    return n;
  };
  REQUIRE(many(state::parked) == 2);
  CHECK(many(state::queued) == 2);
  REQUIRE(s.told.size() == 1);
  CHECK(s.told[0].second.find("2 stories of the repository r1 in a row were parked for a fault of the configuration") ==
        0);
  CHECK(s.told[0].second.find("the token is not accepted") != std::string::npos);
  WHEN("it was mended") {
    s.pass(12min);
    THEN("one is tried, and the others follow at once") { CHECK(many(state::done) == 2); }
  }
  WHEN("it was mended, and a person has one tried again") {
    for (auto key : {"ONE-1", "FOR-4"}) {
      s.sim.self->send(s.dispatch, atom::retry::value, "fake/" + std::string{key});
      s.pass(10s);
    }
    THEN("nobody waits any more") { CHECK(many(state::done) == 4); }
  }
  WHEN("it was not") {
    s.fails["push"] = {refused, refused, refused};
    s.pass(12min);
    CHECK(many(state::parked) == 3);
    THEN("the next one is tried later still") {
      s.pass(12min);
      CHECK(many(state::parked) == 3);
      s.pass(12min);
      CHECK(many(state::parked) == 4);
    }
  }
}

SCENARIO("a repository that no story gets through to does not starve the others") {
  rationed s;
  auto refused = error{ec::bad_config, "the token may not push here", 0};
  s.fails["push"] = {refused, refused};
  s.stories = {s.told_story("ONE-1"), s.told_story("TWO-2"), s.told_story("TRI-3"), s.told_story("FOR-4")};
  s.raise();
  s.pass(60s);
  s.stories.push_back(s.told_story("FIV-5", 2, "r2"));
  s.stories.push_back(s.told_story("SIX-6", 2, "r2"));
  s.fails["push"] = {};
  s.pass(60s);
  CHECK(s.memory.at("fake/FIV-5") == state::done);
  CHECK(s.memory.at("fake/SIX-6") == state::done);
  CHECK((s.memory.at("fake/ONE-1") == state::queued) + (s.memory.at(two) == state::queued) +
          (s.memory.at("fake/TRI-3") == state::queued) + (s.memory.at("fake/FOR-4") == state::queued) ==
        2);
  CHECK(s.told.size() == 1);
}

SCENARIO("faults in a row of several repositories hold the whole tracker back") {
  rationed s;
  auto refused = error{ec::bad_config, "the token is not accepted", 0};
  s.fails["push"] = {refused, refused, refused, refused, refused};
  s.stories = {s.told_story("ONE-1"), s.told_story("TWO-2", 2, "r2")};
  s.raise();
  s.pass(60s);
  REQUIRE(s.told.size() == 1);
  CHECK(s.told[0].second.find("2 stories of fake in a row were parked for a fault of the configuration") == 0);
  WHEN("it was mended, and comes again later") {
    s.fails["push"] = {};
    s.sim.self->send(s.dispatch, atom::retry::value, story_id{"fake/ONE-1"});
    s.pass(30s);
    CHECK(s.told.back().first == 0);
    auto said = s.told.size();
    s.fails["push"] = {refused, refused, refused, refused};
    s.stories = {s.told_story("FIV-5", 2, "r5"), s.told_story("SIX-6", 2, "r6")};
    s.pass(120s);
    THEN("that is said anew") {
      REQUIRE(s.told.size() == said + 1);
      CHECK(s.told.back().first > s.now());
    }
  }
}

SCENARIO("a tracker that cannot be searched is told for whoever looks from outside, until it can") {
  rationed s;
  s.fails["search"] = {{ec::bad_config, "the token is not accepted", 0}};
  s.raise();
  s.pass(2s);
  REQUIRE(s.told.size() == 1);
  CHECK(s.told[0].second.find("fake could not be searched: the token is not accepted") == 0);
  s.pass(60s);
  CHECK(s.told.back().first == 0);
}
