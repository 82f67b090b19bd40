// Which story runs next, how many at once, and that nobody stands in another's way.

#include "tests/actors/stage.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The keys of all stories whose agent was started, in order.
texts keys(const stage& s) {
  texts out;
  for (auto& r : s.runs)
    out.push_back(r.key);
  return out;
}

operator_request wish(operator_request::kind what, const story_id& id) {
  operator_request r;
  r.what = what;
  r.story = id;
  r.reason = "an operator";
  return r;
}

} // namespace

SCENARIO("a story that is known is not offered again, however often a tracker shows it") {
  GIVEN("a story that rests until a person lifts it") {
    stage s;
    s.fails["push"] = {{ec::rejected, "no", 0}};
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    s.pass(5s);
    REQUIRE(s.memory.at("fake/ONE-1") == state::parked);
    auto steps = s.memory.commits.size();
    WHEN("ten looks show it") {
      s.pass(300s);
      REQUIRE(s.times("search") >= 10);
      THEN("nothing is written, and nobody works") {
        CHECK(s.memory.commits.size() == steps);
        CHECK(s.runs.size() == 1);
      }
    }
    WHEN("a program hands it in, with a new one and with that twice") {
      auto taken =
        ask<std::uint32_t>(s.sim, s.dispatch, atom::take_in::value,
                           std::vector<story>{s.told_story("ONE-1"), s.told_story("TWO-1"), s.told_story("TWO-1")});
      THEN("one is new") {
        REQUIRE(taken);
        CHECK(*taken == 1);
        CHECK(s.memory.look("fake/TWO-1"));
      }
    }
    WHEN("nothing is handed in, or what nobody can name") {
      auto none = ask<std::uint32_t>(s.sim, s.dispatch, atom::take_in::value, std::vector<story>{});
      auto bad = ask<std::uint32_t>(s.sim, s.dispatch, atom::take_in::value,
                                    std::vector<story>{s.told_story("a b"), s.told_story("")});
      THEN("none is new") {
        CHECK(*none == 0);
        CHECK(*bad == 0);
      }
    }
  }
  GIVEN("a store that is slow") {
    stage s;
    s.slow_store = true;
    s.held = {"store"};
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    s.pass(40s); // a second look
    REQUIRE(s.times("search") >= 2);
    THEN("the story was offered once") { CHECK(s.times("store") == 1); }
  }
  GIVEN("a store that fails") {
    stage s;
    s.memory.faults = {scripted_store::fault{{ec::unavailable, "the disk is full", 0}, false}};
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    CHECK_FALSE(s.memory.look("fake/ONE-1"));
    s.pass(35s);
    THEN("the next look takes it") { CHECK(s.memory.at("fake/ONE-1") == state::done); }
  }
  GIVEN("a store that took a story in without being heard") {
    stage s;
    s.memory.faults = {scripted_store::fault{{ec::timed_out, "nobody heard", 0}, true}};
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    CHECK(s.memory.at("fake/ONE-1") == state::queued);
    s.pass(35s);
    THEN("the next look finds it and it is worked on") { CHECK(s.memory.at("fake/ONE-1") == state::done); }
  }
}

SCENARIO("a damaged record is said, and stops nobody") {
  stage s;
  for (auto key : {"BAD-1", "ONE-1", "TWO-1"})
    s.remember(s.fresh(key));
  auto late = s.fresh("BAD-2");
  late.at = state::backing_off;
  late.due_ms = simulation::epoch + 1000;
  s.remember(late);
  s.memory.damaged = {"fake/BAD-1", "fake/BAD-2"};
  s.memory.hidden = true;
  s.raise();
  s.pass(10s);
  CHECK(s.memory.at("fake/ONE-1") == state::done);
  CHECK(s.memory.at("fake/TWO-1") == state::done);
  CHECK(s.memory.at("fake/BAD-1") == state::queued); // left as it is
  auto said = s.middle().troubles;
  auto has = [&](const std::string& part) {
    return std::count_if(said.begin(), said.end(), [&](auto& t) { return contains(t, part); });
  };
  CHECK(has("an index entry is damaged") == 1);
  CHECK(has("fake/BAD-1") == 1);
  CHECK(has("fake/BAD-2") == 1);
  WHEN("it can be read again") {
    s.memory.damaged.clear();
    REQUIRE(ask<atom::ok_atom>(s.sim, s.dispatch, atom::retry::value, story_id{"fake/BAD-1"}));
    s.pass(1s);
    THEN("an operator's word takes it up") { CHECK(s.memory.at("fake/BAD-1") == state::done); }
  }
}

