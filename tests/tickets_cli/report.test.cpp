// `tickets report`: where the file goes, what is in it, and what is said about it.

#include "tests/tickets_cli/cli_tickets_world.hpp"

using namespace hyakki::test;

SCENARIO_METHOD(ticket_shell, "the report is written where it was asked for") {
  REQUIRE(tickets({"init"}).code == 0);
  REQUIRE(tickets({"create", "Fix <script>alert(1)</script>", "-p", "high", "-a", "bob"}).code == 0);
  REQUIRE(tickets({"create", "Document it"}).code == 0);
  REQUIRE(tickets({"close", "DOCUMENT-1"}).code == 0);
  WHEN("nothing is said about where") {
    auto answer = tickets({"report"});
    THEN("it lies in the current directory, whole, with every ticket, and nothing runs in it") {
      CHECK(answer.code == 0);
      CHECK(answer.err.empty());
      CHECK(has(answer.out, "Report of 2 tickets in " + root() + "/ticket_report.html"));
      CHECK_FALSE(has(answer.out, "browser")); // nobody looks
      auto page = read("ticket_report.html");
      CHECK(has(page, "</html>"));
      CHECK(has(page, "FIX-1"));
      CHECK(has(page, "DOCUMENT-1"));
      CHECK(has(page, "&lt;script&gt;alert(1)"));
      CHECK_FALSE(has(page, "<script>alert"));
    }
  }
  WHEN("a file, the open tickets and JSON are asked for") {
    std::filesystem::create_directories(root() + "/out");
    auto answer = tickets({"report", "-o", "out/r.html", "--open-only", "--no-open", "--json"});
    THEN("the answer says where and what") {
      CHECK(answer.code == 0);
      auto said = answer.parsed();
      CHECK(said["path"] == root() + "/out/r.html");
      CHECK(said["tickets"] == 2);
      CHECK(said["open"] == 1);
      CHECK(has(read("out/r.html"), "id=\"t-FIX-1\""));
      CHECK_FALSE(has(read("out/r.html"), "id=\"t-DOCUMENT-1\""));
      CHECK_FALSE(there("ticket_report.html"));
    }
  }
  WHEN("the folder is not there, or the name is a folder's") {
    for (auto* path : {"nowhere/r.html", ".tickets"}) {
      auto answer = tickets({"report", "-o", path});
      CHECK(answer.code == 1);
      CHECK(answer.out.empty());
      CHECK(has(answer.err, "cannot write"));
    }
    THEN("nothing was written") { CHECK_FALSE(there("nowhere")); }
  }
  WHEN("a file cannot be read") {
    write(".tickets/open/BROKEN-1.yaml", "id: [");
    auto answer = tickets({"report"});
    THEN("it is named, and the others are reported") {
      CHECK(answer.code == 0);
      CHECK(has(answer.err, "BROKEN-1"));
      CHECK(has(read("ticket_report.html"), "1 file could not be read"));
    }
  }
}
