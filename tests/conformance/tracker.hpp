#pragma once
// What every tracker keeps to. Each keeper, the fake included, runs this suite on a world of its own.

#include "adapters/tracker.hpp"
#include "core/config.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace hyakki::test {

/// One tracker on data of its own, as the suite needs it.
class tracker_world {
public:
  virtual ~tracker_world() = default;
  virtual tracker& subject() = 0;
  /// A fresh object on the same data: what a restart sees.
  virtual void restart() = 0;
  virtual const tracker_config& configured() const = 0;
  /// Makes the story there; key, title, labels, status and priority count.
  virtual void seed(const story& s) = 0;
  virtual void damage(const std::string& key) = 0;
  virtual std::size_t comment_count(const std::string& key) = 0;
};

namespace conformance {

inline std::set<std::string> keys(tracker& t) {
  auto found = t.search();
  REQUIRE(found);
  auto out = std::set<std::string>{};
  for (auto& s : found->stories)
    CHECK(out.insert(s.key).second);
  return out;
}

inline std::set<std::string> labels(tracker& t, const std::string& key) {
  auto s = t.fetch(key);
  REQUIRE(s);
  auto out = std::set<std::string>(s->labels.begin(), s->labels.end());
  CHECK(out.size() == s->labels.size());
  return out;
}

inline story made(std::string key, std::vector<std::string> labels, std::string status = {}) {
  auto s = story{};
  s.key = std::move(key);
  s.title = "Title of " + s.key;
  s.labels = std::move(labels);
  s.status = std::move(status);
  return s;
}

} // namespace conformance

