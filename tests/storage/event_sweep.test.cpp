// What happened to stories of long ago is forgotten, a little after each commit, and the file stops to grow.

#include "storage/event_sweep.hpp"
#include "storage/lmdb_store.hpp"
#include "storage/memory_store.hpp"
#include "tests/support/audit.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/store_samples.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace hyakki;
using namespace hyakki::test;

namespace {

constexpr std::int64_t hour = 3'600'000;
constexpr std::int64_t day = 24 * hour;

/// A whole life in one step, with a prompt of 20 KB.
change life(std::uint64_t number, std::int64_t at_ms) {
  change c{typical_record(number, state::done, 1), {}};
  c.record.changed_ms = at_ms;
  for (int i = 0; i < 10; ++i)
    c.events.push_back(move_event(state::queued, move::dispatched, state::done));
  c.events[4].kind = event_kind::before_agent_run;
  c.events[4].payload = on_prompt{"/tree", std::string(20'000, 'p'), "s", 1};
  for (auto& e : c.events)
    e.at_ms = at_ms;
  return c;
}

void keep(store& s, const change& c) {
  auto done = s.commit({c});
  REQUIRE(done);
  REQUIRE(done->at(0));
}

std::size_t events_in(const store& s) { return s.events_after(0, 1'000'000)->size(); }

/// Steps until nothing is forgotten any more.
std::size_t whole_pass(event_sweep& sweep, std::int64_t now) {
  std::size_t out = 0;
  for (int i = 0; i < 100; ++i) {
    auto step = sweep.step(now);
    REQUIRE(step);
    out += *step;
  }
  return out;
}

} // namespace

SCENARIO("the history of ended stories goes when its time has come") {
  auto s = make_memory_store();
  for (std::uint64_t n = 1; n <= 40; ++n)
    keep(*s, life(n, static_cast<std::int64_t>(n) * day));
  GIVEN("thirty days to keep it") {
    event_sweep sweep{*s, 30 * day, {}};
    THEN("on the fortieth day that of ten stories is gone, all but a note each") {
      CHECK(whole_pass(sweep, 40 * day + 1) == 10 * 9);
      CHECK(events_in(*s) == 40 * 10 - 90);
      AND_THEN("nothing is looked for again for an hour") {
        CHECK(whole_pass(sweep, 41 * day - 23 * hour) == 0);
        CHECK(whole_pass(sweep, 41 * day + 1) == 9);
      }
    }
  }
  GIVEN("no bound") {
    event_sweep sweep{*s, 0, {}};
    THEN("it is kept for ever") { CHECK(whole_pass(sweep, 4000 * day) == 0); }
  }
  GIVEN("subscribers, one of which was told of the first story only") {
    REQUIRE(s->set_cursor("quick", 400));
    REQUIRE(s->set_cursor("slow", 10));
    event_sweep sweep{*s, 30 * day, {"quick", "slow"}};
    THEN("the others wait for it") {
      CHECK(whole_pass(sweep, 4000 * day) == 9);
      REQUIRE(s->set_cursor("slow", 400));
      CHECK(whole_pass(sweep, 4001 * day) == 39 * 9);
    }
  }
  GIVEN("a subscriber that was told nothing yet") {
    event_sweep sweep{*s, 30 * day, {"new"}};
    THEN("everything is kept for it") { CHECK(whole_pass(sweep, 4000 * day) == 0); }
  }
}

SCENARIO("the file of the store stops to grow") {
  scratch_dir dir;
  lmdb_options o;
  o.path = dir.path();
  auto opened = open_lmdb_store(o);
  REQUIRE(opened);
  auto s = *std::move(opened);
  event_sweep sweep{*s, 50 * hour, {}};
  auto file = dir / "data.mdb";
  auto live = [&](std::uint64_t from, std::uint64_t to) {
    for (auto n = from; n < to; ++n) {
      auto now = static_cast<std::int64_t>(n) * hour;
      keep(*s, life(n, now));
      REQUIRE(sweep.step(now));
    }
    return std::filesystem::file_size(file);
  };
  auto first = live(1, 300);
  auto later = live(300, 900);
  THEN("six hundred stories more take the room of their records, not of their prompts") {
    CHECK(later - first < 600 * 8'000);
    CHECK(events_in(*s) < 900 + 60 * 10 + 400);
    CHECK(audit(*s, true).empty());
  }
}
