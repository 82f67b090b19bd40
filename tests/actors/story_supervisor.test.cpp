// One story between colleagues whose every answer is known: verdicts, lost sessions, late answers, cancels.

#include "tests/actors/stage.hpp"

#include "actors/operators.hpp"
#include "actors/story_drive.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;
using namespace std::chrono_literals;

namespace {

constexpr auto id = "fake/ONE-1";
using R = run_role;
using roles = std::vector<run_role>;
using texts = std::vector<std::string>;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
bool any_contains(const texts& all, const std::string& part) {
  return std::any_of(all.begin(), all.end(), [&](auto& t) { return contains(t, part); });
}

check_config check_named(const std::string& name) { return {name, {"make", name}, 10}; }

} // namespace

SCENARIO("a reviewer's verdict decides what follows") {
  stage s;
  s.settings.review.enabled = true;
  WHEN("the reviewer approves") {
    s.begin(s.fresh());
    THEN("the change goes on, and the verdict stands as evidence") {
      CHECK(s.memory.at(id) == state::done);
      CHECK(s.roles() == roles{R::implement, R::review});
      auto r = s.memory.look(id);
      REQUIRE(r->proof.size() == 1);
      CHECK(r->proof[0].name == "review");
      CHECK(r->proof[0].passed);
    }
    THEN("the reviewer reads the change in a session of its own") {
      CHECK(contains(s.runs[1].prompt, "+1"));
      CHECK_FALSE(s.runs[1].resume);
      CHECK(s.runs[1].session != s.runs[0].session);
    }
  }
  WHEN("the reviewer asks for changes") {
    s.reviews = {"HYAKKI-REVIEW: FINDINGS\ncalc.py:3 adds one too many"};
    s.begin(s.fresh());
    THEN("the agent mends them in its own session, and they are reviewed again") {
      CHECK(s.memory.at(id) == state::done);
      CHECK(s.roles() == roles{R::implement, R::review, R::fix, R::review});
      CHECK(contains(s.runs[2].prompt, "calc.py:3 adds one too many"));
      CHECK(s.runs[2].resume);
      CHECK(s.runs[2].session == s.runs[0].session);
      auto r = s.memory.look(id);
      REQUIRE(r->proof.size() == 2);
      CHECK_FALSE(r->proof[0].passed);
      CHECK(r->proof[1].passed);
    }
  }
  WHEN("the reviewer gives no verdict, or both") {
    for (auto words : {"Looks good to me!", "", "HYAKKI-REVIEW: PASS\nHYAKKI-REVIEW: FINDINGS\nbut mend this"}) {
      stage t; // nothing passes unread
      t.settings.review.enabled = true;
      t.reviews = {words};
      t.begin(t.fresh());
      INFO(words);
      CHECK(t.roles() == roles{R::implement, R::review, R::fix, R::review});
      CHECK(t.memory.at(id) == state::done);
    }
  }
  WHEN("the reviewer is never content") {
    s.reviews.assign(10, "HYAKKI-REVIEW: FINDINGS\nstill wrong");
    s.begin(s.fresh());
    THEN("it ends after the configured rounds, and a person is asked") {
      CHECK(s.roles() == roles{R::implement, R::review, R::fix, R::review, R::fix, R::review});
      auto r = s.memory.look(id);
      CHECK(r->at == state::parked);
      CHECK(r->why->code == ec::over_budget);
      CHECK(contains(r->why->text, "2 rounds"));
      CHECK(contains(r->why->text, "still wrong"));
      CHECK(s.comments() == texts{"1/failure"});
      CHECK(s.times("push") == 0);
    }
  }
  WHEN("the reviewing session itself fails") {
    run_report bad;
    bad.code = ec::unavailable;
    bad.what.outcome = run_outcome::failed;
    bad.what.error = "the model sleeps";
    run_report good;
    good.succeeded = true;
    good.what.outcome = run_outcome::succeeded;
    s.run_answers = {good, bad};
    s.begin(s.fresh());
    THEN("the review is made again later, the implementation is not") {
      CHECK(s.memory.at(id) == state::backing_off);
      CHECK(s.memory.look(id)->resume_at == state::reviewing);
      s.supervise();
      CHECK(s.memory.at(id) == state::done);
      CHECK(s.roles() == roles{R::implement, R::review, R::review});
    }
  }
}

