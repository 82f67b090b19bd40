// What a single supervisor promises, one promise at a time; the sweep tries them all at once.

#include "tests/support/sim_world.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;
using namespace std::chrono_literals;

namespace {

constexpr auto id = "fake/ONE-1";

/// A world without a storm and one story in it.
struct quiet_world : sim_world {
  quiet_world() : sim_world(7) {
    world.stormy = false;
    sim.overtaking = false;
    settings.review.enabled = false;
    settings.checks.clear();
    put("ONE-1");
  }
  void put(const std::string& key, std::int32_t priority = 2, const std::string& repository = "r1") {
    story s;
    s.key = key;
    s.labels = {settings.issue_tracker.trigger_label, "repo:" + repository};
    s.priority = priority;
    tracker->put(s);
  }
  state at(const std::string& which = id) {
    auto r = memory.look(which);
    return r ? r->at : state::queued;
  }
  bool until(state wanted, const std::string& which = id) {
    return sim.run_until([&] { return memory.look(which) && at(which) == wanted; }, 2'000'000);
  }
  void ask(operator_request::kind what, const std::string& which = id) {
    operator_request r;
    r.what = what;
    r.story = which;
    r.reason = "nobody needs it any more";
    REQUIRE(memory.post_request(r));
  }
};

} // namespace

SCENARIO("a story goes its way once") {
  GIVEN("a quiet world") {
    quiet_world w;
    w.raise();
    REQUIRE(w.until(state::done));
    w.sim.pass(120s);
    THEN("one agent ran, one pull request is open and the tracker was told") {
      CHECK(w.books.runs == 1);
      CHECK(w.host.pulls("r1").size() == 1);
      CHECK(w.tracker->has_label("ONE-1", w.settings.issue_tracker.done_label));
      CHECK(w.world.wrongs.empty());
    }
  }
}

SCENARIO("a story is cancelled in any state") {
  for (auto where : {state::queued, state::preparing, state::implementing, state::checking, state::committing,
                     state::pushing, state::opening_pull_request, state::reporting}) {
    quiet_world w;
    w.settings.checks = {{"test", {"make"}, 10}};
    w.raise();
    REQUIRE(w.until(where));
    w.ask(operator_request::kind::cancel);
    REQUIRE(w.sim.run_until([&] { return is_final(w.at()); }, 2'000'000));
    w.sim.pass(5s);
    INFO("cancelled while " << to_string(where));
    // A request is looked at twice a second: what ends sooner, and what is only being told, has ended its own way.
    if (w.at() == state::cancelled) {
      CHECK(w.memory.look(id)->why->text == "nobody needs it any more");
      CHECK_FALSE(w.tracker->has_label("ONE-1", w.settings.issue_tracker.processing_label));
    } else {
      CHECK(w.at() == state::done);
    }
    if (where == state::implementing)
      CHECK(w.at() == state::cancelled);
    CHECK(w.memory.calm().requests(10)->empty());
    CHECK(w.world.wrongs.empty());
  }
}

SCENARIO("a story goes on in any state after a restart") {
  for (bool in_order : {true, false})
    for (auto where : {state::queued, state::preparing, state::implementing, state::checking, state::committing,
                       state::pushing, state::opening_pull_request, state::reporting}) {
      quiet_world w;
      w.settings.checks = {{"test", {"make"}, 10}};
      w.raise();
      REQUIRE(w.until(where));
      if (in_order)
        CHECK(w.lower());
      else
        w.kill();
      w.raise();
      INFO((in_order ? "stopped" : "killed") << " while " << to_string(where));
      CHECK(w.until(state::done));
      CHECK(w.host.pulls("r1").size() == 1);
      CHECK(w.books.runs <= 2);
      CHECK(w.world.wrongs.empty());
    }
}

