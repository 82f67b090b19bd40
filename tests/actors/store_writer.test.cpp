// The only writer: what gathers is one commit, and everybody hears of their own step.

#include "tests/actors/ask.hpp"
#include "tests/actors/scripted_store.hpp"
#include "tests/support/store_samples.hpp"

#include "actors/store_writer.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;

namespace {

change first_step_of(std::uint64_t number) {
  change c{typical_record(number, state::queued, 1), {move_event(state::queued, move::dispatched, state::routing)}};
  c.events[0].story = c.record.id();
  return c;
}

struct desk {
  simulation sim{1};
  scripted_store memory;
  int told = 0;
  store_writer_actor writer =
    sim.system.spawn(store_writer, static_cast<store*>(&memory), std::function<void()>{[this] { ++told; }});
  ~desk() { end(sim, writer); }
  auto offer(change c) { return begin<atom::ok_atom>(sim, writer, atom::commit::value, std::move(c)); }
};

} // namespace

SCENARIO("steps that gather while the store works become one commit, in order") {
  GIVEN("fifty steps that wait for the writer") {
    desk d;
    std::vector<std::function<result<atom::ok_atom>()>> answers;
    for (std::uint64_t n = 1; n <= 50; ++n)
      answers.push_back(d.offer(first_step_of(n)));
    WHEN("it comes to them") {
      d.sim.settle();
      THEN("one transaction holds them all, and nobody was told twice") {
        REQUIRE(d.memory.commits.size() == 1);
        CHECK(d.memory.commits[0].size() == 50);
        CHECK(d.told == 1);
      }
      THEN("everybody is answered, and the log has them in order of arrival") {
        for (auto& a : answers)
          CHECK(a());
        auto log = d.memory.events_after(0, 100);
        REQUIRE(log);
        REQUIRE(log->size() == 50);
        for (std::size_t i = 0; i < 50; ++i)
          CHECK((*log)[i].story == "tickets/FIX-" + std::to_string(i + 1));
      }
    }
  }
  GIVEN("a flood") {
    desk d;
    std::vector<std::function<result<atom::ok_atom>()>> answers;
    for (std::uint64_t n = 1; n <= 2500; ++n)
      answers.push_back(d.offer(first_step_of(n)));
    d.sim.settle();
    THEN("a transaction is bounded, so that nobody waits for all of it") {
      std::vector<std::size_t> sizes;
      for (auto& c : d.memory.commits)
        sizes.push_back(c.size());
      CHECK(sizes == std::vector<std::size_t>{1024, 1024, 452});
      CHECK(d.memory.commits[1].front() == "tickets/FIX-1025");
      for (auto& a : answers)
        CHECK(a());
    }
  }
}

SCENARIO("a step that came too late is refused to whoever offered it, and to nobody else") {
  desk d;
  auto first = d.offer(first_step_of(1));
  caf::scoped_actor rival{d.sim.system, true};
  auto late = rival->request(d.writer, caf::infinite, atom::commit::value, first_step_of(1));
  auto other = d.offer(first_step_of(2));
  d.sim.settle();
  CHECK(d.memory.commits.size() == 1);
  CHECK(first());
  CHECK(other());
  REQUIRE_FALSE(rival->mailbox().empty());
  late.receive([](atom::ok_atom) { FAIL_CHECK("two wrote the same step"); },
               [](caf::error& e) { CHECK(from_caf(e) == ec::conflict); });
  CHECK(d.memory.look("tickets/FIX-1")->version == 1);
}

SCENARIO("a transaction that fails is answered to all in it, and hurts nobody after it") {
  desk d;
  d.memory.faults = {scripted_store::fault{{ec::unavailable, "the disk is full", 0}, false}};
  auto one = d.offer(first_step_of(1));
  auto two = d.offer(first_step_of(2));
  d.sim.settle();
  for (auto& a : {one(), two()}) {
    REQUIRE_FALSE(a);
    CHECK(a.error() == ec::unavailable);
    CHECK(a.error().text == "the disk is full");
  }
  CHECK(d.told == 0);
  CHECK_FALSE(d.memory.look("tickets/FIX-1"));
  WHEN("the same steps and new ones are offered again") {
    auto again = d.offer(first_step_of(1));
    auto fresh = d.offer(first_step_of(3));
    d.sim.settle();
    THEN("they are stored") {
      CHECK(again());
      CHECK(fresh());
      CHECK(d.memory.commits.size() == 2);
      CHECK(d.told == 1);
    }
  }
}

SCENARIO("a step that was stored without anybody hearing of it is a conflict when it is offered again") {
  desk d;
  d.memory.faults = {scripted_store::fault{{ec::timed_out, "nobody heard", 0}, true}};
  auto unheard = d.offer(first_step_of(1));
  d.sim.settle();
  CHECK(unheard().error() == ec::timed_out);
  auto again = d.offer(first_step_of(1));
  d.sim.settle();
  CHECK(again().error() == ec::conflict); // by which its owner knows that it is there
  CHECK(d.memory.look("tickets/FIX-1"));
}

SCENARIO("a place in the log and a request that was carried out go through the same hands") {
  desk d;
  CHECK(ask<atom::ok_atom>(d.sim, d.writer, atom::cursor::value, std::string{"p"}, std::uint64_t{0}));
  operator_request r;
  r.story = "tickets/FIX-1";
  auto seq = d.memory.post_request(r);
  REQUIRE(seq);
  CHECK(ask<atom::ok_atom>(d.sim, d.writer, atom::drop::value, *seq));
  CHECK(d.memory.requests(10)->empty());
  d.memory.cursors = error{ec::unavailable, "the disk is full", 0};
  auto failed = ask<atom::ok_atom>(d.sim, d.writer, atom::cursor::value, std::string{"p"}, std::uint64_t{0});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().text == "the disk is full");
}