SCENARIO("failing checks send the change back, within the budget") {
  stage s;
  s.settings.checks = {check_named("test"), check_named("lint")};
  WHEN("a check fails once") {
    s.verdicts = {false};
    s.begin(s.fresh());
    THEN("the agent is told what the check said, and all checks run again from the first") {
      CHECK(s.memory.at(id) == state::done);
      CHECK(s.roles() == roles{R::implement, R::fix});
      CHECK(contains(s.runs[1].prompt, "1 + 1 is 3"));
      CHECK(contains(s.runs[1].prompt, "exited with 2"));
      texts ran;
      for (auto& c : s.checks)
        ran.push_back(c.name);
      CHECK(ran == texts{"test", "test", "lint"});
    }
    THEN("the evidence tells both, and the tree that the last checks saw is the one that was committed") {
      auto r = s.memory.look(id);
      texts proof;
      for (auto& p : r->proof)
        proof.push_back(p.name + (p.passed ? "+" : "-"));
      CHECK(proof == texts{"test-", "test+", "lint+", "tree+"});
      CHECK(r->commit->tree_sha == "tree");
    }
  }
  WHEN("a check never passes") {
    s.verdicts.assign(10, false);
    s.begin(s.fresh());
    THEN("nothing is pushed and a person is asked") {
      CHECK(s.roles() == roles{R::implement, R::fix, R::fix});
      CHECK(s.memory.at(id) == state::parked);
      CHECK(s.memory.look(id)->why->code == ec::over_budget);
      CHECK(s.times("push") == 0);
      CHECK(s.comments() == texts{"1/failure"});
    }
  }
  WHEN("a check cannot be run at all") {
    s.fails["check"] = {{ec::bad_config, "make is not installed", 0}};
    s.begin(s.fresh());
    THEN("the agent is not blamed for it") {
      CHECK(s.roles() == roles{R::implement});
      CHECK(s.memory.at(id) == state::parked);
      CHECK(s.memory.look(id)->why->text == "make is not installed");
    }
  }
  WHEN("review is configured too") {
    s.settings.review.enabled = true;
    s.verdicts = {false};
    s.begin(s.fresh());
    THEN("what was mended for a check is reviewed again before it is checked again") {
      CHECK(s.memory.at(id) == state::done);
      CHECK(s.roles() == roles{R::implement, R::review, R::fix, R::review});
    }
  }
}

SCENARIO("a session that the agent has lost is replaced by a new one, once, and said") {
  stage s;
  auto r = s.fresh();
  r.at = state::implementing;
  r.branch = "feature/one";
  r.tree = "/trees/x";
  r.base_branch = "main";
  r.base_sha = "base";
  run open;
  open.number = 1;
  open.agent = "stub";
  open.session = "s-1";
  r.runs = {open};
  run_report gone;
  gone.code = ec::not_found;
  gone.what.outcome = run_outcome::failed;
  gone.what.error = "no such session";
  WHEN("the engine died and the session is still known") {
    s.begin(r);
    THEN("the work goes on in it, and the run that was under way is said to be lost") {
      REQUIRE(s.runs.size() == 1);
      CHECK(s.runs[0].resume);
      CHECK(s.runs[0].session == "s-1");
      CHECK(s.runs[0].number == 2);
      auto after = s.memory.look(id);
      CHECK(after->at == state::done);
      CHECK(after->runs[0].outcome == run_outcome::lost);
    }
  }
  WHEN("the agent does not know the session any more") {
    s.run_answers = {gone};
    s.begin(r);
    THEN("a fresh run follows in a new session") {
      REQUIRE(s.runs.size() == 2);
      CHECK(s.runs[0].resume);
      CHECK_FALSE(s.runs[1].resume);
      CHECK(s.runs[1].session == "new-1");
      auto after = s.memory.look(id);
      CHECK(after->at == state::done);
      REQUIRE(after->runs.size() == 3);
      CHECK(after->runs[0].outcome == run_outcome::lost);
      CHECK(after->runs[1].outcome == run_outcome::failed);
      CHECK(after->runs[2].outcome == run_outcome::succeeded);
    }
    THEN("the record says so") { CHECK(any_contains(s.memory.notes(id), "no longer knows session s-1")); }
  }
  WHEN("the new session fails for want of itself too") {
    s.run_answers = {gone, gone};
    s.begin(r);
    THEN("nobody goes round in circles") {
      CHECK(s.runs.size() == 2);
      CHECK(is_resting(s.memory.at(id)));
      CHECK(s.memory.at(id) != state::done);
    }
  }
}

