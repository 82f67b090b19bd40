// The real program on a pseudo terminal: keys in, screens out, and what the store has then.

#include "tests/tickets_cli/cli_tickets_world.hpp"
#include "tests/tickets_tui/pty_program.hpp"

#include <clocale>

using namespace hyakki::test;

namespace {

constexpr auto enter = "\r", escape = "\x1b", save = "\x13", tab = "\t", down = "\x1bOB", end_key = "\x1bOF";

class tui_world : public empty_store {
public:
  pty_program start(const std::vector<std::string>& more = {}, const char* kind = "xterm", int columns = 100,
                    int rows = 30) {
    auto argv = std::vector<std::string>{std::getenv("HYAKKI_TICKETS_PROGRAM"), "tui"};
    return run({argv.begin(), argv.end()}, more, kind, columns, rows);
  }
  pty_program run(const std::vector<std::string>& argv, const std::vector<std::string>& more, const char* kind,
                  int columns, int rows) {
    auto variables = std::vector<std::string>{"PATH=/usr/bin:/bin", "HOME=" + dir.path(), "LC_ALL=C.UTF-8", "TZ=UTC",
                                              std::string{"TERM="} + kind};
    if (!now.empty())
      variables.push_back("HYAKKI_TICKETS_NOW=" + now);
    variables.insert(variables.end(), more.begin(), more.end());
    return pty_program{argv, variables, root(), columns, rows};
  }
  json ticket(const std::string& id) { return asked({"show", id}); }
};

void leave(pty_program& p) {
  p.type("q");
  auto status = p.ended();
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(p.restored());
  CHECK(p.screen.faults() == std::vector<std::string>{});
}

} // namespace

SCENARIO_METHOD(tui_world, "a day at the screen") {
  make("Fix login bug");
  auto p = start();
  REQUIRE(p.shows("FIX-1"));
  CHECK(p.shows("Metrics"));
  WHEN("a ticket is made") {
    p.type("n");
    REQUIRE(p.shows("New ticket"));
    p.type(save);
    CHECK(p.shows("the title is empty"));
    p.type(std::string{"Write the docs für 日本"} + tab + "line one" + enter + "line two" + tab + "h" + tab + "ann" +
           save);
    REQUIRE(p.shows("Created WRITE-1"));
    CHECK(p.shows("日本"));
    auto made = ticket("WRITE-1");
    CHECK(made["title"] == "Write the docs für 日本");
    CHECK(made["description"] == "line one\nline two");
    CHECK(made["priority"] == "high");
    CHECK(made["assignee"] == "ann");
    CHECK(made["reporter"] == "Ann Dev");
    leave(p);
  }
  WHEN("a ticket is worked on") {
    p.type(enter);
    REQUIRE(p.shows("Reporter: Ann Dev"));
    p.type("c");
    REQUIRE(p.shows("Comment on FIX-1"));
    p.type(std::string{"seen in the field"} + save);
    REQUIRE(p.shows("Added comment"));
    CHECK(p.shows("seen in the field"));
    p.type("j");
    REQUIRE(p.shows("Journal of FIX-1"));
    p.type(std::string{"decided"} + tab + "d" + tab + tab + "x" + save);
    REQUIRE(p.shows("spent is \"x\"; it must be a number"));
    p.type(std::string{"\x7f"} + "2.5" + save);
    REQUIRE(p.shows("Added decision entry"));
    p.type("t");
    REQUIRE(p.shows("Time of FIX-1"));
    p.type(enter);
    REQUIRE(p.shows("Time is running on FIX-1"));
    p.type("t");
    REQUIRE(p.shows("Running:"));
    p.type(std::string{"x"} + enter);
    REQUIRE(p.shows("Stopped on FIX-1"));
    p.type("t");
    REQUIRE(p.shows("Time of FIX-1"));
    p.type(std::string{"a90"} + enter);
    REQUIRE(p.shows("Added 90 min"));
    p.type("e");
    REQUIRE(p.shows("Edit FIX-1"));
    p.type(std::string{end_key} + " now" + tab + "c" + tab + tab + "bob" + save);
    REQUIRE(p.shows("Updated FIX-1"));
    CHECK(p.shows("Title: Fix login bug now"));
    p.type(escape);
    CHECK(p.shows("1.5h"));
    auto t = ticket("FIX-1");
    CHECK(t["title"] == "Fix login bug now");
    CHECK(t["assignee"] == "bob");
    CHECK(t["status"] == "closed");
    CHECK(t["comments"][0]["content"] == "seen in the field");
    CHECK(t["journal_entries"][0]["entry_type"] == "decision");
    CHECK(t["journal_entries"][0]["effort_spent_hours"] == 2.5);
    CHECK(t["time_logs"].size() == 2);
    CHECK(t["time_logs"][1]["duration_minutes"] == 90);
    CHECK(there(".tickets/closed/FIX-1.yaml"));
    leave(p);
  }
  WHEN("it is searched and filtered") {
    make("Paint it blue");
    REQUIRE(p.shows("PAINT-1"));
    p.type("/login");
    CHECK(p.hides("PAINT-1"));
    CHECK(p.shows("FIX-1"));
    p.type(std::string{enter} + "5");
    CHECK(p.shows("No ticket is in this filter") /* found, and not closed */);
    p.type(escape);
    CHECK(p.shows("PAINT-1"));
    p.type("/status:");
    CHECK(p.shows("status"));
    p.type(escape);
    CHECK(p.shows("PAINT-1"));
    leave(p);
  }
  WHEN("the report is asked for") {
    p.type("g");
    CHECK(p.shows("Report of 1 ticket"));
    CHECK(there("ticket_report.html"));
    p.type("?");
    CHECK(p.shows("Ctrl+L"));
    p.type(escape);
    CHECK(p.shows("Metrics"));
    p.type("\x03");
    auto status = p.ended();
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    CHECK(p.restored());
  }
}