SCENARIO("a store that cannot be read now is read again") {
  stage s;
  s.remember(s.fresh());
  s.furnish();
  s.held = {"search"};
  s.memory.reads = error{ec::unavailable, "the disk is slow", 0};
  s.raise();
  s.pass(3s);
  CHECK(s.memory.at("fake/ONE-1") == state::queued);
  s.memory.reads.reset();
  s.pass(3s);
  CHECK(s.memory.at("fake/ONE-1") == state::done);
  CHECK(s.middle().troubles.empty());
}

SCENARIO("stories that belong nowhere do not stand in the way of others, and are told once") {
  stage s;
  s.settings.orchestrator.max_parallel_stories = 1;
  for (int n = 0; n < 20; ++n) // more important than the one that has a place
    s.stories.push_back(s.told_story("LOST-" + std::to_string(n), 0, {}));
  s.stories.push_back(s.told_story("ONE-1", 3));
  s.raise();
  s.pass(120s);
  CHECK(s.memory.at("fake/ONE-1") == state::done);
  CHECK(s.times("search") >= 3);
  for (int n = 0; n < 20; ++n) {
    auto key = "LOST-" + std::to_string(n);
    CHECK(s.memory.at("fake/" + key) == state::parked);
    CHECK(s.comments(key) == texts{"1/unroutable"});
  }
  CHECK(s.runs.size() == 1);
  WHEN("an operator sends one on that still belongs nowhere") {
    REQUIRE(ask<atom::ok_atom>(s.sim, s.dispatch, atom::retry::value, story_id{"fake/LOST-3"}));
    s.pass(60s);
    THEN("it is told once more, for this life") {
      CHECK(s.comments("LOST-3") == texts{"1/unroutable", "2/unroutable"});
    }
  }
}

SCENARIO("limits hold, and are used") {
  GIVEN("eight stories in two repositories whose agents all wait") {
    stage s;
    s.held = {"run implement"};
    for (int n = 0; n < 8; ++n)
      s.stories.push_back(s.told_story("K-" + std::to_string(n), 2, n % 2 == 0 ? "r1" : "r2", n));
    WHEN("three may run at once, two of a repository") {
      s.settings.orchestrator.max_parallel_stories = 3;
      s.settings.orchestrator.max_parallel_per_repo = 2;
      s.raise();
      s.pass(60s);
      THEN("three run, the oldest") { CHECK(keys(s) == texts{"K-0", "K-1", "K-2"}); }
    }
    WHEN("many may run at once, one of a repository") {
      s.settings.orchestrator.max_parallel_stories = 8;
      s.raise();
      s.pass(60s);
      THEN("two run") { CHECK(keys(s) == texts{"K-0", "K-1"}); }
      THEN("each that ends makes room for the next of its repository") {
        s.let_go("run implement");
        s.pass(1s);
        for (int n = 0; n < 8; ++n)
          CHECK(s.memory.at("fake/K-" + std::to_string(n)) == state::done);
        CHECK(s.runs.size() == 8);
      }
    }
    WHEN("one may run at once") {
      s.settings.orchestrator.max_parallel_stories = 1;
      s.raise();
      s.pass(60s);
      THEN("one runs") { CHECK(keys(s) == texts{"K-0"}); }
    }
  }
}

SCENARIO("the important run first, then the old, then by key") {
  stage s;
  s.settings.orchestrator.max_parallel_stories = 1;
  s.stories = {s.told_story("D-1", 3, "r1", 1), s.told_story("C-2", 1, "r2", 7), s.told_story("C-1", 1, "r1", 7),
               s.told_story("B-1", 1, "r1", 5), s.told_story("A-1", 0, "r3", 9)};
  s.raise();
  s.pass(5s);
  CHECK(keys(s) == texts{"A-1", "B-1", "C-1", "C-2", "D-1"});
}

