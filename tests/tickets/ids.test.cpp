#include "tickets/ids.hpp"
#include "tests/tickets/ticket_world.hpp"
#include "tickets/turn.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace hyakki;
using namespace hyakki::test;
using namespace hyakki::tickets;
namespace fs = std::filesystem;

namespace {

template <class T>
std::string made(const ticket_store& store, const std::string& title) {
  auto draft = T{};
  if constexpr (std::is_same_v<T, agent>)
    draft.name = title;
  else
    draft.title = title;
  auto out = store.create(draft);
  INFO((out ? std::string{} : out.error().text));
  REQUIRE(out);
  return out->id;
}

} // namespace

SCENARIO("ids begin with the title's first word") {
  CHECK(id_prefix("Fix login bug", 8, "TICKET") == "FIX");
  CHECK(id_prefix("Implement it", 8, "TICKET") == "IMPLEMEN");
  CHECK(id_prefix("E-commerce", 8, "EPIC") == "E");
  CHECK(id_prefix("  \"1e3 units", 8, "TICKET") == "1E3");
  CHECK(id_prefix("fix_bug", 8, "TICKET") == "FIXBUG");
  CHECK(id_prefix("\xC3\xBC"
                  "ber alles",
                  8, "TICKET") == "BER");
  CHECK(id_prefix("\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E fix", 8, "TICKET") == "TICKET");
  CHECK(id_prefix("\xF0\x9F\x8E\x89 party", 8, "TICKET") == "PARTY");
  CHECK(id_prefix("!!! ...", 8, "TICKET") == "TICKET");
  CHECK(id_prefix("", 6, "BL") == "BL");
  CHECK(agent_id_stem("Bot project_manager") == "AGENT-BOT-PROJECT-MANA");
  CHECK(agent_id_stem("CodeBot") == "AGENT-CODEBOT");
  CHECK(agent_id_stem("--- \xC3\xA9 ---") == "AGENT-AGENT");
}

SCENARIO("numbers go up, and none is given twice") {
  auto world = ticket_world{};
  auto git = GENERATE(true, false);
  if (git)
    fs::create_directory(world.root / ".git");
  auto store = *ticket_store::open(world.root.string());
  CHECK(made<ticket>(store, "Fix a") == "FIX-1");
  CHECK(made<ticket>(store, "fix b") == "FIX-2");
  CHECK(made<epic>(store, "Fix c") == "FIX-1");
  CHECK(made<backlog_item>(store, "Fix d") == "FIX-1");
  CHECK(made<agent>(store, "Fixer") == "AGENT-FIXER");
  CHECK(made<agent>(store, "fixer") == "AGENT-FIXER-1");
  WHEN("the last one is removed") {
    REQUIRE(store.remove<ticket>("fix-2"));
    THEN("its number is not given again, even when the index is lost") {
      if (GENERATE(false, true))
        for (auto& e : fs::directory_iterator{git ? world.root / ".git/hyakki-tickets" : world.file(".cache")})
          if (e.path().string().find(".mdb") != std::string::npos)
            fs::remove(e.path());
      CHECK(made<ticket>(store, "Fix e") == "FIX-3");
    }
  }
  WHEN("others come by another way") {
    for (int i = 3; i < 300; ++i)
      world.write("closed/FIX-" + std::to_string(i) + ".yaml", "broken");
    CHECK(made<ticket>(store, "Fix e") == "FIX-300");
    CHECK(made<ticket>(store, "Fix f") == "FIX-301");
  }
  WHEN("ids are made of chance") {
    REQUIRE(store.save_settings({"hash", map_value()}));
    auto seen = std::set<std::string>{};
    for (int i = 0; i < 50; ++i) {
      auto id = made<ticket>(store, "Fix it");
      CHECK(id.size() == 12);
      CHECK(id.substr(0, 4) == "FIX-");
      CHECK(store.load<ticket>(id));
      CHECK(seen.insert(id).second);
    }
    CHECK(world.read("config.yaml") == "default_status: open\n");
  }
  WHEN("the settings say what they may not") {
    world.write("hyakki.yaml", "id_style: random\n");
    auto draft = ticket{};
    draft.title = "Fix it";
    auto out = store.create(draft);
    REQUIRE(!out);
    CHECK(out.error().text.find("sequential, hash") != std::string::npos);
  }
}

SCENARIO("several records change together or not at all") {
  auto world = ticket_world{};
  auto store = *ticket_store::open(world.root.string());
  auto t = made<ticket>(store, "Fix a");
  auto e = made<epic>(store, "Epic a");
  auto link = [&](bool fail) {
    return store.in_turn([&](turn& turn) -> result<void> {
      auto epic = turn.load<tickets::epic>(e);
      auto ticket = turn.load<tickets::ticket>(t);
      REQUIRE(epic);
      REQUIRE(ticket);
      epic->ticket_ids.push_back(t);
      ticket->epic_id = e;
      REQUIRE(turn.put(*epic));
      REQUIRE(turn.load<tickets::epic>(e)->ticket_ids.size() == 1);
      if (fail)
        return {ec::rejected, "no"};
      return turn.put(*ticket);
    });
  };
  CHECK(!link(true));
  CHECK(store.load<epic>(e)->ticket_ids.empty());
  REQUIRE(link(false));
  CHECK(store.load<epic>(e)->ticket_ids == words{t});
  CHECK(store.load<ticket>(t)->epic_id == e);
}

SCENARIO("an edit touches the lines of what changed, and keys that we do not know stay") {
  auto world = ticket_world{};
  auto store = *ticket_store::open(world.root.string());
  auto text = "# a remark\n" + ticket_text("A-1", "Old title") + "our_key:\n- {a: 1}\nx: 0x1F # kept\n";
  world.write("open/A-1.yaml", text);
  REQUIRE(store.change<ticket>("A-1", [](ticket& t) -> result<bool> {
    t.title = "New: title";
    t.updated_at = "2026-11-02T10:00:00";
    return true;
  }));
  auto wanted = text;
  wanted.replace(wanted.find("Old title"), 9, "'New: title'");
  wanted.replace(wanted.find("updated_at: '2026-11-01"), 23, "updated_at: '2026-11-02");
  CHECK(world.read("open/A-1.yaml") == wanted);
  THEN("a record that breaks a rule is not written") {
    auto done = store.change<ticket>("A-1", [](ticket& t) -> result<bool> {
      t.status = "bogus";
      return true;
    });
    REQUIRE(!done);
    CHECK(done.error().text.find("open, in-progress, blocked, closed, cancelled") != std::string::npos);
    CHECK(world.read("open/A-1.yaml") == wanted);
  }
  THEN("closing moves the file") {
    REQUIRE(store.change<ticket>("a-1", [](ticket& t) -> result<bool> {
      t.status = "closed";
      return true;
    }));
    CHECK(!world.has("open/A-1.yaml"));
    CHECK(world.read("closed/A-1.yaml").find("x: 0x1F # kept") != std::string::npos);
  }
}

SCENARIO("a store is made, and made anew when asked") {
  auto world = ticket_world{};
  auto again = ticket_store::init(world.root.string());
  REQUIRE(!again);
  CHECK(again.error() == ec::conflict);
  world.add("A-1");
  auto store = ticket_store::init(world.root.string(), true);
  REQUIRE(store);
  CHECK(!world.has("open/A-1.yaml"));
  CHECK(world.has("epics"));
  CHECK(world.read("index.yaml") == "{}\n");
  CHECK(store->config()->id_prefix == "TICKET");
  CHECK(made<ticket>(*store, "Fix it") == "FIX-1");
}
