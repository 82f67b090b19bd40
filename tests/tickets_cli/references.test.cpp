// Records that name each other: what goes with a ticket, and what is counted to an epic.

#include "tests/tickets_cli/cli_tickets_world.hpp"

using namespace hyakki::test;

SCENARIO_METHOD(empty_store, "what is done for a ticket goes with it") {
  auto id = make("Victim"), other = make("Other");
  auto bot = asked({"agent", "create", "Bot"})["id"].get<std::string>();
  auto whole = [&] { return asked({"health"})["is_healthy"] == true; };
  GIVEN("a ticket with a task and a workflow") {
    auto task = asked({"agent", "assign", id, bot, "code", "x"})["id"].get<std::string>();
    auto plan = asked({"workflow", "create", id, "--step", "a:code"})["id"].get<std::string>();
    THEN("it is not deleted just so") {
      auto refused = tickets({"delete", id});
      CHECK(refused.code == 1);
      CHECK(has(refused.err, "task " + task));
      CHECK(has(refused.err, "workflow " + plan));
      CHECK(tickets({"batch", "delete", id, "--no-confirm"}).code == 1);
      CHECK(asked({"show", id})["agent_tasks"] == json{task});
    }
    for (auto& words : std::vector<std::vector<std::string>>{{"delete", id, "--force"},
                                                             {"batch", "delete", id, other, "--no-confirm", "--force"}})
      WHEN("it is deleted with --force: " + words[0]) {
        asked(words);
        THEN("its task and its workflow are gone, and the agent is free") {
          CHECK(asked({"tasks"}).empty());
          CHECK(asked({"workflow", "list"}).empty());
          CHECK(asked({"agent", "show", bot})["active_tasks"].empty());
          CHECK(whole());
        }
      }
  }
  GIVEN("an agent whose task is over") {
    auto task = asked({"agent", "assign", id, bot, "code", "x"})["id"].get<std::string>();
    CHECK(has(tickets({"agent", "delete", bot}).err, task));
    asked({"agent", "cancel", task});
    WHEN("it is deleted") {
      asked({"agent", "delete", bot});
      THEN("the task still tells what was done, and the store is whole") {
        CHECK(asked({"tasks"})[0]["agent_id"] == bot);
        CHECK(whole());
      }
    }
  }
}

SCENARIO_METHOD(empty_store, "a claim ends with the work on its ticket") {
  auto id = make("Fix it"), other = make("Other");
  asked({"claim", id});
  asked({"claim", other});
  write("close.json", "{\"" + id + "\": {\"status\": \"closed\"}}");
  for (auto& words : std::vector<std::vector<std::string>>{{"close", id},
                                                           {"update", id, "-s", "cancelled"},
                                                           {"delete", id},
                                                           {"batch", "close", id},
                                                           {"batch", "update", "close.json"},
                                                           {"batch", "delete", id, "--no-confirm"}})
    WHEN("that is ended by " + words[0] + " " + words[1]) {
      asked(words);
      THEN("it is nobody's, and the others stay as they are") {
        CHECK(asked({"claims"}).size() == 1);
        CHECK(asked({"claims"})[0]["ticket"] == other);
        CHECK_FALSE(has(read(".git/hyakki-claims.json"), id));
      }
    }
  WHEN("another program closes it") {
    auto text = read(".tickets/open/" + id + ".yaml");
    text.replace(text.find("status: open"), 12, "status: closed");
    write(".tickets/open/" + id + ".yaml", text);
    THEN("nobody is said to work on it") { CHECK(asked({"claims"}).size() == 1); }
  }
}

SCENARIO_METHOD(empty_store, "every file that cannot be read is named") {
  for (auto name : {"config.yaml", "hyakki.yaml", "schema_versions.json", "agents/learning_profiles.json",
                    "workflows/WF-0123ABCD.json", "tasks/0123ABCD.json", "epics/E-1.yaml"}) {
    auto before = read(std::string{".tickets/"} + name);
    write(std::string{".tickets/"} + name, "<<<<<<< ours\n");
    auto answer = tickets({"health"});
    INFO(name << "\n" << answer.out);
    CHECK(answer.code == 1);
    CHECK(has(answer.out, std::filesystem::path{name}.filename().string()));
    before.empty() ? (void)std::filesystem::remove(root() + "/.tickets/" + name)
                   : write(std::string{".tickets/"} + name, before);
  }
  CHECK(asked({"health"})["is_healthy"] == true);
}