SCENARIO("a story that somebody finds more pressing comes before others that wait") {
  stage s;
  s.settings.orchestrator.max_parallel_stories = 1;
  s.held = {"run implement"};
  s.stories = {s.told_story("A-1", 2, "r1", 1), s.told_story("B-1", 2, "r2", 2), s.told_story("C-1", 2, "r3", 3)};
  s.raise();
  s.stories[2].priority = 0;
  s.pass(std::chrono::seconds{s.settings.orchestrator.poll_interval_seconds + 1});
  s.let_go("run implement");
  s.pass(5s);
  CHECK(keys(s) == texts{"A-1", "C-1", "B-1"});
}

SCENARIO("what an earlier life had under way comes before what is new, however important") {
  stage s;
  s.settings.orchestrator.max_parallel_stories = 1;
  auto begun = s.fresh("OLD-1");
  begun.story.priority = 3;
  begun.at = state::pushing;
  begun.branch = "b";
  begun.commit.edit().sha = "c1";
  s.remember(begun);
  s.stories = {s.told_story("TOP-1", 0)};
  s.held = {"push"};
  s.raise();
  CHECK(s.runs.empty());
  CHECK(s.times("push") == 1);
  s.let_go("push");
  s.pass(5s);
  CHECK(keys(s) == texts{"TOP-1"});
  CHECK(s.memory.at("fake/OLD-1") == state::done);
}

SCENARIO("a repository has one story at a time even where the queue guesses wrong") {
  // The queue goes by the repository that the record names; routing decides again, by a configuration that may have
  // changed since. The lease is what holds.
  stage s;
  s.settings.orchestrator.max_parallel_stories = 8;
  s.held = {"run implement"};
  for (auto key : {"ONE-1", "TWO-1", "TRI-1"}) {
    auto r = s.fresh(key);
    r.repository = std::string{"formerly-"} + key;
    s.remember(r);
  }
  s.raise();
  s.pass(5s);
  CHECK(s.middle().running.size() == 3); // it thought so
  CHECK(s.runs.size() == 1);             // but nobody works beside another
  s.let_go("run implement");
  s.pass(5s);
  CHECK(s.runs.size() == 3);
  for (auto key : {"ONE-1", "TWO-1", "TRI-1"})
    CHECK(s.memory.at(std::string{"fake/"} + key) == state::done);
}

SCENARIO("a story that has only to be told does not keep its repository from the next") {
  GIVEN("a tracker that is slow to be told") {
    stage s;
    s.held = {"report"};
    for (int n = 0; n < 3; ++n)
      s.stories.push_back(s.told_story("K-" + std::to_string(n), 2, "r1", n));
    s.settings.orchestrator.max_parallel_stories = 3;
    s.raise();
    s.pass(5s);
    THEN("the next one works meanwhile") {
      CHECK(keys(s) == texts{"K-0", "K-1", "K-2"});
      for (int n = 0; n < 3; ++n)
        CHECK(s.memory.at("fake/K-" + std::to_string(n)) == state::reporting);
      AND_THEN("all of them end when it answers") {
        s.let_go("report");
        s.pass(1s);
        for (int n = 0; n < 3; ++n)
          CHECK(s.memory.at("fake/K-" + std::to_string(n)) == state::done);
        CHECK(s.middle().queue.running() == 0);
      }
    }
  }
  GIVEN("one place for all stories") {
    stage s;
    s.held = {"report"};
    s.settings.orchestrator.max_parallel_stories = 1;
    s.stories = {s.told_story("K-0", 2, "r1", 0), s.told_story("K-1", 2, "r1", 1)};
    s.raise();
    s.pass(5s);
    THEN("who is being told still has it") { CHECK(keys(s) == texts{"K-0"}); }
  }
  GIVEN("stories that an earlier life left to be told") {
    stage s;
    for (auto key : {"OLD-1", "OLD-2"}) {
      auto r = s.fresh(key);
      r.at = state::reporting;
      s.remember(r);
    }
    auto waits = s.fresh("OLD-3");
    waits.at = state::backing_off;
    waits.resume_at = state::reporting;
    waits.due_ms = simulation::epoch + 1000;
    s.remember(waits);
    s.stories = {s.told_story("NEW-1")};
    s.held = {"report"};
    s.settings.orchestrator.max_parallel_stories = 8;
    s.raise();
    s.pass(5s);
    THEN("none of them keeps a repository") {
      CHECK(keys(s) == texts{"NEW-1"});
      CHECK(s.memory.at("fake/NEW-1") == state::reporting);
      CHECK(s.middle().running.size() == 4);
    }
  }
  GIVEN("a story that works, one that is told, and a supervisor that dies while it is told") {
    stage s;
    s.held = {"report", "run fix"};
    s.settings.orchestrator.max_parallel_stories = 8;
    s.stories = {s.told_story("K-0", 2, "r1", 0)};
    s.raise();
    s.pass(1s);
    REQUIRE(s.memory.at("fake/K-0") == state::reporting);
    s.held = {"report", "run implement"};
    REQUIRE(ask<std::uint32_t>(s.sim, s.dispatch, atom::take_in::value,
                               std::vector<story>{s.told_story("K-1"), s.told_story("K-2")}));
    REQUIRE(keys(s) == texts{"K-0", "K-1"});
    caf::anon_send_exit(s.middle().running.at("fake/K-0"), caf::exit_reason::kill);
    s.pass(1s);
    THEN("the repository still has one at a time") { CHECK(keys(s) == texts{"K-0", "K-1"}); }
  }
}

