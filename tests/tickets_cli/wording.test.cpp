// What people are told: one sentence, each thing once, with what to do.

#include "tests/tickets_cli/cli_tickets_world.hpp"

using namespace hyakki::test;

SCENARIO_METHOD(empty_store, "the program's name stands once in front of an error") {
  auto id = make("Fix it");
  write("up.json", R"({"NOPE-1": {"status": "closed"}})");
  write(".tickets/open/BAD-1.yaml", "{{{\n");
  for (auto& words : std::vector<std::vector<std::string>>{{"batch", "update", "up.json"},
                                                           {"batch", "close", "NOPE-1"},
                                                           {"batch", "delete", "NOPE-1", "--no-confirm"},
                                                           {"show", "NOPE-1"},
                                                           {"link", id, "blocks", "NOPE-1"},
                                                           {"list"}}) {
    auto answer = tickets(words);
    INFO(answer.err);
    CHECK(answer.err.rfind("tickets: ", 0) == 0);
    CHECK_FALSE(has(answer.err.substr(9), " tickets: "));
  }
}

SCENARIO_METHOD(empty_store, "a title is given once, as TITLE or as --title, whatever is made") {
  for (auto& made : std::vector<std::vector<std::string>>{{"create"}, {"epic", "create"}, {"backlog", "add"}}) {
    auto with = [&](std::vector<std::string> more) {
      auto words = made;
      words.insert(words.end(), more.begin(), more.end());
      return tickets(words);
    };
    auto two = with({"One", "--title", "Other"});
    INFO(made[0] << two.err);
    CHECK(two.code == 2);
    CHECK(has(two.err, "TITLE is \"One\" and --title is \"Other\"; give one of them. Try \"tickets " + made[0]));
    CHECK(with({"Same", "--title", "Same", "--json"}).parsed()["title"] == "Same");
    CHECK(with({"--title", "Named", "--json"}).parsed()["title"] == "Named");
    auto none = with({});
    CHECK(none.code == 2);
    CHECK(has(none.err, "TITLE is missing"));
    CHECK(has(none.err, "Try \"tickets " + made[0]));
  }
  auto id = make("Work");
  write("a.feature", "Feature: f\nScenario: s\nGiven x\n");
  for (auto& more : std::vector<std::vector<std::string>>{{"-t", "x"}, {"-g", "y"}, {"--tags", "z"}}) {
    auto words = std::vector<std::string>{"requirements", "gherkin", id, "-f", "a.feature"};
    words.insert(words.end(), more.begin(), more.end());
    CHECK(tickets(words).code == 2);
    CHECK(has(tickets(words).err, "do not go together"));
  }
  CHECK(asked({"show", id})["gherkin_scenarios"].empty());
}

SCENARIO_METHOD(empty_store, "a wrong command line is told in the words of the user") {
  auto id = make("Work");
  write("empty.feature", "");
  struct wrong {
    std::vector<std::string> words;
    std::string told;
  };
  for (auto& w : std::vector<wrong>{
         {{"update", id, "--nosuch", "X"}, "\"--nosuch\" was not expected here"},
         {{"update", id, "--status"}, "--status needs a value; allowed are open, in-progress"},
         {{"list", "-C"}, "--directory needs a value"},
         {{"-C", "/", "list"}, "options come after it, as in \"tickets list -C PATH\""},
         {{"-V"}, "\"-V\" is no command; options"},
         {{"xyz"}, "\"xyz\" is no command. Try"},
         {{"lst"}, "did you mean \"list\"? Try"},
         {{"search", "-label:bug"}, "a QUERY that begins with a dash comes after \"--\""},
       }) {
    auto answer = tickets(w.words);
    INFO(answer.err);
    CHECK(answer.code == 2);
    CHECK(has(answer.err, w.told));
  }
  CHECK(has(tickets({"search", "--help"}).out, "search -- -label:bug"));
  CHECK(has(tickets({"search", "status:bogus"}).err, "no ticket has the status \"bogus\"; there are open"));
  CHECK(has(tickets({"search", "priority:urgent"}).err, "no ticket has the priority \"urgent\""));
  CHECK(tickets({"search", "status:open"}).err.empty());
  CHECK_FALSE(has(tickets({"requirements", "gherkin", id, "-f", "empty.feature"}).err, "line 0"));
}