SCENARIO_METHOD(empty_store, "an epic has the tickets that it lists and those that name it") {
  auto epic = asked({"epic", "create", "Big"})["id"].get<std::string>();
  auto listed = asked({"create", "Listed", "--epic", epic})["id"].get<std::string>();
  auto naming = asked({"create", "Naming", "--epic", epic})["id"].get<std::string>();
  auto file = ".tickets/epics/" + epic + ".yaml";
  auto text = read(file);
  text.erase(text.find("- " + naming + "\n"), naming.size() + 3); // as after a merge
  write(file, text);
  asked({"close", naming});
  THEN("every command counts them alike") {
    auto progress = asked({"epic", "progress", epic})[0];
    CHECK(progress["tickets"] == 2);
    CHECK(progress["done"] == 1);
    auto shown = asked({"epic", "show", epic})["derived"];
    CHECK(shown["tickets"].size() == 2);
    CHECK(shown["progress"]["done"] == 1);
    CHECK(has(tickets({"epic", "list"}).out, "50%"));
    CHECK(has(tickets({"epic", "show", epic}).out, "Tickets (2):"));
    CHECK(asked({"epic", "burndown", epic})["days"][0]["total_tickets"] == 2);
  }
  THEN("the store says how both sides are written again") {
    CHECK(has(tickets({"health"}).out, "epic add-ticket " + epic + " " + naming));
    asked({"epic", "add-ticket", epic, naming});
    CHECK(asked({"health"})["is_healthy"] == true);
    CHECK(asked({"epic", "show", epic})["ticket_ids"] == json{listed, naming});
  }
}

SCENARIO_METHOD(empty_store, "backlog ready tells what items lack, as text and as JSON") {
  auto item = asked({"backlog", "add", "Idea"})["id"].get<std::string>();
  CHECK(asked({"backlog", "ready"}).empty());
  auto rows = asked({"backlog", "ready", "--explain"});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["id"] == item);
  CHECK(rows[0]["derived"]["is_ready_for_sprint"] == false);
  CHECK(rows[0]["derived"]["lacks"].size() == 3);
  CHECK(has(tickets({"backlog", "ready", "--explain"}).out, item + ": lacks "));
}

SCENARIO_METHOD(empty_store, "a sprint says why an item counts as done") {
  auto item = asked({"backlog", "add", "Idea", "--sprint", "S1", "--story-points", "3"})["id"].get<std::string>();
  auto id = asked({"backlog", "convert", item})["id"].get<std::string>();
  asked({"close", id});
  CHECK(has(tickets({"sprint", "show", "S1"}).out, "(in-progress, ticket " + id + " closed)"));
  CHECK(asked({"sprint", "show", "S1"})[0]["backlog_items"][0]["ticket_status"] == "closed");
}

SCENARIO_METHOD(empty_store, "an index beyond what is kept up knows titles of several lines") {
  auto id = make("line1\nline2\n| FAKE-1 | fake |");
  auto many = json::array();
  for (int n = 0; n < 7000; ++n)
    many.push_back({{"title", "Many of them, each with a title that is as long as titles are"}});
  input = many.dump();
  asked({"batch", "create", "-"});
  asked({"rebuild-index"});
  REQUIRE(read(".tickets/index.yaml").size() > (1u << 20));
  CHECK(asked({"index"})["in_step"] == true);
}

SCENARIO_METHOD(empty_store, "an index of many values is read, and kept up") {
  auto labels = json::array();
  for (int n = 0; n < 90; ++n)
    labels.push_back("label-" + std::to_string(n));
  auto many = json::array();
  for (int n = 0; n < 250; ++n)
    many.push_back({{"title", "One of them"}, {"labels", labels}});
  input = many.dump();
  asked({"batch", "create", "-"});
  REQUIRE(read(".tickets/index.yaml").size() < (1u << 20));
  CHECK(asked({"index"})["in_step"] == true);
  CHECK(asked({"health"})["status"] == "healthy");
  auto id = make("More");
  CHECK(asked({"index"})["in_step"] == true);
  auto text = read(".tickets/index.yaml");
  auto at = text.find("status: open", text.find(id + ":"));
  REQUIRE(at != std::string::npos);
  write(".tickets/index.yaml", text.replace(at, 12, "status: done"));
  CHECK(asked({"index"})["differing"] == json::array({id}));
}