SCENARIO("a session that was interrupted is told to go on, any other is told everything") {
  for (bool resumes : {true, false}) {
    quiet_world w;
    w.traits = {"sim", true, resumes};
    w.raise();
    REQUIRE(w.until(state::implementing));
    w.kill();
    w.raise();
    REQUIRE(w.until(state::done));
    std::vector<std::string> prompts;
    auto events = w.memory.calm().events_of(id);
    REQUIRE(events);
    for (auto& e : *events)
      if (auto* told = std::get_if<on_prompt>(&e.payload))
        prompts.push_back(told->prompt);
    REQUIRE(prompts.size() == 2);
    CHECK(prompts[0] == "Do {issue.key}");
    CHECK((prompts[1] == prompts[0]) == !resumes);
    if (resumes)
      CHECK(prompts[1].find("was interrupted") != std::string::npos);
  }
}

SCENARIO("what happens while the store cannot take a step happens after it") {
  GIVEN("an agent that has told its session while the store was busy") {
    quiet_world w;
    w.traits.names_session = false;
    w.raise();
    REQUIRE(w.until(state::implementing));
    w.memory.closed = true;
    w.sim.pass(60s); // the agent tells its session and ends meanwhile
    WHEN("the store takes steps again") {
      w.memory.closed = false;
      THEN("nothing was lost and nothing is done twice") {
        CHECK(w.until(state::done));
        CHECK(w.books.runs == 1);
        CHECK(w.world.wrongs.empty());
      }
    }
    WHEN("the process is to end meanwhile") {
      THEN("it does not wait for the store") {
        CHECK(w.lower());
        w.memory.closed = false;
        w.raise();
        CHECK(w.until(state::done));
        CHECK(w.world.wrongs.empty());
      }
    }
  }
}

SCENARIO("every band of failure leads where it belongs") {
  using call = fake_code_host::call;
  for (auto code : {ec::unavailable, ec::timed_out, ec::rate_limited}) {
    quiet_world w;
    w.host.fail_next(call::find_or_open, {code, "sim", 0});
    w.raise();
    CHECK(w.until(state::backing_off));
    CHECK(w.until(state::done));
    CHECK(w.books.runs == 1);
  }
  for (auto code : {ec::rejected, ec::bad_config, ec::over_budget, ec::corrupt_record, ec::invalid_transition}) {
    quiet_world w;
    w.host.fail_next(call::find_or_open, {code, "sim says no", 0});
    w.raise();
    INFO(to_string(code));
    CHECK(w.until(state::parked));
    CHECK(w.memory.look(id)->why->text == "sim says no");
    w.ask(operator_request::kind::retry);
    CHECK(w.until(state::done));
    CHECK(w.books.runs == 1); // committed work is never paid for again
    CHECK(w.world.wrongs.empty());
  }
  quiet_world w;
  w.host.fail_next(call::find_or_open, {ec::unavailable, "sim", 0}, 1000);
  w.raise();
  CHECK(w.until(state::failed));
  CHECK(w.host.calls(call::find_or_open) == w.settings.retry.max_attempts);
}

SCENARIO("a branch that was pushed before its story was cancelled does not stand in the way of a retry") {
  quiet_world w;
  w.host.fail_next(fake_code_host::call::find_or_open, {ec::unavailable, "sim", 0});
  w.raise();
  REQUIRE(w.until(state::backing_off));
  w.ask(operator_request::kind::cancel);
  REQUIRE(w.until(state::cancelled));
  w.ask(operator_request::kind::retry);
  CHECK(w.until(state::done));
  CHECK(w.books.runs == 1);
  CHECK(w.world.wrongs.empty());
}

SCENARIO("the dispatcher starts the important and the old first and lets no busy repository starve others") {
  quiet_world w;
  w.settings.orchestrator.max_parallel_stories = 1;
  w.put("LOW-1", 3);
  w.put("TOP-1", 0);
  w.put("MID-1", 1, "r2");
  std::vector<std::string> order;
  w.memory.watch = [&](const change& c) {
    if (c.record.at == state::preparing)
      order.push_back(c.record.story.key);
  };
  w.raise();
  REQUIRE(w.until(state::done, "fake/LOW-1"));
  CHECK(order == std::vector<std::string>{"TOP-1", "MID-1", "ONE-1", "LOW-1"});
}