SCENARIO_METHOD(empty_store, "what names a ticket that was to go is told as one or as several") {
  auto first = make("First"), second = make("Second"), third = make("Third");
  asked({"link", first, "blocks", second});
  CHECK(has(tickets({"delete", first}).err, "ticket " + second + " names what was to go"));
  asked({"link", first, "blocks", third});
  CHECK(has(tickets({"delete", first}).err, third + " name what was to go"));
}

SCENARIO_METHOD(ticket_shell, "the first command that is proposed can be typed") {
  CHECK(has(tickets({"init"}).out, "Next: tickets create \""));
}

SCENARIO_METHOD(empty_store, "ids are known in any letters") {
  auto id = make("Work");
  auto item = asked({"backlog", "add", "Wish"})["id"].get<std::string>();
  auto bot = asked({"agent", "create", "Bot"})["id"].get<std::string>();
  auto low = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
  };
  auto up = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
    return text;
  };
  CHECK(asked({"backlog", "show", low(item)})["id"] == item);
  CHECK(asked({"backlog", "update", low(item), "--priority", "high"})["id"] == item);
  CHECK(asked({"agent", "show", low(bot)})["id"] == bot);
  auto task = asked({"agent", "assign", low(id), low(bot), "code", "do it"})["id"].get<std::string>();
  CHECK(asked({"agent", "tasks", "--agent", low(bot)}).size() == 1);
  CHECK(tickets({"agent", "start", low(task)}).out == "Task " + task + " is in progress\n");
  CHECK(has(tickets({"agent", "fail", task}).out, "Task " + task + " has failed"));
  CHECK(has(tickets({"backlog", "show", "nope-1"}).err, "there is no backlog item NOPE-1"));
  auto record = asked({"requirements", "add", id, "-t", "r"})["requirements"][0]["id"].get<std::string>();
  CHECK(tickets({"requirements", "status", id, up(record), "verified"}).out ==
        record + " of " + id + " is now verified\n");
}

SCENARIO_METHOD(empty_store, "a workflow's page says what a step waits for and why it was skipped") {
  auto id = make("Work");
  asked({"agent", "create", "Bot"});
  auto made = tickets({"workflow", "create", id, "--step", "only:code", "--when", "only=priority:critical"});
  CHECK(has(made.out, "with 1 step\n"));
  auto w = asked({"workflow", "list"})[0]["id"].get<std::string>();
  CHECK(has(tickets({"workflow", "status", w}).out, "priority:critical"));
  auto page = tickets({"workflow", "run", w}).out;
  INFO(page);
  CHECK(has(page, "the ticket did not meet the condition"));
  CHECK(has(page, "|       0 |"));
}

SCENARIO_METHOD(empty_store, "a condition that no ticket can meet is refused") {
  auto id = make("Work");
  for (auto condition : {"only=status:doen", "only=priority:high,huge"}) {
    auto answer = tickets({"workflow", "create", id, "--step", "only:code", "--when", condition});
    CHECK(answer.code != 0);
    CHECK(has(answer.err, "must be one of"));
  }
  CHECK(asked({"workflow", "list"}).empty());
  CHECK(tickets({"workflow", "create", id, "--step", "only:code", "--when", "only=status:Open label:x"}).code == 0);
}

SCENARIO_METHOD(empty_store, "a file with the marks of a merge is called one, with what to do") {
  auto id = make("Work");
  auto name = ".tickets/open/" + id + ".yaml";
  auto text = read(name);
  auto at = text.find("status: open");
  REQUIRE(at != std::string::npos);
  write(name, text.replace(at, 12, "<<<<<<< HEAD\nstatus: open\n=======\nstatus: closed\n>>>>>>> theirs"));
  for (auto& words : std::vector<std::vector<std::string>>{{"list"}, {"show", id}, {"health"}}) {
    auto answer = tickets(words);
    INFO(answer.out << answer.err);
    CHECK(has(answer.out + answer.err, "a merge conflict: keep what is right"));
  }
}