SCENARIO("a runner that dies ends one run, not the story") {
  stage s;
  s.settings.checks = {check_named("test")};
  GIVEN("an agent at work") {
    s.held = {"run implement"};
    auto who = s.begin(s.fresh());
    REQUIRE(s.memory.at(id) == state::implementing);
    WHEN("what runs it dies") {
      s.die(s.runners.back());
      THEN("the run failed, which is said, and the story goes on later") {
        auto r = s.memory.look(id);
        REQUIRE(r->runs.size() == 1);
        CHECK(r->runs[0].outcome == run_outcome::failed);
        CHECK(contains(r->runs[0].error, "died"));
        CHECK(r->at == state::backing_off);
        CHECK(r->why->code == ec::unavailable);
      }
      AND_WHEN("it goes on") {
        s.held.clear();
        s.supervise();
        THEN("another one runs it to its end") {
          CHECK(s.runners.size() == 2);
          CHECK(s.memory.at(id) == state::done);
        }
      }
    }
    WHEN("it dies while the engine ends") {
      s.deaf = true;
      s.tell(who, story_word::stop);
      s.die(s.runners.back());
      THEN("the story rests where it is, to go on with the next start") {
        REQUIRE(s.rested.size() == 1);
        CHECK(s.memory.at(id) == state::implementing);
      }
    }
  }
  GIVEN("a check under way") {
    s.held = {"check"};
    s.begin(s.fresh());
    REQUIRE(s.memory.at(id) == state::checking);
    WHEN("what runs it dies") {
      s.die(s.runners.back());
      THEN("the story goes on later, with the check") {
        auto r = s.memory.look(id);
        CHECK(r->at == state::backing_off);
        CHECK(r->resume_at == state::checking);
        CHECK(contains(r->why->text, "died"));
      }
    }
  }
}

