// The command line's own answers: usage, configuration, exit codes. Real processes.

#include "tests/scenarios/cli_world.hpp"

using namespace hyakki;
using namespace hyakki::test;

SCENARIO_METHOD(cli_world, "a wrong command line ends with exit code 2 and says why") {
  GIVEN("command lines that nobody can mean") {
    auto wrong = std::vector<std::vector<std::string>>{
      {},
      {"fly"},
      {"show"},
      {"pr"},
      {"pr", "show"},
      {"status", "--limit", "many"},
      {"log", "A-1", "--run", "0"},
      {"run", "--once", "--dry-run"},
      {"run", "--log-level", "loud"},
      {"version", "--no-such-option"},
    };
    THEN("each is refused before anything is read") {
      for (auto& line : wrong) {
        auto answer = bare(line);
        INFO((line.empty() ? "(nothing)" : line.front()) << ": " << answer.err << answer.out);
        CHECK(answer.code == 2);
        CHECK_FALSE(answer.err.empty());
      }
    }
  }
  GIVEN("a word that is no command") {
    THEN("the word is named") { CHECK(has(bare({"fly"}).err, "there is no command fly")); }
  }
  GIVEN("a question for help") {
    THEN("the exit codes are in the answer") {
      auto answer = bare({"--help"});
      CHECK(answer.code == 0);
      CHECK(has(answer.out, "Exit codes:"));
      CHECK(has(answer.out, "KEY is a story's id"));
      CHECK_FALSE(has(answer.out, "askpass"));
    }
    THEN("every command answers") {
      for (auto name : {"init", "run", "status", "show", "log", "cancel", "retry", "check", "pr", "version"})
        CHECK(bare({name, "--help"}).code == 0);
    }
  }
}

SCENARIO_METHOD(cli_world, "the configuration is found, or its absence is explained") {
  GIVEN("one that is larger than is read") {
    write("hyakki.yaml", std::string(2'000'000, '#'));
    THEN("its size and the limit are told") {
      auto answer = bare({"status"});
      CHECK(answer.code == 2);
      CHECK(has(answer.err, "has 2000000 bytes; at most 1048576 are read"));
    }
  }
  GIVEN("none at all") {
    std::filesystem::rename(dir / "hyakki.yaml", dir / "other.yaml");
    THEN("the answer names the three ways to give one") {
      auto answer = bare({"status"});
      CHECK(answer.code == 2);
      CHECK(has(answer.err, "-c FILE"));
      CHECK(has(answer.err, "HYAKKI_CONFIG"));
      CHECK(has(answer.err, "hyakki init"));
    }
    THEN("the environment may name it") { CHECK(bare({"status"}, {"HYAKKI_CONFIG=other.yaml"}).code == 0); }
    THEN("-c may stand before or after the command") {
      CHECK(bare({"-c", "other.yaml", "status"}).code == 0);
      CHECK(bare({"status", "-c", "other.yaml"}).code == 0);
    }
    THEN("a file that is not there is said by name") {
      auto answer = bare({"status", "-c", "gone.yaml"});
      CHECK(answer.code == 2);
      CHECK(has(answer.err, "gone.yaml"));
    }
  }
  GIVEN("one in the current directory") {
    THEN("it is taken") { CHECK(bare({"status"}).code == 0); }
  }
  GIVEN("one with two faults") {
    write("hyakki.yaml", read("hyakki.yaml") + "orchestra:\n  x: 1\nretry:\n  max_attempts: many\n");
    THEN("both are said with their lines, each on a line of its own") {
      auto answer = bare({"status"});
      CHECK(answer.code == 2);
      CHECK(has(answer.err, "orchestra"));
      CHECK(has(answer.err, "retry.max_attempts"));
      CHECK(has(answer.err, "hyakki.yaml:"));
      CHECK(std::count(answer.err.begin(), answer.err.end(), '\n') >= 2);
    }
  }
  GIVEN("a store that lives in memory") {
    write("memory.yaml", read("hyakki.yaml") + "  type: memory\n");
    THEN("there is nothing to look at, and it says so") {
      auto answer = bare({"status", "-c", "memory.yaml"});
      CHECK(answer.code == 2);
      CHECK(has(answer.err, "storage.type"));
    }
  }
}

SCENARIO_METHOD(cli_world, "init writes a configuration that is accepted as it stands") {
  GIVEN("an empty place") {
    auto answer = bare({"init", "-o", "new.yaml"});
    CHECK(answer.code == 0);
    CHECK(has(answer.out, "hyakki check -c new.yaml"));
    THEN("it reads back") { CHECK(bare({"status", "-c", "new.yaml"}).code == 0); }
    THEN("nobody else may read it") {
      auto mode = std::filesystem::status(dir / "new.yaml").permissions();
      CHECK((mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
            std::filesystem::perms::none);
    }
    AND_WHEN("it is changed and init runs again") {
      write("new.yaml", "mine: 1\n");
      THEN("it is left alone") {
        auto again = bare({"init", "-o", "new.yaml"});
        CHECK(again.code == 2);
        CHECK(has(again.err, "--force"));
        CHECK(read("new.yaml") == "mine: 1\n");
      }
      THEN("--force overwrites it") {
        CHECK(bare({"init", "-o", "new.yaml", "--force"}).code == 0);
        CHECK(has(read("new.yaml"), "issue_tracker:"));
      }
    }
  }
  GIVEN("a place that cannot be written") {
    THEN("it says so") {
      auto answer = bare({"init", "-o", "no/such/place.yaml"});
      CHECK(answer.code == 2);
      CHECK(has(answer.err, "no/such/place.yaml"));
    }
  }
}

SCENARIO_METHOD(cli_world, "looking before anything ran is no failure") {
  THEN("status is empty") {
    auto answer = hyakki({"status"});
    CHECK(answer.code == 0);
    CHECK(has(answer.out, "no stories yet"));
  }
  THEN("a story is unknown") {
    for (auto command : {"show", "log", "cancel", "retry"}) {
      auto answer = hyakki({command, "FIX-1"});
      CHECK(answer.code == 1);
      CHECK(has(answer.err, "FIX-1"));
    }
  }
  THEN("nothing was made by looking") {
    hyakki({"status"});
    CHECK_FALSE(std::filesystem::exists(dir / "state"));
  }
}
