// The commands on a store of their own: every one does what it says, and says what it did.

#include "tests/tickets_cli/cli_tickets_world.hpp"

using namespace hyakki::test;

SCENARIO_METHOD(ticket_shell, "without a store every command says how to make one") {
  GIVEN("a repository without .tickets") {
    for (auto& words : std::vector<std::vector<std::string>>{
           {"list"}, {"create", "x"}, {"status"}, {"epic", "list"}, {"show", "A-1"}}) {
      auto answer = tickets(words);
      CHECK(answer.code == 1);
      CHECK(answer.out.empty());
      CHECK(has(answer.err, "init"));
    }
  }
  GIVEN("no repository at all") {
    auto answer = tickets({"list", "-C", "/"});
    CHECK(answer.code == 1);
    CHECK(has(answer.err, "not in a repository"));
  }
  GIVEN("a store that is there") {
    REQUIRE(tickets({"init"}).code == 0);
    THEN("it is not made again, unless that is wished") {
      CHECK(tickets({"create", "Fix it"}).code == 0);
      auto again = tickets({"init"});
      CHECK(again.code == 1);
      CHECK(has(again.err, "--force"));
      CHECK_FALSE(has(again.err, "tickets: tickets: "));
      CHECK(there(".tickets/open/FIX-1.yaml"));
      CHECK(tickets({"init", "--force"}).code == 0);
      CHECK_FALSE(there(".tickets/open/FIX-1.yaml"));
    }
  }
}

SCENARIO_METHOD(empty_store, "the life of a ticket") {
  auto made = asked({"create", " Fix login bug ", "-d", "Users can't login", "-p", "high", "-l", "bug, urgent,bug",
                     "-a", "bob", "-e", "4.5", "--points", "3"});
  CHECK(made["id"] == "FIX-1");
  CHECK(made["title"] == "Fix login bug");
  CHECK(made["labels"] == json{"bug", "urgent"});
  CHECK(made["estimated_hours"] == 4.5);
  CHECK(made["created_at"] == "2026-11-20T12:00:00");
  CHECK(there(".tickets/open/FIX-1.yaml"));
  WHEN("it is changed") {
    now = "2026-11-20T13:00:00";
    auto changed = asked({"update", "fix-1", "-s", "in-progress", "-a", "", "-l", "", "--points", "5"});
    CHECK(changed["status"] == "in-progress");
    CHECK(changed["assignee"].is_null());
    CHECK(changed["labels"].empty());
    CHECK(changed["story_points"] == 5);
    CHECK(changed["updated_at"] == "2026-11-20T13:00:00");
    THEN("nothing to change is no failure, an empty title is one") {
      CHECK(tickets({"update", "FIX-1"}).out == "Nothing to change in FIX-1: give at least one option, see --help\n");
      CHECK(tickets({"update", "FIX-1"}).code == 0);
      CHECK(tickets({"update", "FIX-1", "-t", "  "}).code == 1);
    }
  }
  WHEN("it is closed and reopened") {
    CHECK(asked({"close", "FIX-1"})["status"] == "closed");
    CHECK(there(".tickets/closed/FIX-1.yaml"));
    CHECK_FALSE(there(".tickets/open/FIX-1.yaml"));
    CHECK(tickets({"close", "FIX-1"}).code == 0);
    CHECK(asked({"reopen", "FIX-1"})["status"] == "open");
    CHECK(tickets({"reopen", "FIX-1"}).code == 0);
    CHECK(there(".tickets/open/FIX-1.yaml"));
  }
  WHEN("somebody has something to say") {
    auto said = asked({"comment", "FIX-1", "first line\nsecond: line"});
    REQUIRE(said["comments"].size() == 1);
    CHECK(said["comments"][0]["content"] == "first line\nsecond: line");
    CHECK(said["comments"][0]["author"] == "Ann Dev");
    CHECK(said["comments"][0]["email"] == "ann@example.org");
    CHECK(tickets({"comment", "FIX-1", "  "}).code == 1);
    CHECK(tickets({"comment", "NOPE-1", "x"}).code == 1);
    CHECK(has(tickets({"show", "FIX-1"}).out, "second: line"));
  }
  WHEN("the journal and the clock are used") {
    auto entry = asked({"journal", "FIX-1", "Did x", "-t", "blocker", "-e", "6", "-s", "4.5", "-c", "80", "-m", "M1",
                        "-d", "a-1,b-2", "-r", "one,two"});
    CHECK(entry["journal_entries"][0]["dependencies"] == json{"A-1", "B-2"});
    CHECK(entry["journal_entries"][0]["completion_percentage"] == 80);
    CHECK(tickets({"journal", "FIX-1", "x", "-c", "101"}).code == 2);
    CHECK(tickets({"journal", "FIX-1", "x", "-e", "-1"}).code == 2);
    CHECK(asked({"time", "FIX-1", "--start", "--type", "review"})["active"]["entry_type"] == "review");
    CHECK(has(tickets({"time", "FIX-1", "--start"}).out, "already"));
    now = "2026-11-20T13:30:30";
    auto stopped = asked({"time", "FIX-1", "--stop"});
    CHECK(stopped["active"].is_null());
    CHECK(stopped["total_hours"] == 1.5);
    CHECK(tickets({"time", "FIX-1", "--stop"}).code == 0);
    auto added = asked({"time", "FIX-1", "--add", "30"});
    CHECK(added["total_hours"] == 2.0);
    CHECK(added["remaining_hours"] == 2.5);
    CHECK(tickets({"time", "FIX-1", "--add", "0"}).code == 2);
  }
  WHEN("it is deleted") {
    CHECK(asked({"delete", "fix-1"})["deleted"] == json{"FIX-1"});
    CHECK(tickets({"show", "FIX-1"}).code == 1);
    CHECK(tickets({"delete", "FIX-1"}).code == 1);
  }
}

