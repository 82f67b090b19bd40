#pragma once
// What every tracker keeps to. Each keeper, the fake included, runs this suite on a world of its own.

#include "adapters/tracker.hpp"
#include "core/config.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace hyakki::test {

/// One tracker on data of its own, as the suite needs it. The suite names its stories A-1, B-2 and so on, here and
/// nowhere else: `key` says what the tracker calls them, and only `seed`, `damage`, `comment_count` and the like take
/// the suite's names. What a tracker has not got is answered with false or an empty word, and its part is left out.
class tracker_world {
public:
  virtual ~tracker_world() = default;
  virtual tracker& subject() = 0;
  /// A fresh object on the same data: what a restart sees.
  virtual void restart() = 0;
  virtual const tracker_config& configured() const = 0;
  /// Makes the story there; key, title, labels, status and priority count. Called in the order of creation.
  virtual void seed(const story& s) = 0;
  virtual void damage(const std::string& name) = 0;
  virtual std::size_t comment_count(const std::string& name) = 0;

  /// The tracker's key for a story of the suite, seeded or not: of one that was never seeded there is no story.
  virtual std::string key(const std::string& name) { return name; }
  /// The tracker's own words. An empty one: it has no such status.
  struct words {
    std::string open = "open"; ///< the one in which stories are looked for
    std::string started = "in-progress";
    std::string closed = "closed";
    std::string cancelled = "cancelled";
  };
  virtual words statuses() {
    auto w = words{};
    if (!configured().status.empty())
      w.open = configured().status;
    return w;
  }
  /// The same data under another configuration, by a fresh object.
  virtual bool configure(const std::function<void(tracker_config&)>&) { return false; }
  /// From now on `name` cannot go on before `by` is closed. Both are seeded.
  virtual bool block(const std::string& /*name*/, const std::string& /*by*/) { return false; }
  /// Gives the story to an account; "" takes it away.
  virtual bool assign(const std::string& /*name*/, const std::string& /*account*/) { return false; }
  /// Deletes the story.
  virtual bool remove(const std::string& /*name*/) { return false; }
  /// A comment of somebody else.
  virtual bool remark(const std::string& /*name*/, const std::string& /*text*/) { return false; }
  /// The next call that changes something does so, and its answer is lost on the way.
  virtual bool lose_next_answer() { return false; }
  /// Requests made so far; 0 = none are made.
  virtual std::size_t requests() { return 0; }
  /// What a look again at 120 stories may cost in requests.
  virtual std::size_t most_look_again_requests() { return 2; }
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

/// The standings by key; each key at most once.
inline std::map<std::string, tracker::standing> look(tracker& t, const std::vector<std::string>& keys) {
  auto seen = t.look_again(keys);
  INFO((seen ? std::string{} : seen.error().text));
  REQUIRE(seen);
  auto out = std::map<std::string, tracker::standing>{};
  for (auto& s : *seen)
    CHECK(out.emplace(s.now.key, s).second);
  return out;
}

inline std::set<std::string> rework_keys(tracker& t) {
  auto found = t.search_rework();
  INFO((found ? std::string{} : found.error().text));
  REQUIRE(found);
  auto out = std::set<std::string>{};
  for (auto& s : found->stories)
    CHECK(out.insert(s.key).second);
  return out;
}

} // namespace conformance

