// What is done to tickets, by whomever, is told at least once, and what was there before is not.

#include "tickets/watch.hpp"
#include "tests/support/children.hpp"
#include "tests/tickets/ticket_world.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;
using namespace hyakki::tickets;
namespace fs = std::filesystem;

namespace {

struct watch_world : ticket_world {
  watch_world() {
    fs::create_directory(root / ".git");
    add("FIX-1", "Fix login");
    add("FIX-2", "Fix logout");
  }
  std::string picture() const { return (root / "told.mdb").string(); }
  std::unique_ptr<watch> begin() const {
    auto out = watch::open(picture());
    INFO((out ? std::string{} : out.error().text));
    REQUIRE(out);
    return std::move(*out);
  }
  std::vector<story_change> look(watch& w, std::size_t most = 100) const {
    auto all = catalog::open(*ticket_store::open(root.string()));
    REQUIRE(all);
    auto out = w.look(*all, most);
    INFO((out ? std::string{} : out.error().text));
    REQUIRE(out);
    return std::move(*out);
  }
  /// As an editor does it: the bytes alone, by another file that takes the name.
  void rewrite(const std::string& name, const std::string& from, const std::string& to) const {
    auto bytes = read(name);
    auto at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    write("new", bytes.replace(at, from.size(), to));
    fs::rename(file("new"), file(name));
  }
};

std::string told(const std::vector<story_change>& all) {
  auto out = std::string{};
  for (auto& c : all) {
    out += std::string{to_string(c.what)} + " " + c.key;
    for (auto& f : c.fields)
      out += " " + f.field + (f.before.empty() && f.after.empty() ? "" : "=" + f.before + ">" + f.after);
    out += "\n";
  }
  return out;
}

} // namespace

SCENARIO("who begins to watch is told nothing of what was there, and then every change once") {
  auto world = watch_world{};
  auto w = world.begin();
  CHECK(world.look(*w).empty());
  CHECK(world.look(*w).empty());
  GIVEN("changes by hand, by a command and by a pull") {
    world.rewrite("open/FIX-1.yaml", "priority: medium", "priority: high");
    world.add("NEW-1", "From a pull");
    REQUIRE(world.make()->move_to("FIX-2", "closed"));
    auto seen = world.look(*w);
    CHECK(told(seen) == "ticket_changed FIX-1 priority=medium>high\n"
                        "ticket_closed FIX-2 status=open>closed\n"
                        "ticket_created NEW-1\n");
    CHECK(seen[2].title == "From a pull");
    THEN("until it is said that they are kept they are told again, by a later process too") {
      CHECK(told(world.look(*w)) == told(seen));
      w.reset();
      w = world.begin();
      CHECK(told(world.look(*w)) == told(seen));
      REQUIRE(w->told());
      CHECK(world.look(*w).empty());
      w.reset();
      w = world.begin();
      CHECK(world.look(*w).empty());
    }
    THEN("a ticket that opens again has changed") {
      REQUIRE(w->told());
      REQUIRE(world.make()->move_to("FIX-2", "open"));
      CHECK(told(world.look(*w)) == "ticket_changed FIX-2 status=closed>open\n");
    }
  }
  GIVEN("a remark, other labels, and a part that has no name") {
    REQUIRE(world.make()->post("FIX-1", {"mark", "said"}));
    REQUIRE(world.make()->label("FIX-2", {{"urgent"}, {}}));
    CHECK(told(world.look(*w)) ==
          "ticket_changed FIX-1 comments\nticket_changed FIX-2 labels=ai-pipeline>ai-pipeline, urgent\n");
    REQUIRE(w->told());
    world.rewrite("open/FIX-1.yaml", "description: ", "description: more of ");
    auto bytes = world.read("open/FIX-2.yaml");
    world.rewrite("open/FIX-2.yaml", "updated_at: '20", "updated_at: '21");
    CHECK(told(world.look(*w)) == "ticket_changed FIX-1 description\nticket_changed FIX-2 other\n");
    REQUIRE(w->told());
    world.rewrite("open/FIX-2.yaml", "requirements_status: draft",
                  "requirements_status: final"); // no byte more or less
    CHECK(told(world.look(*w)) == "ticket_changed FIX-2 other\n");
  }
}