SCENARIO("a story whose supervisor dies gets another one, and the others go on") {
  quiet_world w;
  w.put("TWO-1", 3, "r2");
  w.raise();
  REQUIRE(w.until(state::implementing));
  GIVEN("one that dies once") {
    caf::anon_send_exit(w.inside().running.at(id), caf::exit_reason::kill);
    THEN("both stories end well") {
      REQUIRE(w.until(state::done, "fake/TWO-1"));
      REQUIRE(w.until(state::done));
      CHECK(w.host.pulls("r1").size() == 1);
      // It is stored as done before its supervisor takes its leave.
      CHECK(w.sim.run_until([&] { return w.inside().running.empty(); }));
    }
  }
  GIVEN("one that dies whenever it is there") {
    auto kills = 0;
    auto began = w.sim.elapsed_ms();
    auto spare_the_reporter = true;
    auto last = story_supervisor_actor{};
    auto go = [&] {
      w.sim.run_until(
        [&] {
          if (w.memory.look(id) && w.at() == state::parked)
            return true;
          auto it = w.inside().running.find(id);
          // Each as soon as it is there, and no further: the next one must not tell all in the same breath.
          if (it != w.inside().running.end() && it->second != last &&
              !(spare_the_reporter && w.at() == state::reporting)) {
            last = it->second;
            caf::anon_send_exit(last, caf::exit_reason::kill);
            ++kills;
          }
          return w.sim.elapsed_ms() - began > 60'000;
        },
        2'000'000);
    };
    WHEN("its end can be told") {
      go();
      THEN("it waits for a person, its tracker knows, and there was no hot loop") {
        CHECK(w.at() == state::parked);
        CHECK(kills == 3);
        CHECK(w.memory.look(id)->why->text.find("defect") != std::string::npos);
        CHECK(w.tracker->has_label("ONE-1", w.settings.issue_tracker.failed_label));
        CHECK(w.until(state::done, "fake/TWO-1"));
      }
    }
    WHEN("not even that") {
      spare_the_reporter = false;
      go();
      THEN("it waits for a person all the same") {
        CHECK(w.at() == state::parked);
        CHECK(kills == 4);
        CHECK(w.until(state::done, "fake/TWO-1"));
        w.sim.pass(60s);
        CHECK(w.inside().running.empty());
      }
    }
  }
}

SCENARIO("a story that its supervisors die of ends with a person, wherever it stands") {
  quiet_world w;
  auto in = GENERATE(state::queued, state::backing_off, state::answering);
  INFO(to_string(in));
  if (in == state::backing_off)
    w.host.fail_next(fake_code_host::call::locate, {ec::unavailable, "the host is away"});
  w.raise();
  if (in == state::answering) {
    REQUIRE(w.until(state::done));
    auto r = w.memory.look(id);
    remark m;
    m.author = "ann";
    m.text = "change this";
    w.host.remark_on(r->repository, r->pull->id, m);
    auto s = *w.tracker->fetch("ONE-1");
    s.labels.push_back(w.settings.issue_tracker.rework_label);
    w.tracker->put(s);
  }
  auto last = story_supervisor_actor{};
  auto kills = 0;
  auto parked = w.sim.run_until(
    [&] {
      if (!w.memory.look(id))
        return false;
      auto it = w.inside().running.find(id);
      if (w.at() == in && it != w.inside().running.end() && it->second != last) {
        last = it->second;
        caf::anon_send_exit(last, caf::exit_reason::kill);
        ++kills;
      }
      return w.at() == state::parked;
    },
    2'000'000);
  INFO(kills << " were ended");
  REQUIRE(parked);
  CHECK(kills >= 3); // one that had just laid the story down may be among them
  CHECK(w.memory.walked.count({in, move::went_wrong}) == 1);
  CHECK(w.memory.look(id)->why->text.find("defect") != std::string::npos);
  CHECK(w.tracker->has_label("ONE-1", w.settings.issue_tracker.failed_label));
  CHECK(w.world.wrongs.empty());
}
