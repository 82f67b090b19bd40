// Stories in hand that their tracker does not want any more are ended, and nothing else is.

#include "tests/actors/stage.hpp"

#include "actors/reconcile.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;
using namespace std::chrono_literals;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A story whose agent is at work.
struct at_work : stage {
  at_work() {
    held = {"run implement"};
    stories = {told_story("ONE-1")};
    raise();
    pass(1s);
    if (memory.at("fake/ONE-1") != state::implementing)
      throw std::runtime_error{"the agent is not at work"};
    stories.clear(); // it carries the processing label now
  }
  tracker::standing seen(bool wanted, const std::string& why = {}) {
    auto now = told_story("ONE-1");
    now.labels.push_back(settings.issue_tracker.processing_label);
    return {now, wanted, why};
  }
};

} // namespace

SCENARIO("a story that its tracker does not want any more is ended") {
  GIVEN("a story whose agent works") {
    at_work s;
    WHEN("a look tells that it was closed") {
      s.standings["ONE-1"] = s.seen(false, "ONE-1 is closed");
      s.pass(31s);
      THEN("the agent is ended, the reason is on the record, and the tree is kept") {
        REQUIRE(s.memory.at("fake/ONE-1") == state::cancelled);
        auto r = s.memory.look("fake/ONE-1");
        CHECK(r->why->code == ec::withdrawn);
        CHECK(r->why->text == "ONE-1 is closed");
        CHECK(r->runs.back().outcome == run_outcome::cancelled);
        CHECK_FALSE(r->tree.empty());
        CHECK(s.times("release") == 0);
        CHECK(s.times("push") == 0);
      }
      THEN("the tracker is told once, and the processing label is taken off") {
        CHECK(s.comments() == std::vector<std::string>{"1/cancelled"});
        auto& last = s.reports.back();
        CHECK(contains(last.comments.back().markdown, "ONE-1 is closed"));
        CHECK(contains(last.comments.back().markdown, "taken up again by itself"));
        CHECK(last.labels.add.empty());
        CHECK(last.labels.remove == std::vector<std::string>{s.settings.issue_tracker.processing_label});
      }
    }
    WHEN("a look tells that its labels lead to another repository") {
      auto elsewhere = s.seen(true);
      elsewhere.now.labels[1] = "repo:r2";
      s.standings["ONE-1"] = elsewhere;
      s.pass(31s);
      THEN("it is ended, and the reason names both") {
        REQUIRE(s.memory.at("fake/ONE-1") == state::cancelled);
        auto why = s.memory.look("fake/ONE-1")->why->text;
        CHECK(contains(why, "r1"));
        CHECK(contains(why, "r2"));
      }
      AND_WHEN("the next look shows it, wanted") {
        s.stories = {elsewhere.now};
        s.held.clear();
        s.pass(31s);
        THEN("it is done in the other repository, in a tree of its own") {
          CHECK(s.memory.at("fake/ONE-1") == state::done);
          auto r = s.memory.look("fake/ONE-1");
          CHECK(r->repository == "r2");
          CHECK(r->life == 2);
          CHECK(r->tree_name() == "fake/ONE-1/1");
          CHECK(s.trees.back().tree == "fake/ONE-1/1");
        }
      }
    }
    WHEN("a look tells that its labels lead nowhere") {
      auto nowhere = s.seen(true);
      nowhere.now.labels = {s.settings.issue_tracker.trigger_label};
      s.standings["ONE-1"] = nowhere;
      s.pass(31s);
      THEN("it is ended") { CHECK(s.memory.at("fake/ONE-1") == state::cancelled); }
      AND_WHEN("the looks after it show it so") {
        auto told = s.reports.size();
        s.standings["ONE-1"].now.labels.push_back("another");
        s.stories = {s.standings["ONE-1"].now};
        s.pass(100s);
        THEN("it was told why, and is left alone until it leads somewhere") {
          CHECK(s.memory.at("fake/ONE-1") == state::cancelled);
          CHECK(s.memory.look("fake/ONE-1")->life == 1);
          CHECK(s.reports.size() == told);
        }
      }
    }
  }
}