SCENARIO("a tracker that cannot be searched is said, and what runs goes on") {
  stage s;
  s.remember(s.fresh());
  s.fails["search"] = {{ec::unavailable, "no route", 0}};
  s.stories = {s.told_story("TWO-1")};
  s.raise();
  s.pass(5s);
  CHECK(s.memory.at("fake/ONE-1") == state::done);
  CHECK_FALSE(s.memory.look("fake/TWO-1"));
  REQUIRE(s.middle().troubles.size() == 1);
  CHECK(contains(s.middle().troubles[0], "no route"));
  s.pass(35s);
  CHECK(s.memory.at("fake/TWO-1") == state::done);
}

SCENARIO("an operator's words do what can be done, and say what cannot") {
  stage s;
  auto cancel = [&](const story_id& id) {
    return ask<atom::ok_atom>(s.sim, s.dispatch, atom::cancel::value, id, std::string{"an operator"});
  };
  auto retry = [&](const story_id& id) { return ask<atom::ok_atom>(s.sim, s.dispatch, atom::retry::value, id); };
  GIVEN("a parked story") {
    s.fails["push"] = {{ec::rejected, "the branch is protected", 0}};
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    s.pass(1s);
    REQUIRE(s.memory.at("fake/ONE-1") == state::parked);
    WHEN("it is lifted") {
      CHECK(retry("fake/ONE-1"));
      s.pass(1s);
      THEN("it goes on where it stopped, and nothing is paid for again") {
        CHECK(s.memory.at("fake/ONE-1") == state::done);
        CHECK(s.runs.size() == 1);
        CHECK(s.times("push") == 2);
      }
    }
    WHEN("it is cancelled") {
      CHECK(cancel("fake/ONE-1"));
      THEN("it is, and can be lifted from there too") {
        CHECK(s.memory.at("fake/ONE-1") == state::cancelled);
        CHECK(retry("fake/ONE-1"));
        s.pass(1s);
        CHECK(s.memory.at("fake/ONE-1") == state::done);
      }
    }
  }
  GIVEN("a story that is done, one that runs and one that waits") {
    s.settings.orchestrator.max_parallel_stories = 1;
    s.stories = {s.told_story("ONE-1", 0)};
    s.raise();
    s.pass(1s);
    s.held = {"run implement"};
    REQUIRE(ask<std::uint32_t>(s.sim, s.dispatch, atom::take_in::value,
                               std::vector<story>{s.told_story("TWO-1", 1), s.told_story("TRI-1", 2)}));
    REQUIRE(s.memory.at("fake/ONE-1") == state::done);
    REQUIRE(s.memory.at("fake/TWO-1") == state::implementing);
    WHEN("the engine is about to end") {
      caf::anon_send(s.dispatch, atom::stop::value);
      s.sim.settle();
      THEN("nobody is there to end what waits, and that is said") {
        CHECK(cancel("fake/TRI-1").error() == ec::unavailable);
        CHECK(s.memory.at("fake/TRI-1") == state::queued);
      }
    }
    THEN("what has ended, is under way or unknown is refused with a reason") {
      CHECK(cancel("fake/ONE-1").error() == ec::rejected);
      CHECK(retry("fake/ONE-1").error() == ec::rejected);
      CHECK(contains(retry("fake/TWO-1").error().text, "implementing"));
      CHECK(cancel("fake/NO-1").error() == ec::not_found);
      CHECK(retry("fake/NO-1").error() == ec::not_found);
    }
    THEN("what waits is ended at once, whatever the limits") {
      CHECK(cancel("fake/TRI-1"));
      CHECK(s.memory.at("fake/TRI-1") == state::cancelled);
      CHECK(s.memory.at("fake/TWO-1") == state::implementing);
    }
    THEN("what runs is ended") {
      CHECK(cancel("fake/TWO-1"));
      CHECK(s.memory.at("fake/TWO-1") == state::cancelled);
    }
  }
}