/// Call it inside a scenario: its parts are sections.
inline void tracker_conforms(const std::function<std::unique_ptr<tracker_world>()>& make) {
  using namespace conformance;
  using words = std::set<std::string>;
  auto world = make();
  auto& c = world->configured();
  auto tracker = [&]() -> hyakki::tracker& { return world->subject(); };
  auto open = c.status.empty() ? std::string{"open"} : c.status;

  GIVEN("stories with and without the labels that count") {
    world->seed(made("A-1", {c.trigger_label}, open));
    world->seed(made("A-2", {"other", c.trigger_label, "more"}, open));
    world->seed(made("B-1", {"other"}, open));
    world->seed(made("B-2", {}, open));
    world->seed(made("B-3", {c.trigger_label, c.processing_label}, open));
    world->seed(made("B-4", {c.trigger_label, c.done_label}, open));
    world->seed(made("B-5", {c.trigger_label, c.failed_label}, open));
    world->seed(made("B-6", {c.trigger_label}, "in-progress"));
    world->seed(made("B-7", {c.trigger_label}, "closed"));
    world->seed(made("B-8", {c.trigger_label + "-not"}, open));
    THEN("a search finds those that want to be worked on, and the same ones again") {
      CHECK(keys(tracker()) == words{"A-1", "A-2"});
      CHECK(keys(tracker()) == words{"A-1", "A-2"});
    }
    THEN("a story tells who it is") {
      auto s = tracker().fetch("A-2");
      REQUIRE(s);
      CHECK(s->tracker == tracker().name());
      CHECK(s->id() == std::string{tracker().name()} + "/A-2");
      CHECK(s->title == "Title of A-2");
      CHECK(s->status == open);
      CHECK(labels(tracker(), "A-2") == words{"other", c.trigger_label, "more"});
    }
    THEN("a story is fetched whatever its labels and status") {
      for (auto key : {"B-1", "B-2", "B-3", "B-4", "B-5", "B-6", "B-7"})
        CHECK(tracker().fetch(key));
    }
    THEN("the processing label takes it out of the search, and its end brings it back") {
      REQUIRE(tracker().label("A-1", {{c.processing_label}, {}}));
      CHECK(keys(tracker()) == words{"A-2"});
      CHECK(tracker().fetch("A-1"));
      REQUIRE(tracker().label("A-1", {{}, {c.processing_label}}));
      CHECK(keys(tracker()) == words{"A-1", "A-2"});
    }
    WHEN("one of them is damaged") {
      world->damage("A-1");
      THEN("the others are found, and it is spoken of") {
        auto found = tracker().search();
        REQUIRE(found);
        REQUIRE(found->stories.size() == 1);
        CHECK(found->stories[0].key == "A-2");
        REQUIRE(found->unreadable.size() == 1);
        CHECK(found->unreadable[0].find("A-1") != std::string::npos);
        CHECK(!tracker().fetch("A-1"));
      }
    }
  }

  GIVEN("a story") {
    world->seed(made("A-1", {c.trigger_label, "kept"}, open));
    WHEN("a comment is posted, and again, and after a restart because the answer was lost") {
      auto first = tracker().post("A-1", {"run/1:started", "We began.\n\n- one\n- two"});
      REQUIRE(first);
      CHECK(*first);
      auto second = tracker().post("A-1", {"run/1:started", "We began, again."});
      REQUIRE(second);
      CHECK(!*second);
      world->restart();
      auto third = tracker().post("A-1", {"run/1:started", "We began."});
      REQUIRE(third);
      CHECK(!*third);
      THEN("it stands there once") { CHECK(world->comment_count("A-1") == 1); }
      AND_WHEN("others come, one of whose markers begins alike") {
        CHECK(*tracker().post("A-1", {"run/1:started2", "Other."}));
        CHECK(*tracker().post("A-1", {"un/1:started", "Other."}));
        THEN("each is its own") { CHECK(world->comment_count("A-1") == 3); }
      }
    }
    WHEN("a comment tells of another's marker") {
      CHECK(*tracker().post("A-1", {"a", "see <!-- hyakki:b -->"}));
      THEN("that other one can still be posted") {
        CHECK(*tracker().post("A-1", {"b", "real"}));
        CHECK(world->comment_count("A-1") == 2);
      }
    }
    WHEN("labels are changed as sets") {
      REQUIRE(tracker().label("A-1", {{"new", "new", "kept"}, {"never-there"}}));
      REQUIRE(tracker().label("A-1", {{"new"}, {"never-there"}}));
      THEN("what is there twice is there once") {
        CHECK(labels(tracker(), "A-1") == words{c.trigger_label, "kept", "new"});
        REQUIRE(tracker().label("A-1", {{"last"}, {"kept", "new"}}));
        CHECK(labels(tracker(), "A-1") == words{c.trigger_label, "last"});
        world->restart();
        CHECK(labels(tracker(), "A-1") == words{c.trigger_label, "last"});
      }
    }
    WHEN("effects come in any order") {
      auto act =
        std::vector<std::function<bool()>>{[&] {
                                             return tracker().post("A-1", {"m1", "one"}).ok();
                                           },
                                           [&] {
                                             return tracker().post("A-1", {"m2", "two"}).ok();
                                           },
                                           [&] {
                                             return tracker().label("A-1", {{c.processing_label}, {"kept"}}).ok();
                                           },
                                           [&] { return tracker().move_to("A-1", "in-progress").ok(); }};
      auto order = std::vector<std::size_t>{0, 1, 2, 3};
      auto turn = GENERATE(0, 5, 11, 17, 23);
      for (int i = 0; i < turn; ++i)
        std::next_permutation(order.begin(), order.end());
      for (int round = 0; round < 2; ++round)
        for (auto i : order)
          CHECK(act[i]());
      THEN("the outcome is the same") {
        CHECK(world->comment_count("A-1") == 2);
        CHECK(labels(tracker(), "A-1") == words{c.trigger_label, c.processing_label});
        CHECK(tracker().fetch("A-1")->status == "in-progress");
      }
    }
    WHEN("it is moved") {
      for (auto status : {"in-progress", "in-progress", "closed", "closed", "open", "cancelled", "open"}) {
        REQUIRE(tracker().move_to("A-1", status));
        CHECK(tracker().fetch("A-1")->status == status);
      }
      THEN("it is found again when it is open") { CHECK(keys(tracker()) == words{"A-1"}); }
    }
    WHEN("it is moved to a status that does not exist") {
      auto moved = tracker().move_to("A-1", "nowhere");
      THEN("that is refused and it stays") {
        REQUIRE(!moved);
        CHECK(moved.error() == ec::rejected);
        CHECK(tracker().fetch("A-1")->status == open);
      }
    }
  }

  GIVEN("nothing") {
    THEN("a story that is not there is not found, whatever is asked of it") {
      CHECK(keys(tracker()).empty());
      CHECK(tracker().fetch("NO-1").error() == ec::not_found);
      CHECK(tracker().post("NO-1", {"m", "x"}).error() == ec::not_found);
      CHECK(tracker().label("NO-1", {{"x"}, {}}).error() == ec::not_found);
      CHECK(tracker().move_to("NO-1", "closed").error() == ec::not_found);
    }
    THEN("it says that it is there") { CHECK(tracker().probe()); }
  }
}

} // namespace hyakki::test