SCENARIO("an answer that comes too late changes nothing") {
  GIVEN("an agent that is stuck past every deadline") {
    stage s;
    s.held = {"run implement"};
    s.deaf = true;
    s.begin(s.fresh());
    REQUIRE(s.memory.at(id) == state::implementing);
    s.pass(400s);
    CHECK(s.memory.at(id) == state::backing_off);
    auto before = s.memory.look(id);
    REQUIRE(before->runs.size() == 1);
    CHECK(before->runs[0].outcome == run_outcome::timed_out);
    WHEN("it answers after all") {
      s.let_go("run implement");
      THEN("the record stands as it was") {
        CHECK(s.memory.look(id)->version == before->version);
        CHECK(s.times("commit") == 0);
      }
    }
  }
  GIVEN("a story that waits for its agent") {
    stage s;
    s.held = {"run implement"};
    auto who = s.begin(s.fresh());
    auto before = s.memory.look(id);
    WHEN("words of other times and places come in") {
      s.tell(who, atom::granted::value, std::string{"another repository"});
      s.tell(who, atom::granted::value, std::string{"r1"});
      s.tell(who, atom::session::value, std::uint32_t{7}, std::string{"not this run"});
      s.tell(who, story_word::save_again);
      s.tell(who, story_word::start);
      THEN("nothing happens, and the story ends as it would") {
        CHECK(s.memory.look(id)->version == before->version);
        CHECK(s.runs.size() == 1);
        s.let_go("run implement");
        CHECK(s.memory.at(id) == state::done);
        CHECK(s.runs.size() == 1);
      }
    }
    WHEN("a move comes that the table does not know") {
      drive::apply(caf::actor_cast<drive::pointer>(who), move::pushed);
      drive::pass(caf::actor_cast<drive::pointer>(who), move::reported);
      THEN("it is counted and ignored") {
        CHECK(stage::inside(who).late == 2);
        CHECK(s.memory.look(id)->version == before->version);
        s.let_go("run implement");
        CHECK(s.memory.at(id) == state::done);
      }
    }
    WHEN("the session is told twice and in the middle of a step") {
      s.tell(who, atom::session::value, std::uint32_t{1}, std::string{"s-9"});
      auto once = s.memory.look(id)->version;
      CHECK(s.memory.look(id)->runs[0].session == "s-9");
      s.tell(who, atom::session::value, std::uint32_t{1}, std::string{"s-9"});
      THEN("it is stored once") { CHECK(s.memory.look(id)->version == once); }
    }
  }
}

SCENARIO("a story that is cancelled ends where it stands, whatever it waits for") {
  struct place {
    const char* question; ///< that is open
    state at;
  };
  for (auto p :
       {place{"prepare", state::preparing}, place{"run implement", state::implementing},
        place{"diff", state::reviewing}, place{"run review", state::reviewing}, place{"check", state::checking},
        place{"hash", state::checking}, place{"run fix", state::fixing}, place{"commit", state::committing},
        place{"push", state::pushing}, place{"open", state::opening_pull_request}}) {
    stage s;
    s.settings.review.enabled = true;
    s.settings.checks = {check_named("test")};
    if (p.at == state::fixing)
      s.verdicts = {false};
    s.held = {p.question};
    auto who = s.begin(s.fresh());
    INFO("cancelled while waiting for " << p.question);
    REQUIRE(s.memory.at(id) == p.at);
    REQUIRE(s.asked.back() == p.question);
    auto asked = s.asked.size();
    s.tell(who, atom::cancel::value, std::string{"nobody needs it"}, false);
    s.tell(who, atom::cancel::value, std::string{"said twice"}, false);
    s.let_go(p.question);
    auto r = s.memory.look(id);
    CHECK(r->at == state::cancelled);
    CHECK(r->why->text == "nobody needs it");
    CHECK(open_run(*r) == nullptr);
    // Nothing happens after it but that the tracker is told.
    CHECK(s.asked.size() == asked + 1);
    CHECK(s.asked.back() == "report");
    CHECK(s.comments() == texts{"1/cancelled"});
    REQUIRE(s.rested.size() == 1);
    CHECK(s.rested[0].entry.at == state::cancelled);
  }
}

SCENARIO("a story that waits for its repository is cancelled at once, and gives its place back") {
  stage s;
  s.held = {"run implement"};
  auto first = s.begin(s.fresh("ONE-1"));
  auto second = s.begin(s.fresh("TWO-1"));
  auto third = s.begin(s.fresh("TRI-1"));
  REQUIRE(s.runs.size() == 1);
  CHECK(any_contains(s.memory.notes("fake/TWO-1"), "another story works in r1"));
  s.tell(second, atom::cancel::value, std::string{"no"}, false);
  CHECK(s.memory.at("fake/TWO-1") == state::cancelled);
  s.let_go("run implement");
  CHECK(s.memory.at("fake/ONE-1") == state::done);
  CHECK(s.memory.at("fake/TRI-1") == state::done);
  CHECK(s.runs.size() == 2);
}

