// One tracker's door: carries out what it is asked, leaves a tracker alone that asks for it, decides nothing.

#include "tests/actors/ask.hpp"
#include "tests/actors/scripted_store.hpp"
#include "tests/support/fake_tracker.hpp"

#include "actors/store_writer.hpp"
#include "actors/tracker_gateway.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;
using call = fake_tracker::call;

namespace {

struct counter {
  simulation sim{1};
  fake_tracker tracker;
  scripted_store memory;
  store_writer_actor writer =
    sim.system.spawn(store_writer, static_cast<store*>(&memory), std::function<void()>{[this] { ++nudges; }});
  int nudges = 0;
  tracker_gateway_actor gateway = sim.system.spawn(tracker_gateway, static_cast<hyakki::tracker*>(&tracker),
                                                   static_cast<const hyakki::clock*>(sim.time.get()), writer);
  counter() { tracker.put("A-1", "A story"); }
  ~counter() {
    end(sim, gateway);
    end(sim, writer);
  }
  result<found_stories> look(look_order what = {}) {
    return ask<found_stories>(sim, gateway, atom::search::value, std::move(what));
  }
  result<atom::ok_atom> say(report_order what) {
    return ask<atom::ok_atom>(sim, gateway, atom::report::value, std::move(what));
  }
  static report_order two_comments() {
    return {"A-1", {{"m/1", "one"}, {"m/2", "two"}}, {{"ai-done"}, {"ai-processing"}}, {}};
  }
};

constexpr std::int64_t day = 24 * 3600 * 1000;

} // namespace

SCENARIO("a look brings what the tracker has, damaged stories named once") {
  counter c;
  c.tracker.put("A-2", "Another");
  c.tracker.damage("A-3");
  auto found = c.look();
  REQUIRE(found);
  CHECK(found->stories.size() == 2);
  REQUIRE(found->unreadable.size() == 1);
  CHECK(found->unreadable[0].find("A-3") != std::string::npos);
}