SCENARIO_METHOD(empty_store, "an index that is damaged is removed and made anew") {
  for (int n = 0; n < 30; ++n)
    make("Number " + std::to_string(n));
  auto index = [&] {
    for (auto& file : std::filesystem::directory_iterator{root() + "/.git/hyakki-tickets"})
      if (file.path().extension() == ".mdb" && file.path().filename().string().rfind("index-", 0) == 0)
        return file.path().string();
    return std::string{};
  };
  CHECK(asked({"list"}).size() == 30);
  auto file = index();
  REQUIRE_FALSE(file.empty());
  WHEN("it is cut short") {
    for (auto size : {0, 100, 4096, 8192, 9000, 20'000}) {
      CAPTURE(size);
      std::filesystem::resize_file(index(), size);
      CHECK(asked({"list"}).size() == 30);
      CHECK(asked({"search", "number"}).size() == 30);
    }
  }
  WHEN("pages of it are nonsense") {
    auto good = read(".git/hyakki-tickets/" + std::filesystem::path{file}.filename().string());
    for (int n = 0; n < 40; ++n) {
      CAPTURE(n);
      auto bad = good;
      for (auto at = 2 * 4096 + static_cast<std::size_t>(n) * 61; at < bad.size(); at += 97)
        bad[at] = static_cast<char>(n * 31 + static_cast<int>(at));
      std::ofstream{index().empty() ? file : index(), std::ios::binary} << bad;
      // It is removed when a command falls over it; the one after that is right.
      auto answer = tickets({"list", "--json"});
      for (int again = 0; again < 2 && answer.code != 0; ++again) {
        CHECK(answer.code == 1);
        CHECK(has(answer.err, "the index was damaged, and is removed"));
        answer = tickets({"list", "--json"});
      }
      CHECK(answer.code == 0);
      CHECK(json::parse(answer.out).size() == 30);
    }
  }
}

SCENARIO_METHOD(ticket_shell, "Mercurial is not told by us what to ignore, its user is") {
  std::filesystem::remove_all(root() + "/.git");
  std::filesystem::create_directories(root() + "/.hg");
  auto made = tickets({"init"});
  CHECK(made.code == 0);
  CHECK(has(made.out, ".hgignore"));
  CHECK(has(read(".tickets/.gitignore"), "\n.claims.json\n"));
}

SCENARIO_METHOD(empty_store, "what is exported as Gherkin can be read again") {
  auto id = make("Search");
  auto add = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"requirements", "gherkin", id});
    return tickets(words);
  };
  CHECK(add({"-t", "x", "-g", "two\nlines"}).code == 1);
  CHECK(add({"-t", "x", "-g", " "}).code == 1);
  CHECK(add({"-t", "two\nlines", "-g", "a"}).code == 1);
  REQUIRE(add({"-t", "plain", "--tags", "@perf smoke", "-g", "a"}).code == 0);
  CHECK(asked({"show", id})["gherkin_scenarios"][0]["tags"] == json{"perf", "smoke"});
  REQUIRE(add({"-t", "bg", "-b", "a store", "-b", "Given another", "-w", "b"}).code == 0);
  input = "Feature: f\n  Scenario: with a table\n    Given rows\n      | a | b |\n    Then text\n"
          "      \"\"\"\n      one\n        two\n      \"\"\"\n";
  REQUIRE(add({"-f", "-"}).code == 0);
  GIVEN("also what another program wrote") {
    auto file = ".tickets/open/" + id + ".yaml";
    auto text = read(file);
    text.replace(text.find("- perf\n"), 7, "- 'perf slow'\n");
    text.replace(text.find("  - b\n"), 6, "  - \"b\\nover two lines\"\n");
    write(file, text);
    auto feature = tickets({"requirements", "list", id, "--format", "gherkin"}).out;
    INFO(feature);
    CHECK(has(feature, "Feature: " + id + " Search\n"));
    CHECK(has(feature, "@perf @slow @smoke\nScenario: plain\n"));
    CHECK(
      has(feature, "Rule: bg\nBackground:\n  * a store\n  Given another\n\nScenario: bg\n  When b over two lines\n"));
    input = feature;
    auto again = asked({"requirements", "gherkin", make("Other"), "-f", "-"})["gherkin_scenarios"];
    REQUIRE(again.size() == 3);
    auto first = asked({"show", id})["gherkin_scenarios"];
    CHECK(again[0]["given"] == first[0]["given"]);
    CHECK(again[1]["background"] == "* a store\nGiven another");
    CHECK(again[2]["background"] == "");
    CHECK(again[2]["given"] == first[2]["given"]);
    CHECK(again[2]["then"] == first[2]["then"]);
  }
}

SCENARIO_METHOD(empty_store, "figures add up over what other programs wrote") {
  auto id = make("Odd"), other = make("Future");
  auto edit = [&](const std::string& ticket, const std::string& from, const std::string& to) {
    auto file = ".tickets/open/" + ticket + ".yaml";
    auto text = read(file);
    text.replace(text.find(from), from.size(), to);
    write(file, text);
  };
  edit(id, "status: open", "status: waiting");
  edit(other, "created_at: '2026", "created_at: '2033");
  auto stats = asked({"stats"});
  CHECK(stats["total"] == 2);
  CHECK(stats["open"] == 1);
  CHECK(stats["other"] == 1);
  CHECK(has(tickets({"stats"}).out, "Other: 1\n"));
  CHECK(asked({"show", other})["derived"]["age_days"] == 0);
}
