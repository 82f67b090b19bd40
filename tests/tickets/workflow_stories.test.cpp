// Steps of a workflow as stories of the tracker: found in their order, moved by how their story goes, each done once.

#include "tests/support/children.hpp"
#include "tests/tickets/ticket_world.hpp"
#include "tickets/turn.hpp"
#include "tickets/workflow_plan.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;
using namespace hyakki::tickets;

namespace {

const label_change begun{{"ai-processing"}, {"ai-failed"}};
const label_change done{{"ai-done"}, {"ai-processing", "ai-failed"}};
const label_change failed{{"ai-failed"}, {"ai-processing"}};
const label_change cancelled{{}, {"ai-processing"}};

workflow_step step(const std::string& name, words after = {}, std::int64_t retries = 0, std::string condition = {}) {
  auto s = workflow_step{};
  s.name = name;
  s.task_type = "code";
  s.depends_on = std::move(after);
  s.max_retries = retries;
  s.condition = std::move(condition);
  return s;
}

struct workflow_world : ticket_world {
  workflow_world() {
    add("FIX-1", "Fix login", {"backend", "ai-done"}, "open", "high");
    std::filesystem::create_directory(root / ".git");
  }
  ticket_store store() const { return *ticket_store::open(root.string()); }
  /// Started, as `workflow start` leaves it.
  workflow make_workflow(std::vector<workflow_step> steps) const {
    auto w = workflow{};
    w.ticket_id = "FIX-1";
    w.status = "running";
    w.driven_by = "stories";
    w.steps = std::move(steps);
    auto made = store().create(w);
    INFO((made ? std::string{} : made.error().text));
    REQUIRE(made);
    return *made;
  }
  workflow now(const workflow& w) const {
    auto out = store().load<workflow>(w.id);
    INFO((out ? std::string{} : out.error().text));
    REQUIRE(out);
    return *out;
  }
};

} // namespace

SCENARIO("the steps of a workflow are stories, each when those before it are done") {
  auto world = workflow_world{};
  auto w = world.make_workflow({step("design"), step("build", {"design"}), step("review", {"build"})});
  auto tracker = world.make();
  CHECK(keys(*tracker) == std::vector<std::string>{w.id + "-1-1"});
  auto s = tracker->fetch(w.id + "-1-1");
  REQUIRE(s);
  CHECK(s->id() == "tickets/" + w.id + "-1-1");
  CHECK(s->title == "design (FIX-1): Fix login");
  CHECK(s->labels == std::vector<std::string>{"backend", "ai-pipeline"});
  CHECK(s->priority == 1);
  CHECK(s->status == "open");
  CHECK(s->description.find("the step \"design\" (code) of FIX-1") != std::string::npos);
  GIVEN("a story that goes well") {
    for (int n = 1; n <= 3; ++n) {
      auto key = w.id + "-" + std::to_string(n) + "-1";
      CHECK(keys(*tracker) == std::vector<std::string>{key});
      REQUIRE(tracker->label(key, begun));
      CHECK(keys(*tracker).empty());
      CHECK(world.now(w).steps[static_cast<std::size_t>(n - 1)].status == "in_progress");
      CHECK(tracker->look_again({key})->at(0).wanted);
      REQUIRE(tracker->post(key, {"step/" + std::to_string(n), "Done."}));
      CHECK_FALSE(*tracker->post(key, {"step/" + std::to_string(n), "Done."}));
      REQUIRE(tracker->move_to(key, "closed"));
      REQUIRE(tracker->label(key, done));
    }
    auto end = world.now(w);
    CHECK(end.status == "completed");
    CHECK(!end.completed_at.empty());
    CHECK(keys(*tracker).empty());
    THEN("the ticket has the remarks and stays as it is otherwise") {
      CHECK(world.ticket("FIX-1").comments().size() == 3);
      CHECK(world.ticket("FIX-1").text("status") == "open");
      CHECK(world.ticket("FIX-1").list("labels") == std::vector<std::string>{"backend", "ai-done"});
    }
  }
  GIVEN("a ticket that is closed meanwhile, or a workflow that is cancelled") {
    REQUIRE(tracker->label(w.id + "-1-1", begun));
    auto by_workflow = GENERATE(false, true);
    if (by_workflow)
      REQUIRE(world.store().change<workflow>(w.id, [](workflow& x) -> result<bool> {
        x.status = "cancelled";
        return true;
      }));
    else
      REQUIRE(tracker->move_to("FIX-1", "closed"));
    auto again = *tracker->look_again({w.id + "-1-1", "WF-00000000-1-1"});
    REQUIRE(again.size() == 2);
    CHECK_FALSE(again[0].wanted);
    CHECK_FALSE(again[1].wanted);
    CHECK(again[1].why.find(by_workflow ? "cancelled" : "closed") != std::string::npos);
    CHECK(keys(*tracker).empty());
  }
}