SCENARIO("files that are written anew with the same bytes are no news") {
  auto world = watch_world{};
  auto w = world.begin();
  CHECK(world.look(*w).empty());
  for (auto name : {"open/FIX-1.yaml", "open/FIX-2.yaml"})
    world.rewrite(name, "id: ", "id: ");
  CHECK(world.look(*w).empty());
  CHECK(world.look(*w).empty());
}

SCENARIO("a ticket is told as removed when two looks miss it") {
  auto world = watch_world{};
  auto w = world.begin();
  CHECK(world.look(*w).empty());
  auto bytes = world.read("open/FIX-1.yaml");
  fs::remove(world.file("open/FIX-1.yaml"));
  CHECK(world.look(*w).empty());
  GIVEN("a file that is back: a checkout was under way") {
    world.write("open/FIX-1.yaml", bytes);
    CHECK(world.look(*w).empty());
    CHECK(world.look(*w).empty());
  }
  GIVEN("a file that stays away") {
    w.reset();
    w = world.begin();
    auto seen = world.look(*w);
    CHECK(told(seen) == "ticket_removed FIX-1\n");
    CHECK(seen[0].title == "Fix login");
    REQUIRE(w->told());
    CHECK(world.look(*w).empty());
    world.write("open/FIX-1.yaml", bytes);
    CHECK(told(world.look(*w)) == "ticket_created FIX-1\n");
  }
}

SCENARIO("a ticket that cannot be read is as it was, until it can") {
  auto world = watch_world{};
  world.write("open/BAD-1.yaml", "title: [\n");
  auto w = world.begin();
  CHECK(world.look(*w).empty());
  auto bytes = world.read("open/FIX-1.yaml");
  world.write("open/FIX-1.yaml", "<<<<<<< ours\n" + bytes);
  CHECK(world.look(*w).empty());
  CHECK(world.look(*w).empty());
  world.write("open/FIX-1.yaml", bytes);
  world.add("BAD-1", "Readable at last");
  CHECK(world.look(*w).empty());
  world.rewrite("open/FIX-1.yaml", "priority: medium", "priority: low");
  CHECK(told(world.look(*w)) == "ticket_changed FIX-1 priority=medium>low\n");
}

SCENARIO("what a pull brings in numbers is told over several looks, all of it") {
  auto world = watch_world{};
  auto w = world.begin();
  CHECK(world.look(*w).empty());
  for (int i = 10; i < 35; ++i)
    world.add("NEW-" + std::to_string(i));
  auto all = std::string{};
  for (int looks = 0; looks < 3; ++looks) {
    auto some = world.look(*w, 10);
    CHECK(some.size() == (looks == 2 ? 5 : 10));
    all += told(some);
    REQUIRE(w->told());
  }
  CHECK(world.look(*w, 10).empty());
  for (int i = 10; i < 35; ++i)
    CHECK(all.find("ticket_created NEW-" + std::to_string(i) + "\n") != std::string::npos);
}

SCENARIO("kill -9 between hearing and keeping tells again, after it never") {
  auto world = watch_world{};
  REQUIRE(wait_for(start(HYAKKI_TICKETS_CHILD, {world.root.string(), "watch", world.picture(), "kept"})) == 0);
  world.add("NEW-1");
  CHECK(wait_for(start(HYAKKI_TICKETS_CHILD, {world.root.string(), "watch", world.picture(), "heard"})) == -SIGKILL);
  CHECK(told(world.look(*world.begin())) == "ticket_created NEW-1\n");
  CHECK(wait_for(start(HYAKKI_TICKETS_CHILD, {world.root.string(), "watch", world.picture(), "kept"})) == -SIGKILL);
  CHECK(world.look(*world.begin()).empty());
}

SCENARIO("a file that is no picture is left alone and spoken of") {
  auto world = watch_world{};
  std::ofstream{world.picture()} << std::string(8192, 'x');
  auto w = watch::open(world.picture());
  REQUIRE(!w);
  CHECK(w.error() == ec::bad_config);
  CHECK(w.error().text.find("remove it") != std::string::npos);
  CHECK(fs::file_size(world.picture()) == 8192);
}
