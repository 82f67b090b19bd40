// The small actors, and what goes over a wire.

#include "actors/tracker_gateway.hpp"
#include "hooks/event_reader.hpp"
#include "tests/support/fake_tracker.hpp"
#include "tests/support/simulation.hpp"
#include "tests/support/store_samples.hpp"

#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "actors/repo_lock.hpp"
#include "storage/memory_store.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/send.hpp>

using namespace hyakki;
using namespace hyakki::test;
using namespace std::chrono_literals;

SCENARIO("leases are given in order of arrival and survive the death of anybody") {
  simulation sim{1};
  auto lock = sim.system.spawn(repo_lock, 1u);
  std::vector<int> granted;
  std::vector<story_supervisor_actor> who;
  for (int i = 0; i < 4; ++i)
    who.push_back(
      sim.system.spawn([&granted, i](story_supervisor_actor::pointer) -> story_supervisor_actor::behavior_type {
        return {[](atom::start) {},
                [&granted, i](atom::granted, const std::string&) { granted.push_back(i); },
                [](atom::session, std::uint32_t, const std::string&) {},
                [](atom::cancel, const std::string&) {},
                [](atom::stop) {},
                [](atom::flush) {}};
      }));
  for (auto& w : who) {
    sim.self->send(lock, atom::acquire::value, std::string{"r"}, w);
    sim.settle();
  }
  CHECK(granted.empty());
  caf::anon_send_exit(who[1], caf::exit_reason::kill); // it waited
  sim.settle();
  sim.self->send(lock, atom::release::value, std::string{"r"}, who[0]);
  sim.settle();
  CHECK(granted == std::vector<int>{2});
  caf::anon_send_exit(who[2], caf::exit_reason::kill); // it held the lease
  sim.settle();
  CHECK(granted == std::vector<int>{2, 3});
  for (auto& w : who)
    caf::anon_send_exit(w, caf::exit_reason::kill);
  caf::anon_send_exit(lock, caf::exit_reason::kill);
  sim.settle();
}

SCENARIO("a tracker that wants to be left alone is left alone, for a day at most") {
  simulation sim{1};
  fake_tracker tracker;
  auto gateway = sim.system.spawn(tracker_gateway, static_cast<hyakki::tracker*>(&tracker),
                                  static_cast<const hyakki::clock*>(sim.time.get()));
  auto look = [&] {
    sim.self->send(gateway, atom::search::value);
    sim.settle();
    return tracker.calls(fake_tracker::call::search);
  };
  tracker.fail_next(fake_tracker::call::search, {ec::rate_limited, "later", simulation::epoch + 400LL * 86'400'000});
  CHECK(look() == 1);
  CHECK(look() == 1);
  sim.time->advance(24 * 3600 * 1000);
  CHECK(look() == 2);
  caf::anon_send_exit(gateway, caf::exit_reason::kill);
  sim.settle();
}

SCENARIO("a plugin is told of everything in order, whatever it does") {
  auto memory = make_memory_store();
  auto r = typical_record(1, state::queued, 1);
  change step{r,
              {move_event(state::queued, move::dispatched, state::routing),
               move_event(state::routing, move::routed, state::waiting_for_repo),
               move_event(state::waiting_for_repo, move::repo_granted, state::preparing)}};
  for (auto& e : step.events)
    e.story = r.id();
  REQUIRE(memory->commit({step}));
  std::vector<std::uint64_t> told;
  plugin p{"p", [&](const event& e) -> result<void> {
             told.push_back(e.seq);
             if (e.seq == 1)
               throw std::runtime_error{"no"};
             if (e.seq == 2)
               return {ec::unavailable, "no"};
             return {};
           }};
  auto keep = [&](const std::string& name, std::uint64_t seq) { REQUIRE(memory->set_cursor(name, seq)); };
  event_reader forgetful{p, *memory, logger::silent(), [](const std::string&, std::uint64_t) {}};
  CHECK(forgetful.catch_up() == 3);
  event_reader again{p, *memory, logger::silent(), keep};
  CHECK(again.catch_up() == 3); // at least once: the place was not kept
  CHECK(again.catch_up() == 0);
  event_reader later{p, *memory, logger::silent(), keep};
  CHECK(later.catch_up() == 0);
  CHECK(told == std::vector<std::uint64_t>{1, 2, 3, 1, 2, 3});
}

SCENARIO("steps of stories come out of a wire as they went in") {
  simulation sim{1};
  dice d{7};
  for (int i = 0; i < 200; ++i) {
    change in{any_record(d, "t", "K-" + std::to_string(i), 1), {}};
    for (auto n = roll(d, 12); n > 0; --n)
      in.events.push_back(any_event(d));
    std::vector<char> wire;
    caf::binary_serializer out{sim.system, wire};
    REQUIRE_FALSE(out(in));
    change back;
    caf::binary_deserializer from{sim.system, wire};
    REQUIRE_FALSE(from(back));
    CHECK(bytes_of(back.record) == bytes_of(in.record));
    REQUIRE(back.events.size() == in.events.size());
    for (std::size_t n = 0; n < in.events.size(); ++n)
      CHECK(bytes_of(back.events[n]) == bytes_of(in.events[n]));
  }
}

SCENARIO("a failure keeps its code, its text and its time on the way") {
  auto back = from_caf(to_caf({ec::rate_limited, "later", 42}));
  CHECK(back == ec::rate_limited);
  CHECK(back.text == "later");
  CHECK(back.retry_at_ms == 42);
}
