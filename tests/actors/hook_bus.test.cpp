// What happened, told to plugins: in order, at least once, and never at a story's cost.

#include "tests/actors/ask.hpp"
#include "tests/actors/scripted_store.hpp"
#include "tests/support/store_samples.hpp"

#include "actors/hook_bus.hpp"
#include "actors/store_writer.hpp"

#include <catch2/catch.hpp>

#include <sstream>
#include <stdexcept>

using namespace hyakki;
using namespace hyakki::test;

namespace {

struct town {
  town() {
    log_config c;
    c.level = "warning";
    log = *logger::make(c, said);
    writer = sim.system.spawn(store_writer, static_cast<store*>(&memory), std::function<void()>{});
  }
  ~town() {
    lower();
    end(sim, writer);
  }
  hook_bus_actor raise(subscriber tell) {
    ending = std::make_unique<telling_end>(); // of this life
    bus = sim.system.spawn(hook_bus, plugin{"p", std::move(tell)}, static_cast<const store*>(&memory),
                           static_cast<const hyakki::clock*>(&time), static_cast<const telling_end*>(ending.get()), log,
                           writer);
    return bus;
  }
  void lower() {
    if (bus)
      end(sim, bus);
    bus = nullptr;
  }
  /// One more step of the world, of `n` events.
  void happens(std::size_t n) {
    change c{typical_record(++stories, state::queued, 1), {}};
    for (; n > 0; --n) {
      c.events.push_back(move_event(state::queued, move::dispatched, state::routing));
      c.events.back().story = c.record.id();
    }
    REQUIRE(memory.commit({c}));
  }
  void nudge() {
    sim.self->send(bus, atom::nudge::value);
    sim.settle();
  }
  subscriber listens() {
    return [this](const event& e) -> result<void> {
      told.push_back(e.seq);
      return {};
    };
  }
  simulation sim{1};
  scripted_store memory;
  std::ostringstream said;
  std::shared_ptr<logger> log;
  manual_clock time;
  std::unique_ptr<telling_end> ending;
  store_writer_actor writer;
  hook_bus_actor bus;
  std::vector<std::uint64_t> told;
  std::uint64_t stories = 0;
};
using seqs = std::vector<std::uint64_t>;

} // namespace

SCENARIO("a plugin is told of everything in order, and goes on where it stood") {
  town t;
  t.happens(3);
  t.raise(t.listens());
  t.nudge();
  CHECK(t.told == seqs{1, 2, 3});
  t.nudge(); // nothing new
  CHECK(t.told.size() == 3);
  t.happens(1);
  t.happens(1);
  t.nudge(); // one nudge for two: what to tell is in the log
  CHECK(t.told == seqs{1, 2, 3, 4, 5});
  CHECK(*t.memory.cursor("p") == 5);
  t.lower();
  t.happens(1);
  t.raise(t.listens());
  t.nudge();
  CHECK(t.told == seqs{1, 2, 3, 4, 5, 6});
}

SCENARIO("a nudge that was lost loses nothing") {
  town t;
  t.happens(2);
  t.raise(t.listens());
  CHECK(ask<atom::ok_atom>(t.sim, t.bus, atom::idle::value));
  CHECK(t.told == seqs{1, 2});
}

SCENARIO("a plugin that fails is said, told of the rest, and hurts nobody") {
  town t;
  t.happens(4);
  t.raise([&](const event& e) -> result<void> {
    t.told.push_back(e.seq);
    if (e.seq == 1)
      throw std::runtime_error{"it fell over"};
    if (e.seq == 2)
      throw 42;
    if (e.seq == 3)
      return {ec::unavailable, "its own server sleeps"};
    return {};
  });
  t.nudge();
  CHECK(t.told == seqs{1, 2, 3, 4});
  CHECK(*t.memory.cursor("p") == 4); // what it failed at counts as told
  for (auto text : {"it fell over", "no exception", "its own server sleeps"})
    CHECK(t.said.str().find(text) != std::string::npos);
  t.happens(1);
  CHECK(ask<atom::ok_atom>(t.sim, t.bus, atom::idle::value)); // the bus lives
  CHECK(t.told.back() == 5);
}

SCENARIO("a place in the log that cannot be kept means that something is told again, not that it is not told") {
  town t;
  t.happens(2);
  t.memory.cursors = error{ec::unavailable, "the disk is full", 0};
  t.raise(t.listens());
  t.nudge();
  CHECK(t.told == seqs{1, 2});
  CHECK(t.said.str().find("the disk is full") != std::string::npos);
  t.nudge();
  CHECK(t.told == seqs{1, 2}); // in this life it knows where it stands
  t.lower();
  t.memory.cursors.reset();
  t.raise(t.listens());
  t.nudge();
  CHECK(t.told == seqs{1, 2, 1, 2});
  CHECK(*t.memory.cursor("p") == 2);
}