SCENARIO_METHOD(tui_world, "what other processes do is seen") {
  make("Fix login bug");
  auto p = start();
  REQUIRE(p.shows("FIX-1"));
  WHEN("a ticket is made, changed and removed elsewhere") {
    make("Made elsewhere");
    CHECK(p.shows("Made elsewhere"));
    REQUIRE(tickets({"update", "MADE-1", "-t", "Renamed there"}).code == 0);
    CHECK(p.shows("Renamed there"));
    REQUIRE(tickets({"delete", "MADE-1"}).code == 0);
    CHECK(p.hides("MADE-1"));
  }
  WHEN("the ticket on the screen gets a comment elsewhere") {
    p.type(enter);
    REQUIRE(p.shows("Reporter:"));
    REQUIRE(tickets({"comment", "FIX-1", "hello from afar"}).code == 0);
    CHECK(p.shows("hello from afar"));
    AND_WHEN("it is removed") {
      REQUIRE(tickets({"delete", "FIX-1"}).code == 0);
      CHECK(p.shows("No tickets yet"));
    }
    AND_WHEN("it stays") { p.type(escape); }
  }
  WHEN("two change the same field") {
    p.type("e");
    REQUIRE(p.shows("Edit FIX-1"));
    REQUIRE(tickets({"update", "FIX-1", "-t", "Theirs", "-p", "low"}).code == 0);
    p.type(std::string{end_key} + " mine" + save);
    REQUIRE(p.shows("Title: changed by somebody else meanwhile"));
    CHECK(ticket("FIX-1")["title"] == "Theirs");
    p.type(save);
    REQUIRE(p.shows("Updated FIX-1"));
    THEN("one overwrites knowingly, and nothing but that field") {
      CHECK(ticket("FIX-1")["title"] == "Fix login bug mine");
      CHECK(ticket("FIX-1")["priority"] == "low");
    }
  }
  WHEN("the whole store goes") {
    std::filesystem::rename(root() + "/.tickets", root() + "/.gone");
    CHECK(p.shows("init"));
    std::filesystem::rename(root() + "/.gone", root() + "/.tickets");
    CHECK(p.hides("init"));
    CHECK(p.shows("FIX-1"));
  }
  leave(p);
}

SCENARIO_METHOD(tui_world, "whoever ends it finds the terminal as it was") {
  make("Fix login bug");
  for (auto number : {SIGTERM, SIGINT, SIGHUP}) {
    auto p = start();
    REQUIRE(p.shows("FIX-1"));
    CHECK(p.screen.full_screen());
    CHECK_FALSE(p.restored());
    p.signal(number);
    auto status = p.ended();
    INFO(number);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == number);
    CHECK(p.restored());
  }
}

SCENARIO_METHOD(tui_world, "the screen follows the size of its terminal") {
  make("Fix login bug");
  auto p = start({}, "xterm", 40, 10);
  REQUIRE(p.shows("FIX-1"));
  p.resize(140, 40);
  CHECK(p.shows("Metrics"));
  CHECK(p.shows("Assignee"));
  p.resize(40, 10);
  CHECK(p.shows("FIX-1"));
  CHECK(p.hides("Metrics"));
  p.resize(300, 100);
  CHECK(p.shows("Metrics"));
  p.resize(3, 2);
  CHECK(p.shows("h…"));
  p.resize(80, 24);
  CHECK(p.shows("FIX-1"));
  leave(p);
}

