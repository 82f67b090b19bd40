#include "tests/tickets/ticket_world.hpp"
#include "tickets/local_time.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;
using namespace hyakki::tickets;

SCENARIO("a ticket is told as a story") {
  auto world = ticket_world{};
  world.add("FIX-1", "Fix login", {"ai-pipeline", "bug"}, "open", "critical");
  auto tracker = world.make();
  auto s = tracker->fetch("fix-1");
  REQUIRE(s);
  CHECK(s->id() == "tickets/FIX-1");
  CHECK(s->title == "Fix login");
  CHECK(s->labels == std::vector<std::string>{"ai-pipeline", "bug"});
  CHECK(s->priority == 0);
  CHECK(s->created_ms == read_local_time("2026-11-01T10:00:00").value());
  CHECK(s->url == (world.root / ".tickets/open/FIX-1.yaml").string());
  CHECK(s->components.empty());
  for (auto& [word, number] : {std::pair{"high", 1}, {"medium", 2}, {"low", 3}, {"whatever", 2}}) {
    world.add("P-1", "x", {}, "open", word);
    CHECK(tracker->fetch("P-1")->priority == number);
  }
}

SCENARIO("a ticket waits for those that block it") {
  auto world = ticket_world{};
  world.add("A-1", "x", {"ai-pipeline"}, "open", "medium", "\n- B-1\n- GONE-1");
  world.add("B-1", "x", {});
  auto tracker = world.make();
  CHECK(keys(*tracker).empty());
  REQUIRE(tracker->move_to("B-1", "in-progress"));
  CHECK(keys(*tracker).empty());
  REQUIRE(tracker->move_to("B-1", "closed"));
  CHECK(keys(*tracker) == std::vector<std::string>{"A-1"});
}

SCENARIO("the configured status and labels decide what is found") {
  auto world = ticket_world{};
  world.config.status = "in-progress";
  world.config.trigger_label = "do it's \"näc\"";
  world.add("A-1", "x", {"\"do it's \\\"n\\xE4c\\\"\""}, "in-progress");
  world.add("A-2", "x", {"'do it''s'"}, "in-progress");
  CHECK(keys(*world.make()) == std::vector<std::string>{"A-1"});
  world.config.trigger_label = "ai-pipeline";
  world.add("A-3", "x", {"\"ai\\x2Dpipeline\""}, "in-progress"); // an escape hides the bytes, not the label
  CHECK(keys(*world.make()) == std::vector<std::string>{"A-3"});
}

SCENARIO("a comment is written as repo-tickets writes one") {
  auto world = ticket_world{};
  world.add("A-1");
  world.config.account = "bot";
  auto tracker = world.make();
  auto before = world.read("open/A-1.yaml");
  REQUIRE(*tracker->post("A-1", {"a-1:done", "Done."}));
  auto now = local_time_text(world.clock.now());
  auto expected = before;
  auto replace = [&](const std::string& from, const std::string& to) {
    expected.replace(expected.find(from), from.size(), to);
  };
  replace("updated_at: '2026-11-01T10:00:00'", "updated_at: '" + now + "'");
  auto id = world.ticket("A-1").comments().at(0).id;
  CHECK(id.size() == 8);
  replace("comments: []\n",
          "comments:\n- id: " + id +
            "\n  author: bot\n  email: hyakki@localhost\n  content: 'Done.\n\n\n    <!-- hyakki:a-1:done "
            "-->'\n  created_at: '" +
            now + "'\n");
  CHECK(world.read("open/A-1.yaml") == expected);
  CHECK(world.read("index.yaml").find("A-1:\n  created_at: '2026-11-01T10:00:00'\n  labels:\n  - ai-pipeline\n") == 0);
  WHEN("nothing is to be changed") {
    auto then = world.read("open/A-1.yaml");
    world.clock.advance(1000);
    CHECK(!*tracker->post("A-1", {"a-1:done", "Done."}));
    REQUIRE(tracker->label("A-1", {{"ai-pipeline"}, {"never"}}));
    REQUIRE(tracker->move_to("A-1", "open"));
    THEN("nothing is written") { CHECK(world.read("open/A-1.yaml") == then); }
  }
}

SCENARIO("a label that comes and goes leaves the file as it was but for the time of change") {
  auto world = ticket_world{};
  world.add("A-1", "x", {"one", "ai-pipeline"});
  auto before = world.read("open/A-1.yaml");
  auto tracker = world.make();
  REQUIRE(tracker->label("A-1", {{"ai-processing", "z"}, {}}));
  CHECK(world.ticket("A-1").list("labels") == std::vector<std::string>{"one", "ai-pipeline", "ai-processing", "z"});
  REQUIRE(tracker->label("A-1", {{}, {"z", "ai-processing"}}));
  auto after = world.read("open/A-1.yaml");
  auto stamp = "updated_at: '" + local_time_text(world.clock.now()) + "'";
  auto at = after.find(stamp);
  REQUIRE(at != std::string::npos);
  after.replace(at, stamp.size(), "updated_at: '2026-11-01T10:00:00'");
  CHECK(after == before);
}

SCENARIO("a closed ticket lives in closed/, and one that is in both folders is taken from open/") {
  auto world = ticket_world{};
  world.add("A-1");
  auto tracker = world.make();
  REQUIRE(tracker->move_to("A-1", "cancelled"));
  CHECK(!world.has("open/A-1.yaml"));
  CHECK(world.has("closed/A-1.yaml"));
  CHECK(tracker->fetch("A-1")->url == (world.root / ".tickets/closed/A-1.yaml").string());
  world.add("A-1", "The open one");
  CHECK(tracker->fetch("A-1")->title == "The open one");
  REQUIRE(tracker->label("A-1", {{"x"}, {}}));
  CHECK(world.has("open/A-1.yaml"));
  CHECK(!world.has("closed/A-1.yaml"));
}

SCENARIO("folders that git does not keep are made when they are needed") {
  auto world = ticket_world{};
  world.add("A-1");
  std::filesystem::remove_all(world.file("closed"));
  auto tracker = world.make();
  CHECK(tracker->probe());
  REQUIRE(tracker->move_to("A-1", "closed"));
  CHECK(world.has("closed/A-1.yaml"));
  std::filesystem::remove_all(world.file("open"));
  CHECK(keys(*tracker).empty());
  REQUIRE(tracker->move_to("A-1", "open"));
  CHECK(keys(*tracker) == std::vector<std::string>{"A-1"});
}

SCENARIO("a damaged index is written anew from the tickets") {
  auto world = ticket_world{};
  world.add("A-1");
  world.add("B-1", "x", {}, "closed");
  world.write("index.yaml", "<<<<<<< HEAD\n");
  REQUIRE(world.make()->label("A-1", {{"x"}, {}}));
  auto index = world.read("index.yaml");
  CHECK(index.find("A-1:\n") == 0);
  CHECK(index.find("\nB-1:\n") != std::string::npos);
}

SCENARIO("a directory that is not there is spoken of with the way to make it") {
  auto world = ticket_world{};
  world.config.path = (world.root / "nothing").string();
  auto tracker = world.make();
  for (auto& e : {tracker->probe().error(), tracker->search().error(), tracker->fetch("A-1").error()}) {
    CHECK(e == ec::bad_config);
    CHECK(e.text.find("hyakki tickets init") != std::string::npos);
  }
  world.config.path = (world.root / ".tickets").string();
  world.add("A-1");
  CHECK(keys(*world.make()) == std::vector<std::string>{"A-1"});
}
