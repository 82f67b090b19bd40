// The parts of the ticket commands that touch nothing: scenarios, blocks, tables, words.

#include "cli/tickets/backlog_figures.hpp"
#include "cli/tickets/epic_figures.hpp"
#include "cli/tickets/gherkin.hpp"
#include "cli/tickets/links.hpp"
#include "cli/tickets/parse.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/project_figures.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <random>
#include <set>

using namespace hyakki;
using namespace hyakki::ticket_cli;

SCENARIO("a feature file becomes scenarios") {
  GIVEN("a file with a background, two scenarios, an outline and a table") {
    auto text = R"(# a remark
@web
Feature: Login
  Free text about it.

  Background:
    Given the database is up
    And the network is up

  @smoke @fast
  Scenario: it works
    Given I am on the page
    And I have a name
    But no cookie
    When I log in
    * I wait
    Then I see the board
      | column | count |
      | open   | 3     |

  Scenario Outline: wrong <what>
    When I give the wrong <what>
    Then I am told "<said>"
    Examples:
      | what     | said     |
      | password | no       |
      | name     | a \| b   |

  Rule: guests
    Example: a guest
      Then nothing
        """
        as it is
          indented
        """
)";
    auto read = read_feature(text);
    REQUIRE(read);
    THEN("there are four, with their own steps") {
      REQUIRE(read->size() == 4);
      auto& first = (*read)[0];
      CHECK(first.title == "it works");
      CHECK(first.tags == std::vector<std::string>{"web", "smoke", "fast"});
      CHECK(first.background == "Given the database is up\nAnd the network is up");
      CHECK(first.given == std::vector<std::string>{"I am on the page", "I have a name", "no cookie"});
      CHECK(first.when == std::vector<std::string>{"I log in", "I wait"});
      REQUIRE(first.then.size() == 1);
      CHECK(first.then[0] == "I see the board\n| column | count |\n| open   | 3     |");
      CHECK((*read)[1].title == "wrong password");
      CHECK((*read)[1].tags == std::vector<std::string>{"web"});
      CHECK((*read)[2].then == std::vector<std::string>{"I am told \"a | b\""});
      CHECK((*read)[3].then[0] == "nothing\n\"\"\"\nas it is\n  indented\n\"\"\"");
    }
    THEN("each of them, written out, reads back as the same") {
      for (auto& s : *read) {
        auto again =
          read_feature("Feature: x\n" + feature_text(scenario_text{s.title, "", s.given, s.when, s.then, s.tags}));
        INFO(feature_text(s));
        REQUIRE(again);
        REQUIRE(again->size() == 1);
        CHECK((*again)[0].title == s.title);
        CHECK((*again)[0].given == s.given);
        CHECK((*again)[0].when == s.when);
        CHECK((*again)[0].then == s.then);
        CHECK((*again)[0].tags == s.tags);
      }
    }
  }
  GIVEN("files that are no feature") {
    THEN("the line and the reason are said") {
      for (auto [text, why] : std::vector<std::pair<std::string, std::string>>{
             {"", "no scenario"},
             {"hello\n", "line 1"},
             {"# language: de\nFunktionalit\xc3\xa4t: x\n", "English"},
             {"Scenario: x\n  Given a\n  something\n", "line 3"},
             {"Scenario: x\n", "no step"},
             {"Scenario:\n  Given a\n", "title"},
             {"Scenario Outline: x\n  Given <a>\n", "no Examples"},
             {"Scenario: x\n  Given a\n  \"\"\"\n  open\n", "doc string"},
             {"Scenario Outline: x\n  Given <a>\n  Examples:\n  | a | b |\n  | 1 |\n", "cells"},
             {"Scenario: \xff\n", "UTF-8"},
             {std::string(2u << 20, 'x'), "larger"}}) {
        auto read = read_feature(text);
        INFO(text.substr(0, 80));
        REQUIRE_FALSE(read);
        CHECK(read.error().text.find(why) != std::string::npos);
      }
    }
  }
  GIVEN("noise made of the words of the language") {
    auto words = std::vector<std::string>{"Feature:",  "Rule:", "Background:", "Scenario:", "Scenario Outline: a <b>",
                                          "Examples:", "| b |", "| 1 |",       "Given x",   "When y",
                                          "Then z",    "And q", "* r",         "\"\"\"",    "@tag",
                                          "# c",       "<b>",   "\t",          ""};
    auto random = std::mt19937{42};
    THEN("every file is answered, quickly and within its bounds") {
      for (int n = 0; n < 3000; ++n) {
        std::string text;
        for (auto lines = random() % 40; lines-- > 0;)
          text += words[random() % words.size()] + (random() % 4 ? " t" : "") + "\n";
        auto read = read_feature(text);
        if (read) {
          CHECK(read->size() <= most_scenarios);
        } else {
          CHECK_FALSE(read.error().text.empty());
        }
      }
    }
  }
}