SCENARIO_METHOD(empty_store, "titles that broke the other tool are titles like any other") {
  for (auto title :
       {"\xc3\xbc"
        "ber alles",
        "fix_bug now", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", "!!!", "1e3", "yes", "- dash", "{}", "[a,b]", "null"}) {
    auto t = asked({"create", "--", title});
    INFO(title);
    CHECK(t["title"] == title);
    CHECK(asked({"show", t["id"]})["title"] == title);
  }
  CHECK(tickets({"create", "  "}).code == 1);
  CHECK(tickets({"create", "x", "-e", "-5"}).code == 2);
}

SCENARIO_METHOD(empty_store, "hostile text reaches no terminal and forges no record") {
  auto id = asked({"create", "Red \x1b[31m\x07\nFAKE-1 | open"})["id"].get<std::string>();
  asked({"comment", id, "\x1b]52;c;aGk=\x07 \xe2\x80\xae reversed"});
  asked({"update", id, "-d", "line\r\x1b[2Jwiped", "-a", "\x1b[1mbob", "-l", "a\x1b[5m"});
  for (auto& words : std::vector<std::vector<std::string>>{{"list"},
                                                           {"list", "--format", "simple"},
                                                           {"list-summary"},
                                                           {"show", id},
                                                           {"search", "red"},
                                                           {"status", "--format", "detailed"},
                                                           {"ready"},
                                                           {"ready", "--explain"},
                                                           {"events", "history"},
                                                           {"logs"},
                                                           {"health"}}) {
    auto answer = tickets(words);
    INFO(words[0]);
    CHECK(answer.code == 0);
    for (char c : answer.out + answer.err)
      if (c != '\n')
        CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK_FALSE(has(answer.out, "\xe2\x80\xae"));
  }
  CHECK(tickets({"list", "--format", "simple"}).out.find("\nFAKE") == std::string::npos);
}

SCENARIO_METHOD(empty_store, "names that lead out of the store are refused") {
  write("secret.yaml", "id: SECRET\ntitle: secret\n");
  for (auto name : {"../../secret", "..", ".", "/etc/passwd", "A/B", "A\nB", "", "a b"}) {
    INFO(name);
    for (auto& words : std::vector<std::vector<std::string>>{{"show", name},
                                                             {"update", name, "-t", "x"},
                                                             {"close", name},
                                                             {"delete", name},
                                                             {"epic", "show", name},
                                                             {"backlog", "show", name},
                                                             {"agent", "show", name},
                                                             {"claim", name},
                                                             {"workflow", "status", name}})
      CHECK(tickets(words).code != 0);
  }
  CHECK(read("secret.yaml") == "id: SECRET\ntitle: secret\n");
}

SCENARIO_METHOD(empty_store, "requirements, stories, results and scenarios decide what is accepted") {
  auto id = make("Search");
  auto with = asked({"requirements", "add", id, "-t", "Fast", "-c", "p50 < 10 ms", "-c", "p99, too"});
  CHECK(with["requirements"][0]["acceptance_criteria"] == json{"p50 < 10 ms", "p99, too"});
  auto requirement = with["requirements"][0]["id"].get<std::string>();
  asked({"requirements", "story", id, "-p", "manager", "-g", "see velocity", "-b", "I can plan", "--points", "5"});
  auto result =
    asked({"requirements", "result", id, "-d", "it is fast", "-m", "automated"})["expected_results"][0]["id"]
      .get<std::string>();
  asked({"requirements", "gherkin", id, "-t", "quick", "-g", "10000 tickets", "-w", "I search", "--then", "it is quick",
         "--tags", "@perf"});
  write("more.feature", "Feature: f\n  Scenario: one\n    Given a\n  Scenario: two\n    Then b\n");
  auto all = asked({"requirements", "gherkin", id, "-f", "more.feature"});
  REQUIRE(all["gherkin_scenarios"].size() == 3);
  CHECK(all["gherkin_scenarios"][2]["title"] == "two");
  CHECK(all["acceptance_criteria_met"] == false);
  CHECK(tickets({"requirements", "gherkin", id}).code == 1);
  CHECK(tickets({"requirements", "gherkin", id, "-f", "nosuch.feature"}).code == 1);
  CHECK(tickets({"requirements", "add", id}).code == 2);
  CHECK(tickets({"requirements", "verify", id, "nosuch"}).code == 1);
  asked({"requirements", "status", id, requirement, "verified"});
  for (auto& s : all["gherkin_scenarios"])
    asked({"requirements", "status", id, s["id"], "passing"});
  CHECK(tickets({"requirements", "status", id, requirement, "nosuch"}).code == 1);
  auto done = asked({"requirements", "verify", id, result, "-n", "measured"});
  CHECK(done["acceptance_criteria_met"] == true);
  CHECK(done["expected_results"][0]["verified_by"] == "Ann Dev");
  auto listed = asked({"requirements", "list", id});
  CHECK(listed["derived"]["requirements_coverage"] == 100.0);
  // The state of the project counts them, whether the index knows the ticket or its file is read.
  asked({"create", "Without any"});
  for (int look = 0; look < 2; ++look) {
    auto state = asked({"status"});
    CHECK(state["total_tickets"] == 2);
    CHECK(state.dump().find("\"tickets_with_requirements\":1") != std::string::npos);
  }
  CHECK(listed["derived"]["total_story_points"] == 5);
  auto feature = tickets({"requirements", "list", id, "--format", "gherkin"}).out;
  CHECK(has(feature, "@perf\nScenario: quick\n  Given 10000 tickets\n  When I search\n  Then it is quick\n"));
  input = feature;
  CHECK(asked({"requirements", "gherkin", make("Other"), "-f", "-"})["gherkin_scenarios"].size() == 3);
}

SCENARIO_METHOD(empty_store, "an epic knows its tickets and how far it is") {
  auto first = make("One"), second = make("Two");
  auto epic = asked({"epic", "create", "User management", "--goal", "Ship it", "--criteria", "90% adoption", "-l", "q4",
                     "--target-date", "2026-11-01", "--estimated-points", "50"})["id"]
                .get<std::string>();
  auto other = asked({"epic", "create", "Other"})["id"].get<std::string>();
  CHECK(epic == "USER-1");
  asked({"epic", "add-ticket", other, first});
  asked({"epic", "add", epic, first});
  asked({"epic", "add", epic, second});
  CHECK(asked({"show", first})["epic_id"] == epic);
  CHECK(asked({"epic", "show", other})["ticket_ids"].empty());
  asked({"close", first});
  auto shown = asked({"epic", "show", epic});
  CHECK(shown["derived"]["progress"]["percent"] == 50.0);
  CHECK(shown["derived"]["is_overdue"] == true);
  CHECK(asked({"epic", "progress"}).size() == 2);
  CHECK(asked({"epic", "burndown", epic})["days"].back()["open_tickets"] == 1);
  auto completed = asked({"epic", "update", epic, "--status", "completed", "--target-date", ""});
  CHECK(completed["completed_date"] == "2026-11-20T12:00:00");
  CHECK(completed["target_date"].is_null());
  CHECK(asked({"epic", "remove-ticket", epic, first})["ticket_ids"] == json{second});
  CHECK(asked({"show", first})["epic_id"].is_null());
  CHECK(asked({"create", "Three", "--epic", epic})["epic_id"] == epic);
  CHECK(asked({"epic", "show", epic})["ticket_ids"].size() == 2);
  CHECK(tickets({"create", "Four", "--epic", "NOPE-1"}).code == 1);
  CHECK(asked({"list"}).size() == 2); // nothing was made for the epic that is not there
}

SCENARIO_METHOD(empty_store, "a backlog item is groomed and becomes a ticket, once") {
  auto item = asked({"backlog", "add", "User import", "--type", "feature", "--priority", "high", "--story-points", "5",
                     "--business-value", "70"})["id"]
                .get<std::string>();
  CHECK(asked({"backlog", "ready"}).empty());
  CHECK(has(tickets({"backlog", "ready", "--explain"}).out, "an acceptance criterion"));
  CHECK(asked({"backlog", "update", item, "--status", "groomed", "-c", "Works offline", "--sprint", "S-1",
               "--sprint-name", "First"})["status"] == "groomed");
  CHECK(asked({"backlog", "ready"})[0]["derived"]["score"] == 360);
  CHECK(asked({"backlog", "score", item})[0]["score"] == 360);
  auto ticket = asked({"backlog", "convert", item});
  CHECK(ticket["requirements"][0]["title"] == "AC: Works offline...");
  CHECK(ticket["story_points"] == 5);
  CHECK(asked({"backlog", "show", item})["ticket_id"] == ticket["id"]);
  CHECK(tickets({"backlog", "convert", item}).code == 1);
  CHECK(asked({"list"}).size() == 1);
  CHECK(asked({"sprint", "show", "S-1"})[0]["done"] == 0);
  asked({"close", ticket["id"]});
  CHECK(asked({"sprint", "list"})[0]["percent"] == 100.0);
  CHECK(tickets({"sprint", "show", "nosuch"}).code == 1);
  CHECK(tickets({"backlog", "add", "x", "--business-value", "101"}).code == 2);
}

SCENARIO_METHOD(empty_store, "agents get tasks and end them") {
  auto t = make("Work");
  auto a = asked({"agent", "create", "CodeBot", "--type", "developer", "--max-tasks", "1", "--prefers", "code",
                  "--capability", "code review:0.9"})["id"]
             .get<std::string>();
  CHECK(a == "AGENT-CODEBOT");
  CHECK(tickets({"agent", "create", "x", "--capability", "y:2"}).code == 1);
  CHECK(tickets({"agent", "assign", t, a, "test", "x"}).code == 1);
  auto task = asked({"agent", "assign", t, a, "code", "Do it"})["id"].get<std::string>();
  CHECK(asked({"show", t})["agent_tasks"] == json{task});
  CHECK(asked({"agent", "show", a})["active_tasks"] == json{task});
  CHECK(asked({"agent", "auto-assign", t, "code", "More"}).is_null());
  CHECK(tickets({"agent", "complete", task}).code == 1); // not started
  asked({"agent", "start", task});
  CHECK(asked({"agent", "tasks", "--status", "in-progress"}).size() == 1);
  now = "2026-11-20T12:42:10";
  auto done = asked({"agent", "complete", task, "--output", "done"});
  CHECK(done["actual_duration_minutes"] == 42);
  auto agent = asked({"agent", "show", a});
  CHECK(agent["metrics"]["tasks_completed"] == 1);
  CHECK(agent["metrics"]["success_rate"] == 1.0);
  CHECK(agent["active_tasks"].empty());
  CHECK(asked({"agent", "auto-assign", t, "code", "More", "--agent-type", "tester"}).is_null());
  auto second = asked({"agent", "auto-assign", t, "code", "More"})["id"].get<std::string>();
  CHECK(tickets({"agent", "delete", a}).code == 1);
  asked({"agent", "fail", second, "--error", "no idea"});
  CHECK(asked({"agent", "learning", "--update"})[a]["total_tasks"] == 2);
  CHECK(asked({"agent", "recommend", "code"})[0]["agent_id"] == a);
  CHECK(asked({"tasks"}).size() == 2);
  CHECK(tickets({"agent", "delete", a}).code == 0);
}

SCENARIO_METHOD(empty_store, "links are kept on both sides, and circles are refused") {
  auto a = make("A"), b = make("B"), c = make("C");
  asked({"link", a, "blocks", b});
  asked({"link", c, "blocked-by", b});
  CHECK(asked({"show", b})["blocked_by"] == json{a});
  CHECK(asked({"show", b})["blocks"] == json{c});
  auto circle = tickets({"link", c, "blocks", a});
  CHECK(circle.code == 1);
  CHECK(has(circle.err, a));
  CHECK(tickets({"link", a, "blocks", a}).code == 1);
  asked({"link", b, "parent", a});
  CHECK(asked({"show", a})["child_ticket_ids"] == json{b});
  CHECK(tickets({"link", a, "parent", b}).code == 1);
  asked({"link", b, "parent", c});
  CHECK(asked({"show", a})["child_ticket_ids"].empty());
  CHECK(has(tickets({"ready", "--explain"}).out, b + ": waits; blocked by " + a));
  CHECK(asked({"ready"}).size() == 1);
  asked({"close", a});
  CHECK(asked({"ready"})[0]["id"] == b);
  WHEN("one that others name is deleted") {
    auto refused = tickets({"delete", b});
    CHECK(refused.code == 1);
    CHECK(has(refused.err, c));
    asked({"delete", b, "--force"});
    CHECK(asked({"show", c})["blocked_by"].empty());
    CHECK(asked({"show", c})["child_ticket_ids"].empty());
  }
  WHEN("links are taken away") {
    asked({"unlink", b, "blocked-by", a});
    CHECK(asked({"show", a})["blocks"].empty());
    CHECK(tickets({"unlink", b, "blocked-by", a}).code == 0);
    asked({"unlink", c, "child", b});
    CHECK(asked({"show", b})["parent_ticket_id"].is_null());
  }
}

SCENARIO_METHOD(empty_store, "a claim is one's own until it ends") {
  auto id = make("Work");
  auto before = read(".tickets/open/" + id + ".yaml");
  CHECK(asked({"claim", id, "--as", "bot-1", "--for", "30"})["until"] == "2026-11-20T12:30:00");
  CHECK(read(".tickets/open/" + id + ".yaml") == before);
  auto refused = tickets({"claim", id, "--as", "bot-2"});
  CHECK(refused.code == 1);
  CHECK(has(refused.err, "bot-1 until 2026-11-20 12:30"));
  CHECK(asked({"claim", id, "--as", "bot-1", "--for", "60"})["until"] == "2026-11-20T13:00:00");
  CHECK(asked({"claims"}).size() == 1);
  CHECK(asked({"ready"}).empty());
  CHECK(asked({"claim", "--next", "--as", "bot-2"}).is_null());
  CHECK(tickets({"release", id, "--as", "bot-2"}).code == 1);
  now = "2026-11-20T13:00:01";
  CHECK(asked({"claim", "--next", "--as", "bot-2", "--start"})["ticket"] == id);
  CHECK(asked({"show", id})["assignee"] == "bot-2");
  CHECK(tickets({"release", id, "--as", "bot-2"}).code == 0);
  CHECK(asked({"claims"}).empty());
  CHECK(tickets({"claim"}).code != 0);
}

SCENARIO_METHOD(empty_store, "a batch is done as a whole or not at all") {
  write("new.json", R"([{"title": "One", "priority": "high", "labels": ["a"]}, {"title": "Two", "story_points": 3}])");
  auto made = asked({"batch", "create", "new.json"});
  CHECK(made["success"] == true);
  REQUIRE(made["created_ids"].size() == 2);
  auto one = made["created_ids"][0].get<std::string>(), two = made["created_ids"][1].get<std::string>();
  CHECK(asked({"show", two})["story_points"] == 3);
  for (auto bad : {R"([{"title": "Good"}, {"title": ""}])", R"([{"title": "Good"}, {"title": "x", "priority": 7}])",
                   R"([{"title": "Good"}, {"title": "x", "status": "bogus"}])",
                   R"([{"title": "Good"}, {"title": "x", "nosuch": 1}])",
                   R"([{"title": "Good"}, {"id": "../../../pwned", "title": "x"}])", R"([{"title": "Good"}, 3])"}) {
    write("bad.json", bad);
    auto answer = tickets({"batch", "create", "bad.json", "--json"});
    INFO(bad);
    CHECK(answer.code == 1);
    CHECK(answer.parsed()["success"] == false);
    CHECK(answer.parsed()["rolled_back"] == true);
    CHECK(answer.parsed()["created_ids"].empty());
  }
  CHECK(asked({"list"}).size() == 2);
  CHECK_FALSE(std::filesystem::exists(dir / "pwned.yaml"));
  write("bad.json", R"({")" + one + R"(": {"status": "closed"}, "NOPE-1": {"status": "closed"}})");
  CHECK(tickets({"batch", "update", "bad.json"}).code == 1);
  CHECK(asked({"show", one})["status"] == "open");
  auto part = tickets({"batch", "update", "bad.json", "--no-atomic", "--json"});
  CHECK(part.code == 1);
  CHECK(part.parsed()["updated_ids"] == json{one});
  CHECK(asked({"show", one})["status"] == "closed");
  CHECK(asked({"batch", "close", one, two})["updated_ids"] == json{two});
  CHECK(tickets({"batch", "delete", one, two}).code == 1); // nobody can be asked
  CHECK(tickets({"batch", "delete", one, "NOPE-1", "--no-confirm"}).code == 1);
  CHECK(asked({"list", "--all"}).size() == 2);
  CHECK(asked({"batch", "delete", one, two, "--no-confirm"})["deleted_ids"].size() == 2);
  CHECK(tickets({"batch", "create", "nosuch.json"}).code == 1);
  write("bad.json", "[1,");
  CHECK(tickets({"batch", "create", "bad.json"}).code == 1);
}

SCENARIO_METHOD(empty_store, "a workflow gives out its steps in their order") {
  auto t = make("Work");
  auto a = asked({"agent", "create", "Bot", "--max-tasks", "2"})["id"].get<std::string>();
  CHECK(tickets({"workflow", "create", t}).code == 1);
  CHECK(has(tickets({"workflow", "create", t, "--step", "a:code:b", "--step", "b:code:a"}).err, "circle"));
  CHECK(tickets({"workflow", "create", t, "--step", "a:code:nosuch"}).code == 1);
  CHECK(tickets({"workflow", "create", "NOPE-1", "--template", "bug"}).code == 1);
  auto id = asked({"workflow", "create", t, "--step", "one:code", "--step", "two:code", "--step", "both:review:one,two",
                   "--retries", "1"})["id"]
              .get<std::string>();
  auto state = [&] {
    auto w = asked({"workflow", "status", id});
    std::string out = w["status"];
    for (auto& s : w["steps"])
      out += " " + s["status"].get<std::string>();
    return out;
  };
  auto task = [&](int n) { return asked({"workflow", "status", id})["steps"][n]["task_id"].get<std::string>(); };
  CHECK(state() == "created pending pending pending");
  asked({"workflow", "run", id});
  CHECK(state() == "running in_progress in_progress pending");
  CHECK(asked({"agent", "show", a})["active_tasks"].size() == 2);
  asked({"workflow", "run", id});
  CHECK(asked({"tasks"}).size() == 2);
  asked({"agent", "start", task(0)});
  asked({"agent", "complete", task(0)});
  asked({"agent", "fail", task(1), "--error", "no idea"});
  asked({"workflow", "run", id});
  CHECK(state() == "running completed in_progress pending");
  WHEN("the second try succeeds") {
    asked({"agent", "start", task(1)});
    asked({"agent", "complete", task(1)});
    asked({"workflow", "run", id});
    asked({"agent", "start", task(2)});
    asked({"agent", "complete", task(2)});
    auto done = asked({"workflow", "run", id});
    CHECK(state() == "completed completed completed completed");
    CHECK(done["completed_at"] == "2026-11-20T12:00:00");
    CHECK(done["progress"] == 100.0);
  }
  WHEN("it fails again") {
    asked({"agent", "fail", task(1), "--error", "still no idea"});
    asked({"workflow", "run", id});
    CHECK(state() == "failed completed failed pending");
    CHECK(asked({"workflow", "list"})[0]["steps"][1]["error"] == "still no idea");
  }
  WHEN("it is cancelled") {
    asked({"workflow", "cancel", id});
    CHECK(tickets({"workflow", "run", id}).code == 1);
  }
}

SCENARIO_METHOD(empty_store, "a store is examined, and what is wrong is named") {
  auto a = make("One"), b = make("Two");
  CHECK(asked({"health"})["status"] == "healthy");
  CHECK(asked({"index"})["in_step"] == true);
  write(".tickets/index.yaml", "ONE-1:\n  title: Other\nGONE-1:\n  title: x\n");
  auto index = asked({"index"});
  CHECK(index["missing"] == json{b});
  CHECK(index["stale"] == json{"GONE-1"});
  CHECK(index["differing"] == json{a});
  CHECK(asked({"health"})["status"] == "degraded");
  CHECK(asked({"rebuild-index"})["indexed"] == 2);
  CHECK(asked({"index"})["in_step"] == true);
  write(".tickets/open/BAD-1.yaml", "id: BAD-1\n<<<<<<< HEAD\ntitle: x\n");
  auto answer = tickets({"health", "--json"});
  CHECK(answer.code == 1);
  CHECK(answer.parsed()["status"] == "unhealthy");
  CHECK(has(answer.out, "BAD-1"));
  auto list = tickets({"list", "--json"});
  CHECK(list.code == 0);
  CHECK(list.parsed().size() == 2);
  CHECK(has(list.err, "BAD-1"));
  CHECK(asked({"metrics"})["operations"].size() == 5);
  CHECK(asked({"cache-stats"})["enabled"].is_boolean());
}

SCENARIO_METHOD(empty_store, "status writes into a README what lies between its markers") {
  make("Work");
  write("README.md", "# Sample\nText before.\n");
  CHECK(tickets({"status", "--update-readme", "--generate-report"}).code == 0);
  auto first = read("README.md");
  CHECK(has(first, "- Total: 1"));
  CHECK(has(first, "Text before."));
  CHECK(has(read("STATUS.md"), "WORK-1"));
  make("More \\1 $& `x`");
  CHECK(tickets({"status", "--update-readme", "--format", "json"}).parsed()["total_tickets"] == 2);
  CHECK(has(read("README.md"), "- Total: 2"));
  std::filesystem::remove(root() + "/README.md");
  std::filesystem::create_symlink(dir / "elsewhere", root() + "/README.md");
  CHECK(tickets({"status", "--update-readme"}).code == 1);
  CHECK_FALSE(std::filesystem::exists(dir / "elsewhere"));
}

SCENARIO_METHOD(empty_store, "settings are edited without a shell") {
  write("editor", "#!/bin/sh\nsed -i 's/default_status: open/default_status: blocked/' \"$1\"\n");
  std::filesystem::permissions(root() + "/editor", std::filesystem::perms::owner_all);
  environment = {"EDITOR=" + root() + "/editor"};
  CHECK(tickets({"config", "--edit"}).code == 0);
  CHECK(asked({"config"})["default_status"] == "blocked");
  CHECK(asked({"create", "x"})["status"] == "blocked");
  environment = {"EDITOR=true ; touch owned2"};
  tickets({"config", "--edit"});
  CHECK_FALSE(there("owned2"));
  write("editor", "#!/bin/sh\necho 'nosuch: 1' >> \"$1\"\n");
  environment = {"EDITOR=" + root() + "/editor"};
  CHECK(tickets({"config", "--edit"}).code == 1);
  CHECK(asked({"config"})["default_status"] == "blocked");
  CHECK(tickets({"config", "--reset"}).code == 0);
  CHECK(asked({"config"})["default_status"] == "open");
  CHECK(asked({"config", "--set", "id_style=hash"})["id_style"] == "hash");
  CHECK(tickets({"config", "--set", "nosuch=1"}).code == 1);
}

SCENARIO_METHOD(empty_store, "events are told from the records, in every process") {
  auto id = make("Work");
  now = "2026-11-20T12:10:00";
  asked({"comment", id, "hello"});
  now = "2026-11-20T12:20:00";
  asked({"close", id});
  auto history = asked({"events", "history"});
  REQUIRE(history.size() == 3);
  CHECK(history[0]["type"] == "ticket.created");
  CHECK(history[1]["type"] == "ticket.commented");
  CHECK(history[2]["type"] == "ticket.closed");
  CHECK(history[2]["timestamp"] == "2026-11-20T12:20:00");
  CHECK(asked({"events", "history", "-t", "ticket.closed", "-n", "1"}).size() == 1);
  CHECK(asked({"events", "stats"})["total_events"] == 3);
  CHECK(asked({"events", "clear"})["cleared"] == 0);
  CHECK(tickets({"events", "history", "-t", "nope"}).code == 1);
  CHECK(has(tickets({"logs"}).out, "2026-11-20T12:10:00 INFO ticket.commented " + id));
}

SCENARIO_METHOD(empty_store, "a wrong command line ends with exit code 2 and says what is allowed") {
  for (auto& [words, said] : std::vector<std::pair<std::vector<std::string>, std::string>>{
         {{"lst"}, "did you mean \"list\"?"},
         {{"epic", "ad-ticket"}, "did you mean \"add-ticket\"?"},
         {{"create"}, "TITLE is missing"},
         {{"create", "a", "b"}, "not expected"},
         {{"create", "a", "-p", "urgent"}, "critical, high, medium, low"},
         {{"list", "--format", "xml"}, "table, simple, json"},
         {{"time", "A-1", "--add", "many"}, "whole number"},
         {{"requirements", "story", "A-1"}, "--persona is missing"},
       }) {
    auto answer = tickets(words);
    INFO(words[0] << ": " << answer.err);
    CHECK(answer.code == 2);
    CHECK(has(answer.err, said));
    CHECK(answer.out.empty());
  }
  THEN("--help is on every level") {
    CHECK(has(tickets({"--help"}).out, "Exit codes:"));
    CHECK(tickets({}).code == 0);
    CHECK(has(tickets({"epic"}).out, "add-ticket"));
    CHECK(has(tickets({"epic", "create", "--help"}).out, "--target-date YYYY-MM-DD"));
    CHECK(has(tickets({"--version"}).out, "version"));
  }
}

SCENARIO_METHOD(empty_store, "both programs have the same commands") {
  make("Work");
  auto lean = run(std::getenv("HYAKKI_PROGRAM"), {"tickets", "list", "--json"});
  CHECK(lean.code == 0);
  CHECK(lean.out == tickets({"list", "--json"}).out);
  CHECK(has(run(std::getenv("HYAKKI_PROGRAM"), {"tickets", "--help"}).out, "hyakki tickets COMMAND"));
}

SCENARIO_METHOD(empty_store, "many processes ask at once and each gets its own") {
  for (int n = 0; n < 8; ++n)
    make("Work");
  std::vector<std::string> lines;
  // One shell starts them all; each writes one answer.
  std::string script;
  for (int n = 0; n < 8; ++n)
    script += "\"$0\" claim --next --as bot-" + std::to_string(n) + " & ";
  auto answer = run("/bin/sh", {"-c", script + "wait", std::getenv("HYAKKI_TICKETS_PROGRAM")});
  INFO(answer.out << answer.err);
  auto claims = asked({"claims"});
  REQUIRE(claims.size() == 8);
  script.clear();
  for (int n = 0; n < 16; ++n)
    script += "\"$0\" create Same & ";
  run("/bin/sh", {"-c", script + "wait", std::getenv("HYAKKI_TICKETS_PROGRAM")});
  CHECK(asked({"search", "--fast", "same"}).size() == 16);
}

SCENARIO_METHOD(empty_store, "a ticket in the other state's folder is told, and its next change moves it") {
  auto a = make("One"), b = make("Two");
  REQUIRE(tickets({"close", b}).code == 0);
  auto path = [&](const char* folder, const std::string& id) {
    return root() + "/.tickets/" + folder + "/" + id + ".yaml";
  };
  std::filesystem::rename(path("open", a), path("closed", a));
  std::filesystem::rename(path("closed", b), path("open", b));
  auto health = asked({"health"});
  CHECK(health["status"] == "degraded");
  CHECK(health["issues"].size() == 2);
  CHECK(has(health["issues"].dump(), a + ".yaml is in closed/ and its status is open"));
  CHECK(has(health["issues"].dump(), b + ".yaml is in open/ and its status is closed"));
  CHECK(tickets({"comment", a, "back"}).code == 0);
  CHECK(tickets({"comment", b, "over"}).code == 0);
  CHECK(std::filesystem::exists(path("open", a)));
  CHECK(std::filesystem::exists(path("closed", b)));
  CHECK(asked({"health"})["status"] == "healthy");
}

SCENARIO_METHOD(empty_store, "an index.yaml that is too large to be kept up is spoken of, and made anew on request") {
  auto id = make("Work");
  auto file = root() + "/.tickets/index.yaml";
  std::ofstream{file, std::ios::app} << "# " << std::string((1u << 20) + 1, 'x') << "\n";
  CHECK(asked({"health"})["status"] == "healthy");
  make("More");
  auto health = asked({"health"});
  CHECK(health["status"] == "degraded");
  CHECK(has(health["issues"][0], "1 tickets are missing in it"));
  CHECK(has(health["issues"][0], "larger than 1 MiB"));
  CHECK(has(tickets({"index"}).out, "is not kept up"));
  CHECK(asked({"rebuild-index"})["indexed"] == 2);
  CHECK(asked({"health"})["status"] == "healthy");
}
