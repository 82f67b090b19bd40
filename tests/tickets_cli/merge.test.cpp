// Two people work on one ticket in two branches, and git brings their work together by our driver.

#include "tests/tickets_cli/shared_store.hpp"

using namespace hyakki::test;

SCENARIO_METHOD(shared_store, "git merges what two people did to one ticket") {
  REQUIRE(init["merge_driver"] == true);
  WHEN("they changed different fields and both wrote comments") {
    theirs({"update", id, "-p", "critical", "-l", "urgent"});
    REQUIRE(tickets({"comment", id, "Seen here too"}).code == 0);
    REQUIRE(tickets({"update", id, "-a", "bob"}).code == 0);
    save();
    auto merged = git({"merge", "-q", "-m", "both", "theirs"});
    INFO(merged.out << merged.err);
    THEN("both are kept") {
      CHECK(merged.code == 0);
      auto now_is = asked({"show", id});
      CHECK(now_is["priority"] == "critical");
      CHECK(now_is["assignee"] == "bob");
      CHECK(now_is["comments"].size() == 1);
      CHECK(now_is["labels"] == json{"urgent"});
      CHECK(asked({"index"})["in_step"] == true);
    }
  }
  WHEN("both wrote the description anew") {
    theirs({"update", id, "-d", "It fails with a space in the name."});
    REQUIRE(tickets({"update", id, "-d", "It fails on Mondays."}).code == 0);
    save();
    auto merged = git({"merge", "-q", "-m", "both", "theirs"});
    THEN("a person must choose, and is told what") {
      CHECK(merged.code == 1);
      CHECK(has(merged.err, id + ".yaml: both sides changed description"));
      auto text = asked({"show", id})["description"].get<std::string>();
      CHECK(has(text, "Mondays"));
      CHECK(has(text, "a space in the name"));
    }
  }
  WHEN("both went a round of a workflow") {
    asked({"agent", "create", "Bot", "--max-tasks", "9"});
    auto plan = asked({"workflow", "create", id, "--step", "a:code", "--step", "b:test"})["id"].get<std::string>();
    save();
    theirs({"workflow", "run", plan});
    REQUIRE(tickets({"workflow", "run", plan}).code == 0);
    save();
    git({"merge", "-q", "-m", "both", "theirs"});
    THEN("it can still be read") {
      CHECK(asked({"workflow", "list"}).size() == 1);
      CHECK_FALSE(has(read(".tickets/workflows/" + plan + ".json"), "<<<<<<<"));
    }
  }
  WHEN("a store of earlier days lacks a line for workflows") {
    write(".tickets/.gitattributes", "*.md text\nopen/*.yaml merge=hyakki-tickets");
    asked({"init", "--merge-driver"});
    THEN("it gets what it lacks, and keeps what is there") {
      auto text = read(".tickets/.gitattributes");
      CHECK(has(text, "*.md text\nopen/*.yaml merge=hyakki-tickets\nclosed/*.yaml"));
      CHECK(has(text, "\nworkflows/*.json merge=hyakki-tickets\n"));
      asked({"init", "--merge-driver"});
      CHECK(read(".tickets/.gitattributes") == text);
    }
  }
  WHEN("a file of the store is no record any more on one side") {
    auto file = ".tickets/open/" + id + ".yaml";
    theirs({"update", id, "-p", "critical"});
    write(file, "[ no ticket\n");
    save();
    auto merged = git({"merge", "-q", "-m", "both", "theirs"});
    THEN("both sides stand there between marks, as git does it") {
      CHECK(merged.code == 1);
      CHECK(has(merged.err, "merged by lines"));
      CHECK(has(read(file), "<<<<<<< ours\n[ no ticket\n"));
      CHECK(has(read(file), "priority: critical"));
      CHECK(has(git({"status", "--short"}).out, "UU " + file));
    }
  }
  WHEN("another clone is told later how to merge") {
    REQUIRE(git({"config", "--remove-section", "merge.hyakki-tickets"}).code == 0);
    CHECK(has(tickets({"health"}).out, "merging: the store names a merge driver that this clone's git does not know"));
    CHECK(has(tickets({"init"}).err, "init --merge-driver"));
    CHECK(asked({"init", "--merge-driver"})["merge_driver"] == true);
    THEN("its git knows") {
      CHECK(has(git({"config", "merge.hyakki-tickets.driver"}).out, "merge-driver %O %A %B %P"));
      CHECK(asked({"health"})["is_healthy"] == true);
    }
  }
}

SCENARIO_METHOD(ticket_shell, "the merge driver refuses what is no file of a store") {
  write("a", "x");
  auto answer = tickets({"merge-driver", "a", "a", "a", "src/main.cpp"});
  CHECK(answer.code == 1);
  CHECK_FALSE(answer.err.empty());
  CHECK(read("a") == "x");
}

SCENARIO_METHOD(shared_store, "a branch that closes its last open ticket does not take the new ones of others along") {
  branch([&] { done({"close", id}); });
  done({"create", "Another"});
  save();
  for (auto* at : {"main", "theirs"})
    DYNAMIC_SECTION("merged on " << at) {
      REQUIRE(git({"checkout", "-q", at}).code == 0);
      auto merged = git({"merge", "-q", "-m", "both", std::string{at} == "main" ? "theirs" : "main"});
      INFO(merged.out << merged.err);
      CHECK(merged.code == 0);
      CHECK(there(".tickets/open/ANOTHER-1.yaml"));
      CHECK(there(".tickets/closed/" + id + ".yaml"));
      CHECK(asked({"health"})["is_healthy"] == true);
    }
}

SCENARIO_METHOD(shared_store, "a folder stays in git when its last ticket leaves it") {
  auto keepers = [&] { return there(".tickets/open/.gitkeep") && there(".tickets/closed/.gitkeep"); };
  auto forget = [&](const std::string& folder) {
    std::filesystem::remove(root() + "/.tickets/" + folder + "/.gitkeep");
  };
  CHECK(keepers());
  forget("open");
  done({"close", id});
  CHECK(keepers());
  forget("closed");
  done({"reopen", id});
  CHECK(keepers());
  forget("open");
  done({"delete", id});
  CHECK(keepers());
  forget("open");
  forget("closed");
  done({"init", "--merge-driver"});
  CHECK(keepers());
  CHECK(read(".tickets/open/.gitkeep").empty());
  CHECK(asked({"health"})["is_healthy"] == true);
  CHECK(asked({"list", "--all"}).empty());
}