SCENARIO("the status block of a README is replaced and nothing else") {
  auto figures = project_figures{};
  figures.numbers.total = 3;
  figures.recent.push_back({"A-1", "\\1 <!-- END AUTO-GENERATED STATUS --> | `x`", "2026-11-18"});
  auto block = readme_block(figures, "2026-11-20 12:00:00");
  GIVEN("a title that tries to end the block") {
    THEN("the end marker stands once, at the end") {
      auto end = block.find("<!-- END AUTO-GENERATED STATUS -->");
      CHECK(block.find("<!-- END AUTO-GENERATED STATUS -->", end + 1) == std::string::npos);
      CHECK(end + 35 == block.size());
    }
  }
  for (auto text :
       {"# Title\n\nText.\n", "# Title\nText", "Text without a heading\n", "# Only", "", "# T\r\n\r\nwindows\r\n"}) {
    GIVEN(std::string{"the file "} + text) {
      auto once = with_block(text, block);
      REQUIRE(once);
      THEN("everything else is still there, and a second time changes nothing") {
        auto rest = *once;
        rest.erase(rest.find(block), block.size());
        auto squeezed = [](std::string s) {
          s.erase(std::remove(s.begin(), s.end(), '\n'), s.end());
          return s;
        };
        CHECK(squeezed(rest) == squeezed(text));
        auto twice = with_block(*once, block);
        REQUIRE(twice);
        CHECK(*twice == *once);
      }
    }
  }
  GIVEN("a block of other figures with text around it") {
    auto old = std::string{"# T\nbefore\n"} + readme_block(project_figures{}, "2020-01-01 00:00:00") + "after \\1 $&\n";
    THEN("only the block changes") {
      auto fresh = with_block(old, block);
      REQUIRE(fresh);
      CHECK(*fresh == "# T\nbefore\n" + block + "after \\1 $&\n");
    }
  }
  GIVEN("a begin marker without an end") {
    THEN("nothing is replaced") {
      CHECK_FALSE(with_block("# T\n<!-- AUTO-GENERATED STATUS - DO NOT EDIT MANUALLY -->\nx\n", block));
    }
  }
}

SCENARIO("a table cannot be forged") {
  GIVEN("cells with controls, line breaks, right-to-left marks and wide letters") {
    auto s = sheet{{{"ID"}, {"Title"}},
                   {{"A-1", "red \x1b[31m\nA-2 | faked\x07 \xe2\x80\xae"}, {"A-2", "\xe6\x97\xa5\xe6\x9c\xac \xff"}}};
    THEN("every record is one line, and no control reaches the terminal") {
      auto grid = as_grid(s);
      CHECK(std::count(grid.begin(), grid.end(), '\n') == 7);
      for (char c : grid)
        CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
      CHECK(grid.find("\xe2\x80\xae") == std::string::npos);
      auto simple = as_simple(s);
      CHECK(std::count(simple.begin(), simple.end(), '\n') == 4);
    }
  }
  GIVEN("a title longer than its column") {
    THEN("it is cut at characters, not bytes") {
      CHECK(cut("\xc3\xa9\xc3\xa9\xc3\xa9", 2) == "\xc3\xa9\xc3\xa9...");
      CHECK(cut("abc", 3) == "abc");
    }
  }
}

SCENARIO("words between commas are read once") { CHECK(words_of(" a, b ,,a") == std::vector<std::string>{"a", "b"}); }

namespace {

tickets::ticket plain(const std::string& id, const std::string& priority = "medium") {
  auto t = tickets::ticket{};
  t.id = id;
  t.title = id;
  t.priority = priority;
  t.created_at = "2026-11-01T10:00:0" + id.substr(id.size() - 1);
  return t;
}

} // namespace

