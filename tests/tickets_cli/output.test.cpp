// What becomes of an answer that cannot be written: nobody is told that all went well.

#include "tests/tickets_cli/cli_tickets_world.hpp"

using namespace hyakki::test;

namespace {

class shell_user : public empty_store {
public:
  /// A line for /bin/sh, in which $tickets and $hyakki are the programs.
  told sh(const std::string& line) {
    environment = {std::string{"tickets="} + std::getenv("HYAKKI_TICKETS_PROGRAM"),
                   std::string{"hyakki="} + std::getenv("HYAKKI_PROGRAM")};
    return run("/bin/sh", {"-c", line});
  }
};

} // namespace

SCENARIO_METHOD(shell_user, "an answer that cannot be written is a failure") {
  GIVEN("a full disk, or an output that is closed") {
    make("Fix it");
    for (std::string where : {">/dev/full", ">&-"})
      for (std::string what :
           {"list", "list --json", "show FIX-1", "--help", "create --help", "--version", "claims", "health --json"})
        for (std::string program : {"\"$tickets\" ", "\"$hyakki\" tickets "}) {
          auto answer = sh(program + what + " " + where);
          INFO(program << what << " " << where << ": " << answer.err);
          CHECK(answer.code == 1);
          CHECK(has(answer.err, "tickets: could not write"));
        }
    THEN("those that look at stories say so, too") {
      for (std::string what : {"--help", "version", "version --json"}) {
        auto answer = sh("\"$hyakki\" " + what + " >/dev/full");
        CHECK(answer.code == 1);
        CHECK(has(answer.err, "hyakki: could not write all of the answer: No space left on device"));
      }
    }
  }
  WHEN("a change was stored before its message was lost") {
    auto answer = sh("\"$tickets\" create 'Fix it' >/dev/full");
    THEN("that is told") {
      CHECK(answer.code == 1);
      CHECK(has(answer.err, "it is changed and stored"));
      CHECK(there(".tickets/open/FIX-1.yaml"));
    }
  }
  WHEN("stdin, stdout and stderr are closed") {
    CHECK(sh("\"$tickets\" create 'Fix it' <&- >&- 2>&-").code == 1);
    THEN("no file of the store is taken for them") {
      CHECK(asked({"health"})["is_healthy"] == true);
      CHECK(asked({"show", "FIX-1"})["title"] == "Fix it");
    }
  }
  WHEN("the reader has seen enough") {
    auto answer = sh("for i in 1 2 3; do \"$tickets\" create \"Fix $i\" >/dev/null; done; "
                     "{ \"$tickets\" list; echo $? >&2; } | true");
    THEN("that is no failure") { CHECK(answer.err == "0\n"); }
  }
}