SCENARIO("a request that was left in the store is kept until it is carried out") {
  using kind = operator_request::kind;
  GIVEN("a store that cannot be read when its time comes") {
    stage s;
    s.held = {"run implement"};
    s.stories = {s.told_story("ONE-1")};
    auto other = s.fresh("TWO-1");
    other.at = state::parked;
    s.remember(other);
    s.raise();
    s.pass(1s);
    REQUIRE(s.memory.at("fake/ONE-1") == state::implementing);
    s.memory.unreadable = {"fake/TWO-1"};
    REQUIRE(s.memory.post_request(wish(kind::retry, "fake/TWO-1")));
    s.pass(5s);
    CHECK(s.memory.requests(10)->size() == 1);
    s.memory.unreadable.clear();
    s.held.clear();
    s.let_go("run implement");
    s.pass(5s);
    THEN("it is carried out when it can be") {
      CHECK(s.memory.requests(10)->empty());
      CHECK(s.memory.at("fake/TWO-1") == state::done);
    }
  }
  GIVEN("requests that make no sense") {
    stage s;
    s.raise();
    REQUIRE(s.memory.post_request(wish(kind::retry, "fake/NO-1")));
    REQUIRE(s.memory.post_request(wish(kind::cancel, "")));
    s.pass(2s);
    THEN("they are done with") { CHECK(s.memory.requests(10)->empty()); }
  }
  GIVEN("a cancel of what runs") {
    stage s;
    s.held = {"run implement"};
    s.deaf = true;
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    s.pass(1s);
    REQUIRE(s.memory.post_request(wish(kind::cancel, "fake/ONE-1")));
    s.pass(5s);
    THEN("it stays until the story has ended, so that a crash between does not lose it") {
      CHECK(s.memory.requests(10)->size() == 1);
      s.let_go("run implement");
      s.pass(2s);
      CHECK(s.memory.at("fake/ONE-1") == state::cancelled);
      CHECK(s.memory.requests(10)->empty());
    }
  }
}

SCENARIO("a parked story that is cancelled is told as any other that ends") {
  stage s;
  auto r = s.fresh("ONE-1");
  r.at = state::parked;
  r.verdict = state::parked;
  r.has_trouble = true;
  r.why = trouble{ec::rejected, "the branch is protected", state::pushing, simulation::epoch};
  r.branch = "feature/ONE-1";
  s.remember(r);
  GIVEN("a tracker that is away for a while") {
    s.fails["report"] = {{ec::unavailable, "away", 0}};
    s.raise();
    WHEN("it is cancelled") {
      REQUIRE(
        ask<atom::ok_atom>(s.sim, s.dispatch, atom::cancel::value, story_id{"fake/ONE-1"}, std::string{"not needed"}));
      THEN("the reason is on the record at once, and told when the tracker is back") {
        auto now = *s.memory.look("fake/ONE-1");
        CHECK(now.at == state::backing_off);
        CHECK(now.verdict == state::cancelled);
        CHECK(now.why->text == "not needed");
        s.pass(120s);
        CHECK(s.memory.at("fake/ONE-1") == state::cancelled);
        CHECK(s.comments().back() == "1/cancelled");
        auto& gone = s.reports.back().labels.remove;
        CHECK(std::count(gone.begin(), gone.end(), s.settings.issue_tracker.failed_label) == 1);
        CHECK(s.runs.empty());
      }
    }
  }
}