SCENARIO("a look tells in one message what is new, what wants rework and how others stand") {
  counter c;
  story s;
  s.key = "A-2";
  s.labels = {"ai-pipeline", "ai-rework", "ai-done"};
  c.tracker.put(s);
  c.tracker.put("A-3", "Closed");
  (void)c.tracker.move_to("A-3", "closed");
  GIVEN("a look with keys") {
    auto found = c.look({true, {"A-1", "A-3", "A-9"}});
    REQUIRE(found);
    CHECK(found->stories.size() == 1);
    REQUIRE(found->rework.size() == 1);
    CHECK(found->rework[0].key == "A-2");
    REQUIRE(found->standings.size() == 3);
    CHECK(found->standings[0].wanted);
    CHECK_FALSE(found->standings[1].wanted);
    CHECK_FALSE(found->standings[2].wanted);
    CHECK(c.tracker.calls(call::look_again) == 1);
    CHECK(found->failures.empty());
  }
  GIVEN("a look without") {
    REQUIRE(c.look());
    CHECK(c.tracker.calls(call::look_again) == 0);
  }
  GIVEN("a look at single stories alone") {
    REQUIRE(c.look({false, {"A-1"}}));
    CHECK(c.tracker.calls(call::search) == 0);
    CHECK(c.tracker.calls(call::search_rework) == 0);
  }
  GIVEN("parts that fail") {
    c.tracker.fail_next(call::look_again, {ec::unavailable, "away", 0});
    c.tracker.fail_next(call::search_rework, {ec::rejected, "no", 0});
    auto found = c.look({true, {"A-1"}});
    THEN("what is new is brought all the same, and they are said") {
      REQUIRE(found);
      CHECK(found->stories.size() == 1);
      CHECK(found->standings.empty());
      CHECK(found->failures.size() == 2);
    }
  }
  GIVEN("a part that is told to come back later") {
    c.tracker.fail_next(call::look_again, {ec::rate_limited, "later", simulation::epoch + 90'000});
    auto found = c.look({true, {"A-1"}});
    THEN("the tracker is left alone from there on") {
      REQUIRE(found);
      CHECK(c.tracker.calls(call::search_rework) == 0);
      CHECK(c.look().error() == ec::rate_limited);
    }
  }
}

SCENARIO("a report that is repeated says nothing twice") {
  counter c;
  CHECK(c.say(counter::two_comments()));
  CHECK(c.say(counter::two_comments()));
  CHECK(c.tracker.comments("A-1").size() == 2);
  CHECK(c.tracker.has_label("A-1", "ai-done"));
}

SCENARIO("a report that broke off goes on where it stopped") {
  GIVEN("a tracker that takes the first comment and fails at the second") {
    counter c;
    c.tracker.pass_next(call::post);
    c.tracker.fail_next(call::post, {ec::unavailable, "the tracker sleeps", 0});
    auto first = c.say(counter::two_comments());
    REQUIRE_FALSE(first);
    CHECK(first.error() == ec::unavailable);
    CHECK(first.error().text == "the tracker sleeps"); // as it was said: what follows is for others to decide
    CHECK(c.tracker.calls(call::post) == 2);           // it was not tried again here
    CHECK(c.tracker.calls(call::label) == 0);          // labels follow comments
    WHEN("it is asked again") {
      CHECK(c.say(counter::two_comments()));
      THEN("each comment is there once, in order, and then the labels") {
        auto all = c.tracker.comments("A-1");
        REQUIRE(all.size() == 2);
        CHECK(all[0].markdown == "one");
        CHECK(all[1].markdown == "two");
        CHECK(c.tracker.calls(call::label) == 1);
      }
    }
  }
  GIVEN("an answer that is lost") {
    counter c;
    c.tracker.lose_answer(call::post);
    CHECK(c.say(counter::two_comments()).error() == ec::timed_out);
    CHECK(c.say(counter::two_comments()));
    CHECK(c.tracker.comments("A-1").size() == 2);
  }
}

SCENARIO("a part that a tracker refuses does not keep the others back") {
  counter c;
  auto too_long = error{ec::rejected, "too long", 0};
  c.tracker.fail_next(call::post, too_long);
  c.tracker.pass_next(call::post);
  c.tracker.fail_next(call::post, too_long);
  auto said = c.say(counter::two_comments());
  REQUIRE_FALSE(said);
  CHECK(said.error().text == "too long");
  REQUIRE(c.tracker.comments("A-1").size() == 1);
  CHECK(c.tracker.comments("A-1")[0].markdown == "two");
  CHECK(c.tracker.has_label("A-1", "ai-done"));
}

SCENARIO("a comment that a tracker has no room for does not keep the labels back") {
  counter c;
  c.tracker.fail_next(call::post, {ec::over_budget, "no room", 0}, 4);
  CHECK(c.say(counter::two_comments()).error() == ec::over_budget);
  CHECK(c.tracker.has_label("A-1", "ai-done"));
}

SCENARIO("a refusal counts while the tracker answers for the story") {
  counter c;
  auto no_page = error{ec::not_found, "no such page", 0};
  GIVEN("a tracker that shows the story all the same, and refuses again") {
    c.tracker.fail_next(call::post, no_page, 4);
    auto said = c.say(counter::two_comments());
    THEN("the refusal stands, and the rest was said") {
      REQUIRE_FALSE(said);
      CHECK(said.error() == ec::not_found);
      CHECK(c.tracker.calls(call::post) == 4);
      CHECK(c.tracker.comments("A-1").empty());
      CHECK(c.tracker.has_label("A-1", "ai-done"));
    }
  }
  GIVEN("a page in between that goes just then") {
    c.tracker.fail_next(call::post, no_page, 2);
    c.tracker.fail_next(call::label, no_page);
    THEN("all is said at once") {
      CHECK(c.say(counter::two_comments()));
      CHECK(c.tracker.comments("A-1").size() == 2);
      CHECK(c.tracker.has_label("A-1", "ai-done"));
    }
  }
  GIVEN("one that comes back after a look") {
    c.tracker.fail_next(call::post, no_page, 4);
    c.tracker.pass_next(call::look_again);
    c.tracker.fail_next(call::look_again, no_page);
    CHECK(c.say(counter::two_comments()).error() == ec::unavailable);
  }
  GIVEN("a page in between that knows nothing of the story") {
    for (auto code : {ec::not_found, ec::rejected, ec::unavailable}) {
      c.tracker.fail_next(call::post, no_page, 2);
      c.tracker.fail_next(call::look_again, {code, "an odd page", 0});
      auto said = c.say(counter::two_comments());
      REQUIRE_FALSE(said);
      CHECK(said.error() == ec::unavailable); // it is said again later
      CHECK(said.error().text == "no such page; and the story cannot be looked at: an odd page");
    }
  }
  GIVEN("a tracker that does not take the token just now") {
    c.tracker.fail_next(call::post, no_page, 2);
    c.tracker.fail_next(call::look_again, {ec::bad_config, "the token is not accepted", 0});
    CHECK(c.say(counter::two_comments()).error() == ec::bad_config);
  }
}

SCENARIO("nothing is asked of a tracker where there is nothing to say") {
  counter c;
  CHECK(c.say({"A-1", {}, {}, {}}));
  CHECK(c.tracker.calls(call::label) == 0);
  CHECK(c.tracker.calls(call::post) == 0);
}

SCENARIO("every failure of a tracker arrives as it is, and holds nobody up but one") {
  for (auto code : {ec::unavailable, ec::timed_out, ec::bad_config, ec::rejected, ec::not_found, ec::corrupt_record}) {
    counter c;
    INFO(to_string(code));
    c.tracker.fail_next(call::search, {code, "no", 0});
    CHECK(c.look().error() == code);
    CHECK(c.look()); // the next one is carried out
  }
}

SCENARIO("a tracker that wants to be left alone is left alone") {
  GIVEN("one that says until when") {
    counter c;
    auto until = simulation::epoch + 90'000;
    c.tracker.fail_next(call::search, {ec::rate_limited, "too many", until});
    CHECK(c.look().error().retry_at_ms == until);
    WHEN("others ask meanwhile") {
      auto held = c.say(counter::two_comments());
      THEN("they get its own time at once, and it is not asked") {
        REQUIRE_FALSE(held);
        CHECK(held.error() == ec::rate_limited);
        CHECK(held.error().retry_at_ms == until);
        CHECK(c.tracker.calls(call::post) == 0);
        CHECK(c.look().error() == ec::rate_limited);
        CHECK(c.tracker.calls(call::search) == 1);
      }
    }
    WHEN("the time has come") {
      c.sim.time->advance(89'999);
      CHECK_FALSE(c.look());
      c.sim.time->advance(1);
      THEN("it is asked again") {
        CHECK(c.look());
        CHECK(c.say(counter::two_comments()));
      }
    }
  }
  GIVEN("one that says so in the middle of a report") {
    counter c;
    c.tracker.pass_next(call::post);
    c.tracker.fail_next(call::post, {ec::rate_limited, "too many", simulation::epoch + 1000});
    CHECK(c.say(counter::two_comments()).error() == ec::rate_limited);
    CHECK(c.look().error() == ec::rate_limited);
    c.sim.time->advance(1000);
    CHECK(c.say(counter::two_comments()));
    CHECK(c.tracker.comments("A-1").size() == 2);
  }
  GIVEN("one that does not say until when") {
    counter c;
    c.tracker.fail_next(call::search, {ec::rate_limited, "too many", 0});
    CHECK(c.look().error() == ec::rate_limited);
    THEN("whoever asked waits by its own rules; the next is let through") { CHECK(c.look()); }
  }
  GIVEN("one that names a time next year") {
    counter c;
    c.tracker.fail_next(call::search, {ec::rate_limited, "later", simulation::epoch + 400 * day});
    CHECK_FALSE(c.look());
    c.sim.time->advance(day - 1);
    CHECK_FALSE(c.look());
    c.sim.time->advance(1);
    THEN("it is believed for a day") { CHECK(c.look()); }
  }
}

SCENARIO("what others changed is in the event log before the look is answered") {
  counter c;
  c.tracker.change({event_kind::ticket_changed, "A-1", "A story", {{"priority", "low", "high"}}});
  c.tracker.change({event_kind::ticket_removed, "A-9", "Another", {}});
  GIVEN("a store that takes them") {
    auto found = c.look();
    REQUIRE(found);
    CHECK(found->stories.size() == 1);
    CHECK(found->failures.empty());
    auto log = *c.memory.events_after(0, 100);
    REQUIRE(log.size() == 2);
    CHECK(log[0].kind == event_kind::ticket_changed);
    CHECK(log[0].story == "fake/A-1");
    CHECK(log[0].title == "A story");
    CHECK(log[0].at_ms == c.sim.time->now());
    CHECK(std::get<on_ticket>(log[0].payload).fields.at(0).after == "high");
    CHECK(log[1].kind == event_kind::ticket_removed);
    CHECK(c.nudges == 1);
    THEN("the tracker tells them no more") {
      REQUIRE(c.look());
      CHECK(c.memory.events_after(0, 100)->size() == 2);
    }
  }
  GIVEN("a store that does not") {
    c.memory.appends = error{ec::unavailable, "the disk is full"};
    auto found = c.look();
    REQUIRE(found);
    CHECK(found->stories.size() == 1);
    REQUIRE(found->failures.size() == 1);
    CHECK(found->failures[0].find("the disk is full") != std::string::npos);
    THEN("they are told with the next look") {
      c.memory.appends.reset();
      REQUIRE(c.look());
      CHECK(c.memory.events_after(0, 100)->size() == 2);
    }
  }
  GIVEN("a look at single stories") {
    REQUIRE(c.look({false, {"A-1"}}));
    CHECK(c.memory.events_after(0, 100)->empty());
  }
}
