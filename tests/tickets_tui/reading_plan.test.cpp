// When the store is read, on a clock that the test moves.

#include "cli/tickets/tui/reading_plan.hpp"

#include <catch2/catch.hpp>

using hyakki::ticket_tui::reading_plan;
using namespace std::chrono_literals;
using step = reading_plan::step;

SCENARIO("a small store is looked at every second and read every two") {
  auto now = reading_plan::moment{} + 1h;
  auto plan = reading_plan{};
  plan.done(now, 1ms);
  CHECK(plan.due(now) == step::nothing);
  CHECK(plan.next() == now + 1s);
  now += 1s;
  CHECK(plan.due(now) == step::look);
  CHECK(plan.may_follow(now));
  CHECK(plan.due(now) == step::nothing);
  now += 1s;
  CHECK(plan.due(now) == step::read);
}

SCENARIO("a large store is read as rarely as it is slow") {
  auto now = reading_plan::moment{} + 1h;
  auto plan = reading_plan{};
  plan.done(now, 500ms);
  THEN("without a cause after fifty times as long") {
    for (int i = 1; i < 25; ++i)
      CHECK(plan.due(now + i * 1s) == step::look);
    CHECK(plan.due(now + 25s) == step::read);
  }
  THEN("while others write, after four times as long") {
    CHECK_FALSE(plan.may_follow(now + 1s));
    CHECK(plan.may_follow(now + 2s));
  }
  WHEN("it takes minutes") {
    plan.done(now, 3min);
    THEN("it is read each minute all the same") { CHECK(plan.due(now + 60s) == step::read); }
  }
}

SCENARIO("nothing is read while somebody types") {
  auto now = reading_plan::moment{} + 1h;
  auto plan = reading_plan{};
  plan.done(now, 1ms);
  for (int i = 0; i < 50; ++i) {
    now += 100ms;
    plan.typed(now);
    CHECK(plan.due(now + 50ms) == step::nothing);
  }
  CHECK(plan.next() == now + 200ms);
  CHECK(plan.due(now + 200ms) == step::read);
}

SCENARIO("what is waited for comes next") {
  auto now = reading_plan::moment{} + 1h;
  auto plan = reading_plan{};
  plan.done(now, 10s);
  plan.typed(now);
  WHEN("a search was typed") {
    plan.want_later();
    CHECK(plan.due(now) == step::nothing);
    CHECK(plan.next() == now + 200ms);
    CHECK(plan.due(now + 200ms) == step::read);
  }
  WHEN("a command was run") {
    plan.want_now();
    CHECK(plan.wanted());
    CHECK(plan.next() <= now);
    CHECK(plan.due(now) == step::read);
    plan.done(now, 1ms);
    CHECK_FALSE(plan.wanted());
    CHECK(plan.due(now) == step::nothing);
  }
}
