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
    bus = sim.system.spawn(hook_bus, plugin{"p", std::move(tell)}, static_cast<const store*>(&memory), log, writer);
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
