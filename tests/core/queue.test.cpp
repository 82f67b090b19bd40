// The queue: order, limits, and ten thousand random steps beside a plain list.

#include "core/queue.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <random>
#include <tuple>

using namespace hyakki;

namespace {

/// What the queue should do, in the simplest words.
struct plain_queue {
  queue_limits limits;
  std::vector<waiting_story> waiting;
  std::vector<waiting_story> running;

  static auto order(const waiting_story& s) { return std::tie(s.priority, s.created_ms, s.id); }
  static bool before(const waiting_story& a, const waiting_story& b) {
    return a.was_running != b.was_running ? a.was_running : order(a) < order(b);
  }
  static auto find(std::vector<waiting_story>& in, const story_id& id) {
    return std::find_if(in.begin(), in.end(), [&](auto& s) { return s.id == id; });
  }
  bool knows(const story_id& id) { return find(waiting, id) != waiting.end() || find(running, id) != running.end(); }
  bool reorder(const story_id& id, std::int32_t priority, std::int64_t created_ms) {
    auto at = find(waiting, id);
    if (at == waiting.end() || (at->priority == priority && at->created_ms == created_ms))
      return false;
    at->priority = priority;
    at->created_ms = created_ms;
    return true;
  }
  bool add(const waiting_story& s) {
    if (knows(s.id))
      return false;
    waiting.push_back(s);
    return true;
  }
  bool remove(const story_id& id) {
    auto i = find(waiting, id);
    if (i == waiting.end())
      return false;
    waiting.erase(i);
    return true;
  }
  bool start_this(const story_id& id) {
    auto i = find(waiting, id);
    if (i == waiting.end())
      return false;
    running.push_back(*i);
    waiting.erase(i);
    return true;
  }
  std::optional<story_id> start_next() {
    const waiting_story* best = nullptr;
    for (auto& s : waiting) {
      auto there = std::count_if(running.begin(), running.end(), [&](auto& r) { return r.repository == s.repository; });
      bool full = !s.repository.empty() && there >= static_cast<std::ptrdiff_t>(limits.per_repository);
      if (!full && (!best || before(s, *best)))
        best = &s;
    }
    if (!best || running.size() >= limits.all)
      return std::nullopt;
    auto id = best->id;
    start_this(id);
    return id;
  }
  void finish(const story_id& id) {
    if (auto i = find(running, id); i != running.end())
      running.erase(i);
  }
};

} // namespace

SCENARIO("the queue hands out stories in order and within its limits") {
  GIVEN("a busy repository and others") {
    story_queue q{{3, 1}};
    CHECK(q.add({"a", "r1", 0, 1, false}));
    CHECK(q.add({"b", "r1", 0, 2, false}));
    CHECK(q.add({"c", "r2", 3, 3, false}));
    CHECK(q.add({"d", "", 3, 4, false}));
    CHECK(q.add({"e", "", 3, 5, true}));
    CHECK_FALSE(q.add({"a", "r9", 0, 0, false}));
    THEN("what ran in an earlier life comes first, a full repository is passed over, and stories without one are not "
         "held") {
      CHECK(q.start_next() == "e");
      CHECK(q.start_next() == "a");
      CHECK(q.start_next() == "c");
      CHECK_FALSE(q.start_next());
      q.finish("c");
      CHECK(q.start_next() == "d");
      q.finish("a");
      CHECK(q.start_next() == "b");
      CHECK(q.running() == 3);
      CHECK(q.waiting() == 0);
    }
    THEN("one that is to be ended is started whatever the limits, once") {
      CHECK(q.start_this("b"));
      CHECK_FALSE(q.start_this("b"));
      CHECK(q.runs("b"));
      CHECK_FALSE(q.remove("b"));
      CHECK(q.remove("a"));
      CHECK_FALSE(q.waits("a"));
      CHECK(q.start_next() == "e");
    }
  }
}

SCENARIO("the queue does what a plain list does, whatever the order of the calls") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    std::mt19937 dice{seed};
    auto roll = [&](unsigned n) { return static_cast<unsigned>(dice() % n); };
    queue_limits limits{2 + roll(20), 1 + roll(3)};
    story_queue ours{limits};
    plain_queue plain{limits, {}, {}};
    auto stories = 20 + roll(180); // more than the index begins with
    for (int step = 0; step < 500; ++step) {
      auto id = std::string(roll(40), 'x') + std::to_string(roll(stories));
      switch (roll(seed % 2 == 0 ? 6 : 10)) {
      case 0: REQUIRE(ours.remove(id) == plain.remove(id)); break;
      case 1: REQUIRE(ours.start_this(id) == plain.start_this(id)); break;
      case 2: REQUIRE(ours.start_next() == plain.start_next()); break;
      case 3:
        if (!plain.running.empty())
          id = plain.running[roll(static_cast<unsigned>(plain.running.size()))].id;
        ours.finish(id);
        plain.finish(id);
        break;
      case 4: {
        auto priority = static_cast<std::int32_t>(roll(4));
        REQUIRE(ours.reorder(id, priority, 1) == plain.reorder(id, priority, 1));
        break;
      }
      default: {
        waiting_story s{
          id, {}, static_cast<std::int32_t>(roll(4)), static_cast<std::int64_t>(roll(5)) - 2, roll(8) == 0};
        if (roll(4) != 0)
          s.repository = "r" + std::to_string(roll(5));
        REQUIRE(ours.add(s) == plain.add(s));
      }
      }
      REQUIRE(ours.waiting() == plain.waiting.size());
      REQUIRE(ours.running() == plain.running.size());
      REQUIRE(ours.waits(id) == (plain_queue::find(plain.waiting, id) != plain.waiting.end()));
      REQUIRE(ours.runs(id) == (plain_queue::find(plain.running, id) != plain.running.end()));
    }
    while (!plain.waiting.empty() || !plain.running.empty()) {
      if (!plain.running.empty()) {
        auto id = plain.running.front().id;
        ours.finish(id);
        plain.finish(id);
      }
      while (auto next = plain.start_next())
        REQUIRE(ours.start_next() == next);
      REQUIRE_FALSE(ours.start_next());
    }
    REQUIRE(ours.waiting() == 0);
  }
}

SCENARIO("a queue that many stories went through keeps only those that are there") {
  story_queue q{{1000, 1000}};
  for (int i = 0; i < 100'000; ++i) {
    REQUIRE(q.add("story number " + std::to_string(i), "r", 2, i, false));
    if (i >= 100) {
      auto next = q.start_next();
      REQUIRE(next == "story number " + std::to_string(i - 100));
      q.finish(*next);
    }
  }
  CHECK(q.waiting() == 100);
  CHECK(q.start_next() == "story number 99900");
}

SCENARIO("odd times and names are put in order all the same") {
  story_queue q{{10, 10}};
  auto first = std::numeric_limits<std::int64_t>::min(), last = std::numeric_limits<std::int64_t>::max();
  CHECK(q.add("late", "", 1000, last, false));
  CHECK(q.add("early", "", 1000, first, false));
  CHECK(q.add("", "", 1000, 0, false));
  CHECK(q.add("urgent", "", std::numeric_limits<std::int32_t>::min(), last, false));
  CHECK_FALSE(q.add(std::string(70'000, 'x'), "", 0, 0, false));
  CHECK(q.add(std::string(65'535, 'x'), "", 1000, 1, false));
  CHECK(q.start_next() == "urgent");
  CHECK(q.start_next() == "early");
  CHECK(q.start_next() == "");
  CHECK(q.start_next()->size() == 65'535);
  CHECK(q.start_next() == "late");
}
