#include "tests/tickets/ticket_world.hpp"
#include "tickets/local_time.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

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

SCENARIO("a ticket that cannot be read just now refuses nothing: it is told when it can be read again") {
  auto world = ticket_world{};
  world.add("A-1");
  auto tracker = world.make();
  auto path = world.file("open/A-1.yaml");
  auto before = world.read("open/A-1.yaml");
  auto open = world.file("open");
  auto put = [&](const std::string& bytes) { world.write("open/A-1.yaml", bytes); };
  auto elsewhere = (world.root / "elsewhere").string();
  using harm = std::pair<std::string, std::function<void()>>;
  for (auto& [what, happens] : {
         harm{"marks of a merge", [&] { put("<<<<<<< HEAD\n" + before + "=======\n" + before + ">>>>>>> x\n"); }},
         harm{"garbage", [&] { put("id: [broken\n\t: x"); }},
         harm{"nothing", [&] { put(""); }},
         harm{"more than is read", [&] { put(before + "notes: '" + std::string(3u << 20, 'z') + "'\n"); }},
         harm{"a folder in its place", [&] { std::filesystem::remove(path), std::filesystem::create_directory(path); }},
         harm{"a link in its place",
              [&] { std::filesystem::remove(path), std::filesystem::create_symlink(elsewhere, path); }},
         harm{"a pipe in its place", [&] { std::filesystem::remove(path), ::mkfifo(path.c_str(), 0600); }},
         harm{"a link in place of its folder",
              [&] { std::filesystem::rename(open, elsewhere), std::filesystem::create_symlink(elsewhere, open); }},
         harm{"a link in place of the whole",
              [&] {
                std::filesystem::rename(world.file(""), elsewhere);
                std::filesystem::create_symlink(elsewhere, world.root / ".tickets");
              }},
       }) {
    INFO(what);
    happens();
    auto posted = tracker->post("A-1", {"a-1:done", "Done."});
    auto labelled = tracker->label("A-1", {{"ai-done"}, {}});
    auto moved = tracker->move_to("A-1", "closed");
    for (auto& e : {posted.error(), labelled.error(), moved.error()})
      CHECK(band_of(e.code) == band::try_again);
    if (std::filesystem::is_symlink(world.root / ".tickets")) {
      std::filesystem::remove(world.root / ".tickets");
      std::filesystem::rename(elsewhere, world.root / ".tickets");
    } else if (std::filesystem::is_symlink(open)) {
      std::filesystem::remove(open);
      std::filesystem::rename(elsewhere, open);
    }
    std::filesystem::remove_all(path);
    put(before);
  }
  THEN("it is told then") {
    CHECK(*tracker->post("A-1", {"a-1:done", "Done."}));
    CHECK(tracker->label("A-1", {{"ai-done"}, {}}));
  }
  THEN("one that is gone, and a label or a status that there is not, are answered for good") {
    CHECK(tracker->label("A-1", {{" "}, {}}).error() == ec::rejected);
    CHECK(tracker->move_to("A-1", "odd").error() == ec::rejected);
    CHECK(tracker->post("../A-1", {"a-1:done", "Done."}).error() == ec::rejected);
    std::filesystem::remove(path);
    CHECK(tracker->post("A-1", {"a-1:done", "Done."}).error() == ec::not_found);
    CHECK(tracker->label("A-1", {{"ai-done"}, {}}).error() == ec::not_found);
  }
}