SCENARIO("requests about one story take effect in the order given, before it is begun") {
  using kind = operator_request::kind;
  stage s;
  auto begins_at = [&](state at) {
    auto r = s.fresh("ONE-1");
    r.at = at;
    r.due_ms = simulation::epoch + 3'600'000;
    s.remember(r);
  };
  auto leave = [&](std::initializer_list<kind> words) {
    for (auto what : words)
      REQUIRE(s.memory.post_request(wish(what, "fake/ONE-1")));
  };
  /// A run that is to end by itself: what it left when it did.
  auto once = [&] {
    s.furnish();
    s.raise(false);
    auto asked = s.sim.self->request(s.dispatch, caf::infinite, atom::idle::value);
    for (int i = 0; i < 20 && s.sim.self->mailbox().empty(); ++i)
      s.pass(500ms);
    REQUIRE_FALSE(s.sim.self->mailbox().empty());
    asked.receive([](const std::vector<rest_notice>&, const texts&) {}, [](caf::error&) { FAIL_CHECK("no answer"); });
  };
  for (auto at : {state::parked, state::failed, state::cancelled, state::no_changes}) {
    GIVEN("a retry and then a cancel of a story that is " + std::string{to_string(at)}) {
      begins_at(at);
      leave({kind::retry, kind::cancel});
      once();
      THEN("nothing is begun, it is cancelled, and that is told") {
        CHECK(s.memory.at("fake/ONE-1") == state::cancelled);
        CHECK(s.runs.empty());
        CHECK(s.times("prepare") == 0);
        CHECK(s.comments() == texts{"2/cancelled"});
        CHECK(s.memory.requests(10)->empty());
      }
    }
  }
  for (auto at : {state::parked, state::queued, state::backing_off}) {
    GIVEN("a cancel and then a retry of a story that is " + std::string{to_string(at)}) {
      begins_at(at);
      leave({kind::cancel, kind::retry});
      once();
      THEN("it runs with the same run, once") {
        CHECK(s.memory.at("fake/ONE-1") == state::done);
        CHECK(s.times("run implement") == 1);
        CHECK(s.memory.requests(10)->empty());
      }
    }
  }
  GIVEN("a long to and fro") {
    begins_at(state::parked);
    leave({kind::retry, kind::cancel, kind::retry, kind::retry, kind::cancel, kind::cancel, kind::retry, kind::cancel});
    once();
    THEN("the last word counts") {
      CHECK(s.memory.at("fake/ONE-1") == state::cancelled);
      CHECK(s.runs.empty());
      CHECK(s.memory.requests(10)->empty());
    }
  }
  GIVEN("requests about many stories between the two") {
    begins_at(state::parked);
    leave({kind::retry});
    for (int n = 0; n < 200; ++n)
      REQUIRE(s.memory.post_request(wish(kind::retry, "fake/NO-" + std::to_string(n))));
    leave({kind::cancel});
    once();
    THEN("it is not begun while they are gone through") {
      CHECK(s.memory.at("fake/ONE-1") == state::cancelled);
      CHECK(s.runs.empty());
      CHECK(s.memory.requests(10)->empty());
    }
  }
  GIVEN("a cancel that its tracker cannot be told yet, and then a retry") {
    s.fails["report"] = {{ec::unavailable, "away", 0}};
    begins_at(state::parked);
    leave({kind::cancel, kind::retry});
    once();
    THEN("the run ends, and the retry is kept") {
      CHECK(s.memory.at("fake/ONE-1") == state::backing_off);
      CHECK(s.runs.empty());
      CHECK(s.memory.requests(10)->size() == 1);
    }
  }
  GIVEN("a store that forgets no request for a while") {
    begins_at(state::parked);
    leave({kind::retry, kind::cancel});
    s.slow_store = true;
    s.undroppable = 3;
    s.furnish();
    s.raise();
    s.pass(5s);
    THEN("the story is not begun meanwhile") {
      CHECK(s.memory.at("fake/ONE-1") == state::cancelled);
      CHECK(s.runs.empty());
      CHECK(s.memory.requests(10)->empty());
    }
  }
}

SCENARIO("who asks for rest hears of it when there is, with what happened") {
  stage s;
  s.held = {"run implement"};
  s.stories = {s.told_story("ONE-1")};
  s.raise();
  auto asked = s.sim.self->request(s.dispatch, caf::infinite, atom::idle::value);
  s.pass(5s);
  CHECK(s.sim.self->mailbox().empty());
  s.let_go("run implement");
  s.pass(1s);
  REQUIRE_FALSE(s.sim.self->mailbox().empty());
  asked.receive(
    [](const std::vector<rest_notice>& rested, const texts& troubles) {
      REQUIRE(rested.size() == 1);
      CHECK(rested[0].entry.at == state::done);
      CHECK(troubles.empty());
    },
    [](caf::error&) { FAIL_CHECK("no answer"); });
}