SCENARIO("a step whose story fails is another story while retries are left") {
  auto world = workflow_world{};
  auto w = world.make_workflow({step("build", {}, 1), step("after", {"build"})});
  auto tracker = world.make();
  REQUIRE(tracker->label(w.id + "-1-1", begun));
  REQUIRE(tracker->label(w.id + "-1-1", failed));
  CHECK(keys(*tracker) == std::vector<std::string>{w.id + "-1-2"});
  CHECK(tracker->fetch(w.id + "-1-2")->description.find("An earlier try of it failed") != std::string::npos);
  THEN("what is told once more of the first try moves nothing") {
    auto before = world.now(w);
    for (auto& what : {begun, failed, done, cancelled})
      REQUIRE(tracker->label(w.id + "-1-1", what));
    CHECK(write_workflow(world.now(w)) == write_workflow(before));
    CHECK_FALSE(tracker->look_again({w.id + "-1-1"})->at(0).wanted);
  }
  THEN("the last failure ends the workflow, and a person's retry of the story takes it up") {
    REQUIRE(tracker->label(w.id + "-1-2", begun));
    REQUIRE(tracker->label(w.id + "-1-2", failed));
    CHECK(world.now(w).status == "failed");
    CHECK(keys(*tracker).empty());
    REQUIRE(tracker->label(w.id + "-1-2", begun));
    CHECK(world.now(w).status == "running");
    REQUIRE(tracker->label(w.id + "-1-2", done));
    CHECK(keys(*tracker) == std::vector<std::string>{w.id + "-2-1"});
  }
  THEN("a story that a person cancels is not tried again") {
    REQUIRE(tracker->label(w.id + "-1-2", begun));
    REQUIRE(tracker->label(w.id + "-1-2", cancelled));
    CHECK(world.now(w).steps[0].status == "failed");
    CHECK(world.now(w).status == "failed");
  }
}

SCENARIO("a step whose condition the ticket does not meet is skipped, and what comes after it goes on") {
  auto world = workflow_world{};
  auto w = world.make_workflow({step("triage", {}, 0, "priority:low"), step("urgent", {"triage"}, 0, "priority:high"),
                                step("last", {"urgent"}, 0, "label:nosuch")});
  auto tracker = world.make();
  CHECK(keys(*tracker) == std::vector<std::string>{w.id + "-2-1"});
  CHECK(world.now(w).steps[0].status == "skipped");
  REQUIRE(tracker->label(w.id + "-2-1", done));
  CHECK(keys(*tracker).empty());
  CHECK(world.now(w).status == "completed");
  CHECK_FALSE(tracker->look_again({w.id + "-1-1"})->at(0).wanted);
}

SCENARIO("workflows that nobody started for the engine, and files that are none, give no stories") {
  auto world = workflow_world{};
  auto w = world.make_workflow({step("build")});
  REQUIRE(world.store().change<workflow>(w.id, [](workflow& x) -> result<bool> {
    x.driven_by = "calls";
    return true;
  }));
  world.write("workflows/WF-00000001.json", "{");
  world.write("workflows/WF-00000002.json", R"({"id": "WF-00000002", "ticket_id": "X", "steps": [
    {"name": "a", "task_type": "code", "depends_on": ["b"]}, {"name": "b", "task_type": "code", "depends_on": ["a"]}]})");
  auto found = world.make()->search();
  REQUIRE(found);
  CHECK(found->stories.empty());
  REQUIRE(found->unreadable.size() == 2);
  CHECK(found->unreadable[1].find("circle") != std::string::npos);
  for (auto key : {"WF-00000001-1", "WF-0000000G-1-1", "WF-00000001-0-1", "WF-00000001-1-1-1", "WF-00000001-1-99999999",
                   "wf-00000001-1-1", "WF-00000001--1"}) {
    CAPTURE(key);
    CHECK_FALSE(read_story_key(key));
  }
  CHECK(world.make()->label("WF-00000003-1-1", begun).error() == ec::not_found);
}

SCENARIO("kill -9 at every write of a step's move leaves it moved or not, and telling it again moves it once") {
  auto what = GENERATE(as<std::string>{}, "begin", "done", "failed");
  CAPTURE(what);
  int deaths = 0;
  for (int at = 1;; ++at) {
    CAPTURE(at);
    auto world = workflow_world{};
    auto w = world.make_workflow({step("build", {}, 3), step("after", {"build"})});
    auto key = w.id + "-1-1";
    if (what != "begin")
      REQUIRE(world.make()->label(key, begun));
    auto code = wait_for(
      start(HYAKKI_TICKETS_CHILD, {world.root.string(), "step", key, what}, "HYAKKI_DIE_AT=" + std::to_string(at)));
    REQUIRE((code == 0 || code == 77));
    auto after = world.now(w).steps[0];
    CHECK(after.retry_count <= 1);
    REQUIRE(wait_for(start(HYAKKI_TICKETS_CHILD, {world.root.string(), "step", key, what})) == 0);
    auto end = world.now(w);
    CHECK(end.steps[0].retry_count == (what == "failed" ? 1 : 0));
    CHECK(end.steps[0].status == (what == "begin" ? "in_progress" : what == "done" ? "completed" : "pending"));
    CHECK(keys(*world.make()) == (what == "begin"  ? std::vector<std::string>{}
                                  : what == "done" ? std::vector<std::string>{w.id + "-2-1"}
                                                   : std::vector<std::string>{w.id + "-1-2"}));
    if (code == 0)
      break;
    ++deaths;
  }
  CHECK(deaths >= 4);
}

SCENARIO("a workflow that cannot be read just now refuses nothing") {
  auto world = workflow_world{};
  auto w = world.make_workflow({step("design")});
  auto tracker = world.make();
  auto key = w.id + "-1-1";
  auto file = "workflows/" + w.id + ".json";
  auto before = world.read(file);
  GIVEN("garbage in its file") {
    world.write(file, "{ <<<<<<<");
    CHECK(tracker->post(key, {"step/1", "Done."}).error() == ec::unavailable);
    CHECK(tracker->label(key, begun).error() == ec::unavailable);
    WHEN("it is mended") {
      world.write(file, before);
      CHECK(*tracker->post(key, {"step/1", "Done."}));
      CHECK(tracker->label(key, begun));
      CHECK(world.now(w).steps[0].status == "in_progress");
    }
  }
  GIVEN("none any more") {
    std::filesystem::remove(world.file(file));
    CHECK(tracker->label(key, begun).error() == ec::not_found);
  }
}