SCENARIO("a log that cannot be read now is read by the next nudge") {
  town t;
  t.happens(2);
  t.memory.reads = error{ec::unavailable, "the disk is slow", 0};
  t.raise(t.listens());
  t.nudge();
  CHECK(t.told.empty());
  CHECK(t.said.str().find("the disk is slow") != std::string::npos);
  t.memory.reads.reset();
  t.nudge();
  CHECK(t.told == seqs{1, 2});
}

SCENARIO("a long log is read in pieces, and its place is kept with each") {
  town t;
  for (int i = 0; i < 6; ++i)
    t.happens(100);
  t.raise(t.listens());
  t.nudge();
  REQUIRE(t.told.size() == 600);
  CHECK(t.told.back() == 600);
  CHECK(t.memory.cursors_set == 3); // 256, 256, 88
}

SCENARIO("where telling is slow its place is kept once a second") {
  town t;
  t.happens(7);
  t.raise([&](const event& e) -> result<void> {
    t.told.push_back(e.seq);
    t.time.advance(400);
    return {};
  });
  t.nudge();
  CHECK(t.told.size() == 7);
  CHECK(t.memory.cursors_set == 3); // at 1200 ms, at 2400 ms, at the end
  CHECK(*t.memory.cursor("p") == 7);
}

SCENARIO("when the time for telling is over nothing more is begun, and what was told is remembered") {
  GIVEN("a plugin that is being told of the second of four events") {
    town t;
    t.happens(4);
    t.raise([&](const event& e) -> result<void> {
      t.told.push_back(e.seq);
      if (e.seq == 2)
        t.ending->move_to(telling::closed);
      return {};
    });
    WHEN("the time is over before it answers") {
      t.nudge();
      THEN("its answer counts, and the rest waits") {
        CHECK(t.told == seqs{1, 2});
        CHECK(*t.memory.cursor("p") == 2);
        auto left = untold({"p", t.listens()}, t.memory);
        REQUIRE(left);
        CHECK(left->count == 2);
        CHECK_FALSE(left->or_more);
      }
      AND_WHEN("more happens and it is asked whether all was told") {
        t.happens(1);
        t.nudge();
        CHECK(ask<atom::ok_atom>(t.sim, t.bus, atom::idle::value));
        THEN("it answers at once") { CHECK(t.told == seqs{1, 2}); }
      }
      AND_WHEN("the next start comes") {
        t.lower();
        t.raise(t.listens());
        t.nudge();
        THEN("it is told of the rest, and of nothing twice") { CHECK(t.told == seqs{1, 2, 3, 4}); }
      }
    }
  }
}

SCENARIO("what fails while the program ends is told once more after the next start, and then left out") {
  town t;
  t.happens(4);
  auto answer = ec::unavailable;
  auto in_haste = [&](const event& e) -> result<void> {
    t.told.push_back(e.seq);
    if (e.seq != 2)
      return {};
    t.ending->move_to(telling::ending);
    return {answer, "no time for it"};
  };
  GIVEN("a plugin that cannot be reached at the second event") {
    t.raise(in_haste);
    t.nudge();
    THEN("nothing follows in this life, and the event is not told") {
      CHECK(t.told == seqs{1, 2});
      CHECK(*t.memory.cursor("p") == 1);
      CHECK(t.said.str().find("no time for it") != std::string::npos);
      t.nudge();
      CHECK(t.told == seqs{1, 2});
    }
    WHEN("it can be reached after the next start") {
      t.lower();
      t.raise(t.listens());
      t.nudge();
      THEN("nothing was lost") { CHECK(t.told == seqs{1, 2, 2, 3, 4}); }
    }
    WHEN("the end of the next life meets the same failure") {
      t.lower();
      t.raise(in_haste);
      t.nudge();
      THEN("the event is left out and holds nothing back") {
        CHECK(t.told == seqs{1, 2, 2, 3, 4});
        CHECK(*t.memory.cursor("p") == 4);
      }
    }
  }
  GIVEN("one that was given up") {
    answer = ec::cancelled;
    t.raise(in_haste);
    t.nudge();
    THEN("the same holds") { CHECK(*t.memory.cursor("p") == 1); }
  }
  GIVEN("one that says no") {
    answer = ec::rejected;
    t.raise(in_haste);
    t.nudge();
    THEN("that counts as told, as ever") { CHECK(t.told == seqs{1, 2, 3, 4}); }
  }
}

SCENARIO("what waits for a plugin is counted as far as the log is short") {
  town t;
  for (int n = 0; n < 110; ++n)
    t.happens(100);
  auto left = untold({"p", t.listens(), [](const event& e) { return e.seq % 2 == 0; }}, t.memory);
  REQUIRE(left);
  CHECK(left->or_more);
  CHECK(left->count == 5120);
}