SCENARIO("what is ready is told with its reasons") {
  GIVEN("tickets that wait for each other") {
    auto all = std::vector<tickets::ticket>{plain("A-1"), plain("A-2", "critical"), plain("A-3"),
                                            plain("A-4"), plain("A-5", "low"),      plain("A-6")};
    all[1].blocked_by = {"A-1"};        // known on one side only
    all[0].blocks = {"A-3"};            // known on the other side only
    all[3].blocked_by = {"A-9", "A-6"}; // gone, and closed
    all[4].child_ticket_ids = {"A-1"};  // a parent
    all[5].status = "closed";
    auto verdicts = readiness_of(all, {{"A-4", "bob", 0, 1, "soon"}});
    THEN("the one that unblocks others comes first; the others say what they wait for") {
      REQUIRE(verdicts.size() == 5);
      CHECK(verdicts[0].about->id == "A-1");
      CHECK(verdicts[0].ready());
      CHECK(verdicts[0].unblocks == 2);
      for (std::size_t n = 1; n < verdicts.size(); ++n)
        CHECK_FALSE(verdicts[n].ready());
      auto of = [&](const std::string& id) {
        for (auto& v : verdicts)
          if (v.about->id == id)
            return v.because[0];
        return std::string{};
      };
      CHECK(of("A-2") == "blocked by A-1");
      CHECK(of("A-3") == "blocked by A-1");
      CHECK(of("A-4") == "claimed by bob until soon");
      CHECK(of("A-5") == "its parts come first: A-1");
    }
  }
}

SCENARIO("a backlog item says what it lacks") {
  auto b = tickets::backlog_item{};
  b.status = "groomed";
  b.story_points = 0;
  CHECK(lacks_of(b) == std::vector<std::string>{"an acceptance criterion"});
  b.acceptance_criteria = {"one"};
  CHECK(lacks_of(b).empty());
  b.status = "new";
  CHECK(lacks_of(b).size() == 1);
}

SCENARIO("every command is described, and none is there twice") {
  std::set<std::string> seen;
  for (auto& file : all_commands())
    for (auto& row : file) {
      INFO(row.path);
      CHECK(seen.insert(row.path).second);
      CHECK(std::string{row.about}.size() > 5);
      CHECK(row.run != nullptr);
      bool screen = std::string_view{row.path} == "tui"; // nothing that a program could read
      CHECK((std::string_view{row.formats}.find("json") != std::string_view::npos) != screen);
      std::set<std::string> flags;
      for (auto o = row.options; o != row.options + row.count; ++o) {
        CHECK(flags.insert(o->flags).second);
        CHECK((o->value == takes::choice) == (o->allowed != nullptr));
      }
    }
  CHECK(seen.size() > 80);
}

SCENARIO("the documents name every command") {
  auto read = [](const char* name) {
    auto in = std::ifstream{std::string{HYAKKI_SOURCE} + "/docs/" + name};
    return std::string{std::istreambuf_iterator<char>{in}, {}};
  };
  auto text = read("tickets_json.md");
  REQUIRE_FALSE(text.empty());
  for (auto& file : all_commands())
    for (auto& row : file) {
      auto words = std::string{row.path};
      auto last = words.substr(words.find(' ') == std::string::npos ? 0 : words.find(' ') + 1);
      INFO(row.path);
      CHECK(text.find(last) != std::string::npos);
    }
}

SCENARIO("an epic's progress and burndown go by its tickets") {
  auto all = std::vector<tickets::ticket>{plain("A-1"), plain("A-2"), plain("A-3")};
  all[0].status = "closed";
  all[0].updated_at = "2026-11-03T10:00:00";
  all[0].story_points = 3;
  all[1].story_points = 5;
  all[2].status = "cancelled";
  auto e = tickets::epic{};
  e.ticket_ids = {"A-1", "A-2", "A-3", "A-9"};
  auto p = state_of(e, all);
  CHECK(p.missing == 1);
  CHECK(p.open == 1);
  CHECK(text_of(p) == "2 of 3 tickets done (67%), 3 of 8 points");
  auto days = burndown_of(e, all, 1'793'880'000'000); // 2026-11-05
  REQUIRE(days.size() == 5);
  CHECK(days.front().date == "2026-11-01");
  CHECK(days[1].open == 2);
  CHECK(days[2].open == 1);
  CHECK(days.back().open_points == 5);
}

SCENARIO("hours are told in hours, less than one in minutes, and nothing has no sign") {
  CHECK(hours_text(1.5) == "1.5h");
  CHECK(hours_text(0.25) == "15m");
  CHECK(hours_text(-0.5) == "-30m");
  CHECK(hours_text(0.999) == "1.0h");
  CHECK(hours_text(0) == "0.0h");
  CHECK(hours_text(-1e-12) == "0.0h"); // what a sum may leave
}