/// Call it inside a scenario: its parts are sections.
inline void tracker_conforms(const std::function<std::unique_ptr<tracker_world>()>& make) {
  using namespace conformance;
  using words = std::set<std::string>;
  auto world = make();
  auto& c = world->configured();
  auto tracker = [&]() -> hyakki::tracker& { return world->subject(); };
  auto k = [&](const char* name) { return world->key(name); };
  auto status = world->statuses();
  auto open = status.open;

  GIVEN("stories with and without the labels that count") {
    world->seed(made("A-1", {c.trigger_label}, open));
    world->seed(made("A-2", {"other", c.trigger_label, "more"}, open));
    world->seed(made("B-1", {"other"}, open));
    world->seed(made("B-2", {}, open));
    world->seed(made("B-3", {c.trigger_label, c.processing_label}, open));
    world->seed(made("B-4", {c.trigger_label, c.done_label}, open));
    world->seed(made("B-5", {c.trigger_label, c.failed_label}, open));
    world->seed(made("B-6", {c.trigger_label}, status.started.empty() ? status.closed : status.started));
    world->seed(made("B-7", {c.trigger_label}, status.closed));
    world->seed(made("B-8", {c.trigger_label + "-not"}, open));
    THEN("a search finds those that want to be worked on, and the same ones again") {
      CHECK(keys(tracker()) == words{k("A-1"), k("A-2")});
      CHECK(keys(tracker()) == words{k("A-1"), k("A-2")});
    }
    THEN("a story tells who it is") {
      auto s = tracker().fetch(k("A-2"));
      REQUIRE(s);
      CHECK(s->tracker == tracker().name());
      CHECK(s->id() == std::string{tracker().name()} + "/" + k("A-2"));
      CHECK(s->title == "Title of A-2");
      CHECK(s->status == open);
      CHECK(labels(tracker(), k("A-2")) == words{"other", c.trigger_label, "more"});
    }
    THEN("a story is fetched whatever its labels and status") {
      for (auto key : {"B-1", "B-2", "B-3", "B-4", "B-5", "B-6", "B-7"})
        CHECK(tracker().fetch(k(key)));
    }
    THEN("the processing label takes it out of the search, and its end brings it back") {
      REQUIRE(tracker().label(k("A-1"), {{c.processing_label}, {}}));
      CHECK(keys(tracker()) == words{k("A-2")});
      CHECK(tracker().fetch(k("A-1")));
      REQUIRE(tracker().label(k("A-1"), {{}, {c.processing_label}}));
      CHECK(keys(tracker()) == words{k("A-1"), k("A-2")});
    }
    WHEN("one of them is damaged") {
      world->damage("A-1");
      THEN("the others are found, and it is spoken of") {
        auto found = tracker().search();
        REQUIRE(found);
        REQUIRE(found->stories.size() == 1);
        CHECK(found->stories[0].key == k("A-2"));
        REQUIRE(found->unreadable.size() == 1);
        CHECK(found->unreadable[0].find(k("A-1")) != std::string::npos);
        CHECK(!tracker().fetch(k("A-1")));
      }
    }
  }

  GIVEN("a story") {
    world->seed(made("A-1", {c.trigger_label, "kept"}, open));
    WHEN("a comment is posted, and again, and after a restart because the answer was lost") {
      auto first = tracker().post(k("A-1"), {"run/1:started", "We began.\n\n- one\n- two"});
      REQUIRE(first);
      CHECK(*first);
      auto second = tracker().post(k("A-1"), {"run/1:started", "We began, again."});
      REQUIRE(second);
      CHECK(!*second);
      world->restart();
      auto third = tracker().post(k("A-1"), {"run/1:started", "We began."});
      REQUIRE(third);
      CHECK(!*third);
      THEN("it stands there once") { CHECK(world->comment_count("A-1") == 1); }
      AND_WHEN("others come, one of whose markers begins alike") {
        CHECK(*tracker().post(k("A-1"), {"run/1:started2", "Other."}));
        CHECK(*tracker().post(k("A-1"), {"un/1:started", "Other."}));
        THEN("each is its own") { CHECK(world->comment_count("A-1") == 3); }
      }
    }
    WHEN("a comment tells of another's marker") {
      CHECK(*tracker().post(k("A-1"), {"a", "see <!-- hyakki:b -->"}));
      THEN("that other one can still be posted") {
        CHECK(*tracker().post(k("A-1"), {"b", "real"}));
        CHECK(world->comment_count("A-1") == 2);
      }
    }
    WHEN("labels are changed as sets") {
      REQUIRE(tracker().label(k("A-1"), {{"new", "new", "kept"}, {"never-there"}}));
      REQUIRE(tracker().label(k("A-1"), {{"new"}, {"never-there"}}));
      THEN("what is there twice is there once") {
        CHECK(labels(tracker(), k("A-1")) == words{c.trigger_label, "kept", "new"});
        REQUIRE(tracker().label(k("A-1"), {{"last"}, {"kept", "new"}}));
        CHECK(labels(tracker(), k("A-1")) == words{c.trigger_label, "last"});
        world->restart();
        CHECK(labels(tracker(), k("A-1")) == words{c.trigger_label, "last"});
      }
    }
    WHEN("effects come in any order") {
      auto last = status.started.empty() ? status.closed : status.started;
      auto act =
        std::vector<std::function<bool()>>{[&] {
                                             return tracker().post(k("A-1"), {"m1", "one"}).ok();
                                           },
                                           [&] {
                                             return tracker().post(k("A-1"), {"m2", "two"}).ok();
                                           },
                                           [&] {
                                             return tracker().label(k("A-1"), {{c.processing_label}, {"kept"}}).ok();
                                           },
                                           [&] { return tracker().move_to(k("A-1"), last).ok(); }};
      auto order = std::vector<std::size_t>{0, 1, 2, 3};
      auto turn = GENERATE(0, 5, 11, 17, 23);
      for (int i = 0; i < turn; ++i)
        std::next_permutation(order.begin(), order.end());
      for (int round = 0; round < 2; ++round)
        for (auto i : order)
          CHECK(act[i]());
      THEN("the outcome is the same") {
        CHECK(world->comment_count("A-1") == 2);
        CHECK(labels(tracker(), k("A-1")) == words{c.trigger_label, c.processing_label});
        CHECK(tracker().fetch(k("A-1"))->status == last);
      }
    }
    WHEN("it is moved") {
      for (auto& word : {status.started, status.started, status.closed, status.closed, open, status.cancelled, open}) {
        if (word.empty())
          continue;
        auto moved = tracker().move_to(k("A-1"), word);
        INFO(word << ": " << (moved ? std::string{} : moved.error().text));
        REQUIRE(moved);
        CHECK(tracker().fetch(k("A-1"))->status == word);
      }
      THEN("it is found again when it is open") { CHECK(keys(tracker()) == words{k("A-1")}); }
    }
    WHEN("it is moved to a status that does not exist") {
      auto moved = tracker().move_to(k("A-1"), "nowhere");
      THEN("that is refused and it stays") {
        REQUIRE(!moved);
        CHECK(moved.error() == ec::rejected);
        CHECK(tracker().fetch(k("A-1"))->status == open);
      }
    }
  }

  GIVEN("nothing") {
    THEN("a story that is not there is not found, whatever is asked of it") {
      CHECK(keys(tracker()).empty());
      CHECK(tracker().fetch(k("NO-1")).error() == ec::not_found);
      CHECK(tracker().post(k("NO-1"), {"m", "x"}).error() == ec::not_found);
      CHECK(tracker().label(k("NO-1"), {{"x"}, {}}).error() == ec::not_found);
      CHECK(tracker().move_to(k("NO-1"), status.closed).error() == ec::not_found);
    }
    THEN("it says that it is there") { CHECK(tracker().probe()); }
  }

  GIVEN("stories that are being worked on") {
    world->seed(made("A-1", {c.trigger_label, c.processing_label}, open));
    world->seed(made("A-2", {c.trigger_label}, open));
    world->seed(made("A-3", {c.processing_label}, open));
    world->seed(made("A-4", {c.trigger_label, c.processing_label}, status.closed));
    world->seed(made("A-5", {c.processing_label, c.rework_label}, open));
    world->seed(made("B-1", {c.trigger_label, c.processing_label}, open));
    auto all = std::vector<std::string>{k("A-1"), k("A-2"), k("A-3"), k("A-4"), k("A-5"), k("NO-1"), k("A-1")};
    WHEN("they are looked at again") {
      auto seen = look(tracker(), all);
      THEN("it is told which are wanted no more, and why; nothing is told of others") {
        CHECK(seen.size() == 6);
        CHECK(seen.count(k("B-1")) == 0);
        for (auto& [key, s] : seen) {
          INFO(key << ": " << s.why);
          auto wanted = words{k("A-1"), k("A-2"), k("A-5")}.count(key) != 0;
          CHECK(s.wanted == wanted);
          CHECK(s.why.empty() == wanted);
          CHECK(s.now.tracker == tracker().name());
          if (key != k("NO-1"))
            CHECK(s.now.title == tracker().fetch(key)->title);
        }
        CHECK(seen[k("A-3")].why.find(c.trigger_label) != std::string::npos);
      }
    }
    WHEN("nobody asks for any") {
      THEN("there is no answer, and it costs nothing") {
        auto before = world->requests();
        CHECK(look(tracker(), {}).empty());
        CHECK(world->requests() == before);
      }
    }
    WHEN("labels and status change between two looks") {
      CHECK(look(tracker(), all)[k("A-1")].wanted);
      REQUIRE(tracker().label(k("A-1"), {{"new"}, {}}));
      auto again = look(tracker(), {k("A-1")});
      CHECK(again.size() == 1);
      CHECK(again[k("A-1")].wanted);
      auto& now = again[k("A-1")].now.labels;
      CHECK(std::find(now.begin(), now.end(), "new") != now.end());
      REQUIRE(tracker().label(k("A-1"), {{}, {c.trigger_label}}));
      CHECK(!look(tracker(), {k("A-1")})[k("A-1")].wanted);
      REQUIRE(tracker().label(k("A-1"), {{c.trigger_label}, {}}));
      CHECK(look(tracker(), {k("A-1")})[k("A-1")].wanted);
      REQUIRE(tracker().move_to(k("A-1"), status.closed));
      CHECK(!look(tracker(), {k("A-1")})[k("A-1")].wanted);
      REQUIRE(tracker().move_to(k("A-1"), open));
      CHECK(look(tracker(), {k("A-1")})[k("A-1")].wanted);
    }
    WHEN("one of them is deleted") {
      if (world->remove("A-1")) {
        THEN("it is wanted no more, and the others still are") {
          auto seen = look(tracker(), {k("A-1"), k("A-2")});
          CHECK(!seen[k("A-1")].wanted);
          CHECK(!seen[k("A-1")].why.empty());
          CHECK(seen[k("A-2")].wanted);
        }
      }
    }
    WHEN("one of them cannot be read") {
      world->damage("A-1");
      THEN("it is not taken for one that is not wanted, and the others are told of") {
        auto seen = tracker().look_again({k("A-1"), k("A-2")});
        REQUIRE(seen);
        for (auto& s : *seen)
          CHECK(s.wanted);
        CHECK(std::any_of(seen->begin(), seen->end(), [&](auto& s) { return s.now.key == k("A-2"); }));
      }
    }
    WHEN("they are given to people, and only one person's stories count") {
      if (world->assign("A-1", "ann") && world->assign("A-2", "bob") &&
          world->configure([](tracker_config& changed) { changed.assignee = "ann"; })) {
        THEN("those of others are not wanted, and not found") {
          auto seen = look(tracker(), {k("A-1"), k("A-2")});
          CHECK(seen[k("A-1")].wanted);
          CHECK(!seen[k("A-2")].wanted);
          CHECK(keys(tracker()).empty());
          world->assign("A-2", "ann");
          CHECK(keys(tracker()) == words{k("A-2")});
        }
      }
    }
  }

  GIVEN("stories that are to be worked on once more") {
    world->seed(made("A-1", {c.trigger_label, c.done_label, c.rework_label}, open));
    world->seed(made("A-2", {c.rework_label}, open));
    world->seed(made("A-3", {c.trigger_label, c.rework_label, c.processing_label}, open));
    world->seed(made("A-4", {c.trigger_label, c.done_label}, open));
    world->seed(made("A-5", {c.rework_label, c.done_label}, status.closed));
    if (!status.started.empty())
      world->seed(made("A-6", {c.rework_label}, status.started));
    THEN("they are found by their label, whatever their status as long as they are not closed") {
      auto expected = words{k("A-1"), k("A-2")};
      if (!status.started.empty())
        expected.insert(k("A-6"));
      CHECK(rework_keys(tracker()) == expected);
      CHECK(keys(tracker()).empty());
    }
    THEN("they are not while they are worked on, and not when they are done") {
      REQUIRE(tracker().label(k("A-1"), {{c.processing_label}, {}}));
      CHECK(rework_keys(tracker()).count(k("A-1")) == 0);
      REQUIRE(tracker().label(k("A-1"), {{c.done_label}, {c.processing_label, c.rework_label}}));
      CHECK(rework_keys(tracker()).count(k("A-1")) == 0);
      REQUIRE(tracker().label(k("A-1"), {{c.rework_label}, {}}));
      CHECK(rework_keys(tracker()).count(k("A-1")) == 1);
    }
  }

  GIVEN("stories of which one waits for another") {
    world->seed(made("A-1", {}, open));
    world->seed(made("A-2", {c.trigger_label}, open));
    world->seed(made("A-3", {c.trigger_label}, open));
    if (world->block("A-2", "A-1")) {
      THEN("it is held back, and said why, until the other one is closed") {
        auto found = tracker().search();
        REQUIRE(found);
        REQUIRE(found->stories.size() == 1);
        CHECK(found->stories[0].key == k("A-3"));
        REQUIRE(found->held.size() == 1);
        INFO(found->held[0]);
        CHECK(found->held[0].find(k("A-2")) != std::string::npos);
        CHECK(found->held[0].find(k("A-1")) != std::string::npos);
        REQUIRE(tracker().move_to(k("A-1"), status.closed));
        found = tracker().search();
        REQUIRE(found);
        CHECK(found->stories.size() == 2);
        CHECK(found->held.empty());
      }
    }
  }

  GIVEN("more stories that wait for another than anybody wants to read of") {
    world->seed(made("A-1", {}, open));
    world->seed(made("A-2", {c.trigger_label}, open));
    if (world->block("A-2", "A-1")) {
      for (int n = 3; n <= 105; ++n) {
        auto key = "A-" + std::to_string(n);
        world->seed(made(key, {c.trigger_label}, open));
        world->block(key, "A-1");
      }
      THEN("a hundred are named, and the others are counted") {
        auto found = tracker().search();
        REQUIRE(found);
        CHECK(found->stories.empty());
        CHECK(found->held.size() == 100);
        CHECK(found->held_besides == 4);
      }
    }
  }

  GIVEN("labels of which all are asked for") {
    if (world->configure([](tracker_config& changed) { changed.required_labels = {"ready", "team-a"}; })) {
      world->seed(made("A-1", {c.trigger_label, "ready", "team-a"}, open));
      world->seed(made("A-2", {c.trigger_label, "ready"}, open));
      world->seed(made("A-3", {"ready", "team-a"}, open));
      THEN("a story has them all, or is not found") { CHECK(keys(tracker()) == words{k("A-1")}); }
    }
  }

  GIVEN("more stories than any page holds") {
    auto expected = words{}, running = words{};
    for (int i = 1; i <= 230; ++i) {
      auto name = "P-" + std::to_string(i);
      auto busy = i % 23 == 0;
      auto labels = std::vector<std::string>{c.trigger_label};
      if (busy)
        labels.push_back(c.processing_label);
      world->seed(made(name, labels, open));
      (busy ? running : expected).insert(world->key(name));
    }
    THEN("all are found, the oldest first") {
      auto found = tracker().search();
      REQUIRE(found);
      CHECK(found->stories.size() == expected.size());
      CHECK(std::is_sorted(found->stories.begin(), found->stories.end(),
                           [](const story& a, const story& b) { return a.created_ms < b.created_ms; }));
      CHECK(keys(tracker()) == expected);
    }
    THEN("many are looked at again by few requests") {
      auto asked = std::vector<std::string>(running.begin(), running.end());
      for (auto& key : expected)
        if (asked.size() < 120)
          asked.push_back(key);
      auto before = world->requests();
      auto seen = look(tracker(), asked);
      CHECK(world->requests() - before <= world->most_look_again_requests());
      CHECK(seen.size() == 120);
      CHECK(std::all_of(seen.begin(), seen.end(), [](auto& s) { return s.second.wanted; }));
    }
  }

  GIVEN("a story that was spoken of a lot") {
    world->seed(made("A-1", {c.trigger_label}, open));
    REQUIRE(*tracker().post(k("A-1"), {"run/1:started", "We began."}));
    auto others = std::size_t{0};
    while (others < 120 && world->remark("A-1", "Remark " + std::to_string(others)))
      ++others;
    REQUIRE(*tracker().post(k("A-1"), {"run/1:done", "We ended."}));
    THEN("our own words are found among the others") {
      world->restart();
      CHECK(!*tracker().post(k("A-1"), {"run/1:started", "We began."}));
      CHECK(!*tracker().post(k("A-1"), {"run/1:done", "We ended."}));
      CHECK(world->comment_count("A-1") == others + 2);
    }
    THEN("words without end are cut, and still posted once") {
      auto lines = std::string{};
      while (lines.size() < 200'000)
        lines += "A line with \xc3\xa9 and \xf0\x9f\x9a\x80 in it, and **bold** words.\n";
      auto posted = tracker().post(k("A-1"), {"run/1:details", lines});
      INFO((posted ? std::string{} : posted.error().text));
      REQUIRE(posted);
      CHECK(*posted);
      CHECK(!*tracker().post(k("A-1"), {"run/1:details", lines}));
      CHECK(world->comment_count("A-1") == others + 3);
    }
  }

  GIVEN("an answer that is lost after its effect") {
    world->seed(made("A-1", {c.trigger_label, "kept"}, open));
    CHECK(tracker().fetch(k("A-1")));
    if (world->lose_next_answer()) {
      auto act = GENERATE(0, 1, 2);
      auto once = [&]() -> bool {
        switch (act) {
        case 0: return tracker().post(k("A-1"), {"run/1:started", "We began."}).ok();
        case 1: return tracker().label(k("A-1"), {{c.processing_label}, {"kept"}}).ok();
        default: return tracker().move_to(k("A-1"), status.closed).ok();
        }
      };
      (void)once();
      if (GENERATE(false, true))
        world->restart();
      THEN("the same call again leaves it done once") {
        CHECK(once());
        if (act == 0)
          CHECK(world->comment_count("A-1") == 1);
        if (act == 1)
          CHECK(labels(tracker(), k("A-1")) == words{c.trigger_label, c.processing_label});
        if (act == 2)
          CHECK(tracker().fetch(k("A-1"))->status == status.closed);
      }
    }
  }
}

} // namespace hyakki::test