SCENARIO("nothing but a definite answer ends a story") {
  GIVEN("a story whose agent works") {
    at_work s;
    WHEN("looks do not tell of it") {
      s.pass(100s);
      REQUIRE(s.looks.back() == std::vector<std::string>{"ONE-1"});
    }
    WHEN("looks tell that it is wanted, with the labels and the status that we gave it") {
      auto ours = s.seen(true);
      ours.now.status = "In Progress";
      s.standings["ONE-1"] = ours;
      s.pass(100s);
    }
    WHEN("looks fail") {
      s.fails["search"] = {{ec::unavailable, "no", 0}, {ec::timed_out, "no", 0}, {ec::rejected, "no", 0}};
      s.pass(100s);
    }
    WHEN("the part of a look that tells of it fails") {
      s.failed_parts = {"stories that are worked on could not be looked at again; they go on: no"};
      s.pass(100s);
    }
    WHEN("another story's answer says that it is not wanted") {
      s.standings["ONE-1"] = s.seen(false, "no");
      s.standings["ONE-1"].now.key = "TWO-1";
      s.pass(100s);
    }
    THEN("it goes on") {
      CHECK(s.memory.at("fake/ONE-1") == state::implementing);
      s.let_go("run implement");
      s.pass(1s);
      CHECK(s.memory.at("fake/ONE-1") == state::done);
    }
  }
  GIVEN("a story that a program handed in, without the label") {
    stage s;
    s.held = {"run implement"};
    s.raise();
    auto given = s.told_story("ONE-1");
    given.labels = {"repo:r1"};
    (void)ask<std::uint32_t>(s.sim, s.dispatch, atom::take_in::value, std::vector<story>{given});
    s.pass(1s);
    s.standings["ONE-1"] = {given, false, "ONE-1 does not carry the label ai-pipeline any more"};
    s.pass(60s);
    THEN("it goes on: it cannot lose what it never had") { CHECK(s.memory.at("fake/ONE-1") == state::implementing); }
  }
  GIVEN("a story that is only to be told") {
    stage s;
    s.held = {"report"};
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    s.pass(1s);
    REQUIRE(s.memory.at("fake/ONE-1") == state::reporting);
    s.standings["ONE-1"] = {s.told_story("ONE-1"), false, "ONE-1 is closed"};
    s.pass(60s);
    s.let_go("report");
    s.pass(1s);
    THEN("it is done: closing it may have been our own word") { CHECK(s.memory.at("fake/ONE-1") == state::done); }
  }
}

SCENARIO("a tracker that takes longer to answer than the looks are apart is asked one thing at a time") {
  stage s;
  s.held = {"run implement"};
  s.stories = {s.told_story("ONE-1")};
  s.raise(false);
  s.pass(1s);
  s.held.insert("look again");
  auto before = s.times("look again");
  s.pass(200s);
  CHECK(s.times("look again") == before + 1);
  s.let_go("look again");
  s.pass(61s);
  CHECK(s.times("look again") > before + 1);
}

SCENARIO("a story that was withdrawn comes back when its tracker wants it for certain") {
  GIVEN("one that was closed while its agent worked") {
    at_work s;
    s.standings["ONE-1"] = s.seen(false, "ONE-1 is closed");
    s.pass(31s);
    REQUIRE(s.memory.at("fake/ONE-1") == state::cancelled);
    s.held.clear();
    WHEN("an old look shows it as it was") {
      s.stories = {s.told_story("ONE-1")};
      s.pass(31s);
      THEN("it stays as it is") {
        CHECK(s.memory.at("fake/ONE-1") == state::cancelled);
        CHECK(s.memory.look("fake/ONE-1")->life == 1);
      }
    }
    WHEN("it is opened again, under another title") {
      auto again = s.told_story("ONE-1");
      again.title = "Said better";
      s.stories = {again};
      s.standings["ONE-1"] = {again, true, {}};
      s.pass(31s);
      THEN("it is done, as it is told now") {
        CHECK(s.memory.at("fake/ONE-1") == state::done);
        CHECK(s.memory.look("fake/ONE-1")->story.title == "Said better");
      }
    }
  }
  GIVEN("one that an operator cancelled") {
    stage s;
    s.held = {"run implement"};
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    s.pass(1s);
    (void)ask<atom::ok_atom>(s.sim, s.dispatch, atom::cancel::value, story_id{"fake/ONE-1"}, std::string{"no more"});
    s.pass(1s);
    REQUIRE(s.memory.at("fake/ONE-1") == state::cancelled);
    s.held.clear();
    s.standings["ONE-1"] = {s.told_story("ONE-1"), true, {}};
    s.pass(100s);
    THEN("it stays cancelled, whatever its labels say") { CHECK(s.memory.at("fake/ONE-1") == state::cancelled); }
  }
}