SCENARIO("a story that its supervisors die of while it waits for its repository ends with a person") {
  stage s;
  s.furnish();
  s.sim.self->send(s.with.lock, atom::acquire::value, std::string{"r1"},
                   caf::actor_cast<story_supervisor_actor>(s.sim.self.ptr()));
  s.remember(s.fresh());
  s.raise();
  for (int death = 0; death < 3; ++death) {
    s.pass(10s);
    REQUIRE(s.memory.at(id) == state::waiting_for_repo);
    REQUIRE(s.middle().running.count(id) == 1);
    caf::anon_send_exit(s.middle().running.at(id), caf::exit_reason::kill);
  }
  s.pass(10s);
  auto r = s.memory.look(id);
  CHECK(r->at == state::parked);
  CHECK(r->why->in == state::waiting_for_repo);
  CHECK(contains(r->why->text, "defect"));
  CHECK(s.times("prepare") == 0);
}

SCENARIO("a story whose repository cannot be asked for backs off, and goes on when it can") {
  stage s;
  s.furnish();
  s.die(s.with.lock);
  s.begin(s.fresh());
  auto r = s.memory.look(id);
  REQUIRE(r);
  CHECK(r->at == state::backing_off);
  CHECK(r->why->in == state::waiting_for_repo);
  CHECK(r->attempts == 1);
  CHECK(s.times("prepare") == 0);
  s.with.lock = s.sim.system.spawn(repo_lock, 1u);
  s.supervise();
  CHECK(s.memory.at(id) == state::done);
  caf::anon_send_exit(s.with.lock, caf::exit_reason::kill);
}

SCENARIO("every step has its tries counted, and the story ends when they are used up") {
  for (auto* step : {"prepare", "hash", "commit", "push", "open"}) {
    INFO(step);
    stage s;
    s.settings.checks = {check_named("test")};
    s.settings.retry.max_attempts = 4;
    for (int n = 0; n < 10; ++n)
      s.fails[step].push_back({ec::unavailable, "away", 0});
    s.begin(s.fresh());
    std::uint32_t tries = 0;
    for (std::int64_t waited = 0; tries < 10 && s.memory.at(id) == state::backing_off; s.supervise()) {
      auto r = s.memory.look(id);
      CHECK(r->attempts == ++tries);
      CHECK(r->due_ms - r->changed_ms > waited); // twice as long each time, more or less
      waited = r->due_ms - r->changed_ms;
    }
    CHECK(tries == 3);
    CHECK(s.memory.at(id) == state::failed);
    CHECK(s.runs.size() <= 1); // nothing is paid for twice
  }
}

SCENARIO("a cancel that comes when the end is only to be told does not undo the work") {
  stage s;
  s.held = {"report"};
  auto who = s.begin(s.fresh());
  REQUIRE(s.memory.at(id) == state::reporting);
  s.tell(who, atom::cancel::value, std::string{"too late"}, false);
  s.let_go("report");
  CHECK(s.memory.at(id) == state::done);
}

SCENARIO("a resting story that was started only to be cancelled does nothing else") {
  for (auto at : {state::queued, state::backing_off}) {
    stage s;
    auto r = s.fresh();
    r.at = at;
    r.due_ms = simulation::epoch + 1000;
    s.furnish();
    s.remember(r);
    auto who = s.sim.system.spawn(story_supervisor, r, static_cast<const colleagues*>(&s.with), s.ear());
    s.sim.self->send(who, atom::cancel::value, std::string{"no"}, false);
    s.sim.self->send(who, story_word::start);
    s.sim.settle();
    INFO(to_string(at));
    CHECK(s.memory.at(id) == state::cancelled);
    CHECK(s.asked == texts{"report"});
  }
}