SCENARIO_METHOD(tui_world, "what strangers wrote never reaches the terminal as it is") {
  auto evil = std::string{"A\x1b]0;owned\a\x1b[2J\x1b[5n\r\b\xC2\x9B"
                          "31m\xE2\x80\xAE"
                          "x\xE2\x81\xA6\x0e"};
  make(evil + " first");
  REQUIRE(tickets({"create", "-a", evil, "-l", evil, "-d", evil + "\n" + evil, "--", "Second " + evil}).code == 0);
  REQUIRE(tickets({"comment", "SECOND-1", evil + "\tx"}).code == 0);
  REQUIRE(tickets({"time", "SECOND-1", "-a", "5", "-d", evil}).code == 0);
  write(".tickets/open/" + std::string{"BAD-1.yaml"}, "title: [" + evil + "\n");
  auto p = start({}, "xterm", 250, 50);
  REQUIRE(p.shows("SECOND-1"));
  CHECK(p.shows("\\x1b]0;owned\\x07"));
  CHECK(p.shows("1 file cannot be read"));
  p.type(std::string{"/second"} + enter);
  REQUIRE(p.hides("first"));
  p.type(enter);
  REQUIRE(p.shows("Reporter:"));
  CHECK(p.shows("Comments:"));
  p.type("e");
  REQUIRE(p.shows("Edit SECOND-1"));
  p.type(escape);
  p.type("t");
  REQUIRE(p.shows("Time of SECOND-1"));
  p.type(escape);
  CHECK(p.hides("Time of SECOND-1"));
  p.type(escape);
  leave(p);
  CHECK(p.bytes.find("\x1b]") == std::string::npos);
  CHECK(p.bytes.find("\x1b[5n") == std::string::npos);
  CHECK(p.bytes.find('\a') == std::string::npos);
  CHECK(p.bytes.find("\xC2\x9B") == std::string::npos);
  CHECK(p.bytes.find("\xE2\x80\xAE") == std::string::npos);
}

SCENARIO_METHOD(tui_world, "it says where it cannot be") {
  WHEN("there is no terminal") {
    auto answer = tickets({"tui"});
    CHECK(answer.code == 1);
    CHECK(answer.out.empty());
    CHECK(has(answer.err, "terminal"));
  }
  WHEN("the terminal cannot place its cursor") {
    for (auto kind : {"dumb", "no-such-terminal", ""}) {
      auto p = start({}, kind);
      auto status = p.ended();
      INFO(kind);
      CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 1));
      CHECK(has(p.bytes, "TERM is"));
      CHECK(p.restored());
    }
  }
  WHEN("there is no store") {
    std::filesystem::remove_all(root() + "/.tickets");
    auto p = start();
    auto status = p.ended();
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 1));
    CHECK(has(p.bytes, "init"));
  }
  WHEN("JSON is asked for") { CHECK(tickets({"tui", "--json"}).code == 2); }
  WHEN("help is") {
    auto answer = tickets({"tui", "--help"});
    CHECK(answer.code == 0);
    CHECK(has(answer.out, "screen"));
  }
}

SCENARIO_METHOD(tui_world, "colours are there unless they are not wanted") {
  make("Fix login bug");
  REQUIRE(tickets({"update", "FIX-1", "-s", "blocked"}).code == 0);
  WHEN("nothing is said") {
    auto p = start({}, "xterm-256color");
    REQUIRE(p.shows("blocked"));
    CHECK(p.screen.coloured());
    leave(p);
  }
  WHEN("NO_COLOR is set") {
    auto p = start({"NO_COLOR=1"}, "xterm-256color");
    REQUIRE(p.shows("blocked"));
    leave(p);
    CHECK_FALSE(p.screen.coloured());
  }
  WHEN("the terminal has none") {
    auto p = start({}, "vt100");
    REQUIRE(p.shows("blocked"));
    p.type("q");
    CHECK(WEXITSTATUS(p.ended()) == 0);
    CHECK_FALSE(p.screen.coloured());
  }
}

SCENARIO_METHOD(tui_world, "hyakki has the same screen, of another directory too") {
  make("Fix login bug");
  auto p = run({std::getenv("HYAKKI_PROGRAM"), "tickets", "tui", "-C", root()}, {}, "xterm", 100, 30);
  REQUIRE(p.shows("FIX-1"));
  p.type("n");
  REQUIRE(p.shows("New ticket"));
  p.type(std::string{"Over there"} + save);
  CHECK(p.shows("Created OVER-1"));
  leave(p);
}