SCENARIO("a story that waits or backs off is withdrawn where it stands, without a word where none was said") {
  GIVEN("a story whose repository is busy") {
    stage s;
    s.held = {"run implement"};
    s.stories = {s.told_story("ONE-1"), s.told_story("TWO-1")};
    s.raise();
    s.pass(1s);
    REQUIRE(s.memory.at("fake/TWO-1") == state::queued);
    s.stories.clear();
    s.standings["TWO-1"] = {s.told_story("TWO-1"), false, "TWO-1 lost its label"};
    s.pass(31s);
    THEN("it is ended, and nobody is told of a start that never was") {
      CHECK(s.memory.at("fake/TWO-1") == state::cancelled);
      CHECK(s.comments("TWO-1").empty());
      CHECK(s.memory.at("fake/ONE-1") == state::implementing);
    }
  }
  GIVEN("a story that backs off") {
    stage s;
    run_report busy;
    busy.code = ec::rate_limited;
    busy.retry_at_ms = simulation::epoch + 3'600'000;
    s.run_answers = {busy};
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    s.pass(1s);
    REQUIRE(s.memory.at("fake/ONE-1") == state::backing_off);
    s.stories.clear();
    s.standings["ONE-1"] = {s.told_story("ONE-1"), false, "ONE-1 is closed"};
    s.pass(31s);
    THEN("it is ended, and who was told that it began is told that it ended") {
      CHECK(s.memory.at("fake/ONE-1") == state::cancelled);
      CHECK(s.comments("ONE-1").back() == "1/cancelled");
    }
  }
}

SCENARIO("a look asks for all that runs, and for a bounded part of the rest in its turn") {
  stage s;
  s.settings.orchestrator.max_parallel_stories = 3;
  s.held = {"run implement"};
  for (int n = 0; n < 400; ++n)
    s.stories.push_back(s.told_story("N-" + std::to_string(1000 + n), 2, "r" + std::to_string(n)));
  s.raise();
  s.pass(1s);
  s.stories.clear();
  s.looks.clear();
  s.pass(200s);
  std::set<std::string> asked;
  for (auto& keys : s.looks) {
    CHECK(keys.size() <= 103);
    asked.insert(keys.begin(), keys.end());
  }
  CHECK(asked.size() >= 100);
}

SCENARIO("a story that somebody else took up while it waited is left to them") {
  for (auto of_others : {true, false}) {
    stage s;
    s.stories = {s.told_story("ONE-1")};
    auto shown = s.told_story("ONE-1");
    if (of_others)
      shown.labels.push_back(s.settings.issue_tracker.processing_label);
    s.standings["ONE-1"] = {shown, true, {}};
    s.raise();
    s.pass(5s);
    if (!of_others) {
      CHECK(s.memory.at("fake/ONE-1") == state::done);
      continue;
    }
    REQUIRE(s.memory.at("fake/ONE-1") == state::cancelled);
    CHECK(contains(s.memory.look("fake/ONE-1")->why->text, "somebody else works on it"));
    CHECK(s.runs.empty());
    CHECK(s.trees.empty());
    for (auto& r : s.reports) {
      CHECK(r.comments.empty());
      CHECK(r.labels.add.empty());
      CHECK(r.labels.remove.empty());
    }
  }
}