SCENARIO("a store that is busy is asked again, and nothing is done meanwhile") {
  GIVEN("a store that takes nothing three times") {
    stage s;
    using fault = scripted_store::fault;
    s.held = {"prepare"};
    s.begin(s.fresh());
    REQUIRE(s.memory.at(id) == state::preparing);
    for (int i = 0; i < 3; ++i)
      s.memory.faults.push_back(fault{{ec::unavailable, "busy", 0}, false});
    s.let_go("prepare");
    CHECK(s.runs.empty()); // the intent is not durable, so the agent is not paid
    s.pass(2s);
    CHECK(s.runs.empty());
    s.pass(2s);
    THEN("the fourth time is good, and everything happened once") {
      CHECK(s.memory.at(id) == state::done);
      CHECK(s.runs.size() == 1);
      CHECK(s.times("prepare") == 1);
    }
  }
  GIVEN("a store that takes a step and is not heard") {
    stage s;
    s.held = {"prepare"};
    s.begin(s.fresh());
    s.memory.faults.push_back(scripted_store::fault{{ec::timed_out, "nobody heard", 0}, true});
    s.let_go("prepare");
    CHECK(s.memory.at(id) == state::implementing);
    CHECK(s.runs.empty());
    s.pass(2s);
    THEN("the step that stands in the way is known to be its own") {
      CHECK(s.memory.at(id) == state::done);
      CHECK(s.runs.size() == 1);
    }
  }
  GIVEN("a record that somebody else has changed") {
    stage s;
    s.held = {"prepare"};
    s.begin(s.fresh());
    auto theirs = *s.memory.look(id);
    ++theirs.version;
    theirs.at = state::parked;
    REQUIRE(s.memory.commit({{theirs, {}}}));
    s.let_go("prepare");
    THEN("the supervisor ends and leaves it to them") {
      CHECK(s.memory.at(id) == state::parked);
      CHECK(s.runs.empty());
      REQUIRE(s.rested.size() == 1);
    }
  }
}

SCENARIO("a tracker that cannot be told is told later, and costs nothing else") {
  GIVEN("one that wants to be left alone") {
    stage s;
    s.held = {"report"};
    s.begin(s.fresh());
    auto until = simulation::epoch + 600'000;
    // The first report is that work starts; the second is the end.
    s.fails["report"] = {{ec::unavailable, "asleep", 0}, {ec::rate_limited, "too many", until}};
    s.let_go("report");
    auto r = s.memory.look(id);
    CHECK(r->at == state::backing_off);
    CHECK(r->resume_at == state::reporting);
    CHECK(r->due_ms >= until);
    CHECK(r->attempts == 0); // to be asked to wait is no failure
    s.supervise();
    THEN("it is told, and the agent ran once") {
      CHECK(s.memory.at(id) == state::done);
      CHECK(s.runs.size() == 1);
      CHECK(s.times("push") == 1);
    }
  }
  GIVEN("one that never answers") {
    stage s;
    s.held = {"report"};
    s.begin(s.fresh());
    REQUIRE(s.memory.at(id) == state::reporting);
    s.pass(301s);
    THEN("the question has a deadline") { CHECK(s.memory.at(id) == state::backing_off); }
  }
  GIVEN("one that refuses") {
    stage s;
    s.held = {"report"};
    s.begin(s.fresh());
    s.fails["report"] = {{ec::rejected, "no", 0}, {ec::rejected, "you may not write here", 0}};
    s.let_go("report");
    THEN("a comment that cannot be posted does not undo the work, and the record says so") {
      CHECK(s.memory.at(id) == state::done);
      CHECK(any_contains(s.memory.notes(id), "you may not write here"));
      CHECK(any_contains(s.memory.notes(id), "that work starts, or refused a part of it: rejected: no"));
    }
  }
  GIVEN("one that is away for longer than any step is tried, or that does not know the token meanwhile") {
    auto why = GENERATE(ec::unavailable, ec::bad_config);
    stage s;
    s.held = {"report"};
    s.begin(s.fresh());
    s.fails["report"] = {20, {why, "not now", 0}};
    s.let_go("report");
    for (int i = 0; i < 18; ++i) {
      REQUIRE(s.memory.at(id) == state::backing_off);
      CHECK(s.memory.look(id)->resume_at == state::reporting);
      s.supervise();
    }
    WHEN("it is back") {
      s.fails.clear();
      s.supervise();
      THEN("it is told, and the work was done once") {
        CHECK(s.memory.at(id) == state::done);
        CHECK(s.runs.size() == 1);
        CHECK_FALSE(s.reports.empty());
      }
    }
  }
  GIVEN("one that is not configured any more") {
    stage s;
    auto r = s.fresh();
    s.furnish();
    s.with.gateways.clear();
    s.begin(r);
    THEN("the story ends all the same") {
      CHECK(s.memory.at(id) == state::done);
      CHECK(any_contains(s.memory.notes(id), "not configured any more"));
    }
  }
}

SCENARIO("a story that begins is read again") {
  stage s;
  auto& seen = s.standings["ONE-1"];
  seen.now = s.told_story("ONE-1", 2, "r2");
  seen.now.title = "What it says by now";
  GIVEN("one whose words and repository somebody changed while it waited") {
    s.begin(s.fresh());
    auto r = s.memory.look(id);
    CHECK(r->at == state::done);
    CHECK(r->story.title == "What it says by now");
    CHECK(r->repository == "r2");
    REQUIRE(s.trees.size() == 1);
    CHECK(s.trees.front().repository == "r2");
  }
  GIVEN("one that was parked for it belonged nowhere, and is tried again") {
    auto lost = s.told_story("ONE-1", 2, "");
    seen.now = lost;
    s.begin(take_in(lost, s.settings, s.sim.time->now()).record);
    REQUIRE(s.memory.at(id) == state::parked);
    auto again = operator_step(*s.memory.look(id), move::retry, "somebody mended it", s.sim.time->now());
    REQUIRE(s.memory.commit(std::vector<change>{again}));
    seen.now = s.told_story("ONE-1", 2, "r3");
    s.supervise();
    CHECK(s.memory.at(id) == state::done);
    CHECK(s.memory.look(id)->repository == "r3");
  }
  GIVEN("one that was closed while it waited") {
    seen.wanted = false;
    seen.why = "ONE-1 is closed";
    s.begin(s.fresh());
    auto r = s.memory.look(id);
    CHECK(r->at == state::cancelled);
    CHECK(r->why->text == "ONE-1 is closed");
    CHECK(s.runs.empty());
    CHECK(s.trees.empty());
    CHECK(s.comments().empty());
  }
  GIVEN("a tracker that cannot tell") {
    s.fails["look again"] = {{ec::unavailable, "asleep", 0}};
    s.begin(s.fresh());
    THEN("it is begun as it is known, and the record says so") {
      CHECK(s.memory.at(id) == state::done);
      CHECK(s.memory.look(id)->repository == "r1");
      CHECK(any_contains(s.memory.notes(id), "as it was known before"));
    }
  }
}

SCENARIO("a tree that was tampered with between checks and commit is not pushed") {
  stage s;
  s.settings.checks = {check_named("test")};
  s.held = {"hash"};
  s.begin(s.fresh());
  // What the checks saw is not what will be committed.
  s.tree_hash = "another tree";
  s.let_go("hash");
  CHECK(s.memory.at(id) == state::parked);
  CHECK(contains(s.memory.look(id)->why->text, "changed between the checks and the commit"));
  CHECK(s.times("push") == 0);
}

SCENARIO("a tree that is gone means that the work starts over, not that it is lost") {
  stage s;
  s.fails["commit"] = {{ec::not_found, "there is no such tree", 0}};
  s.begin(s.fresh());
  CHECK(s.memory.at(id) == state::done);
  CHECK(s.times("prepare") == 2);
  CHECK(s.runs.size() == 2);
}
