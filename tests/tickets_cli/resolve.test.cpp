// Git takes one ticket for another that was renamed, and people finish what is left by `tickets resolve`.

#include "tests/tickets_cli/shared_store.hpp"

#include <map>

using namespace hyakki::test;

namespace {

/// FIX-1 is closed and FOLLOW-1 made in the branch `theirs`; both look much alike, and git pairs them.
class lookalikes : public shared_store {
public:
  /// So much that the closed file looks less like the open one than the new file does.
  static constexpr const char* said[] = {"fixed in 3f2a, by reading the cookie once", "seen again on another machine",
                                         "the night shift says that it is fine"};
  void closed_and_followed() {
    branch([&] {
      for (auto* text : said)
        done({"comment", id, text});
      done({"close", id});
      done({"create", "Follow up"});
    });
  }
  void deleted_and_followed() {
    branch([&] {
      done({"delete", id});
      done({"create", "Follow up"});
    });
  }
  void commented() {
    done({"comment", id, "from b"});
    save();
  }
  void merge_drivers_of_nobody() { REQUIRE(git({"config", "--remove-section", "merge.hyakki-tickets"}).code == 0); }

  std::vector<std::string> comments(const std::string& of) {
    auto out = std::vector<std::string>{};
    auto ticket = asked({"show", of});
    for (auto& c : ticket["comments"])
      out.push_back(c["content"]);
    std::sort(out.begin(), out.end());
    return out;
  }
  /// No path is unmerged, and nothing that git has staged differs from the files.
  bool all_staged() {
    auto status = git({"status", "--porcelain"}).out;
    INFO(status);
    auto lines = std::istringstream{status};
    for (auto line = std::string{}; std::getline(lines, line);)
      if (line[1] != ' ' || line[0] == 'U')
        return false;
    return true;
  }
  void check_whole() {
    CHECK(comments(id) == std::vector<std::string>{said[0], "from b", said[1], said[2]});
    CHECK(asked({"show", id})["status"] == "closed");
    CHECK(there(".tickets/closed/" + id + ".yaml"));
    CHECK_FALSE(there(".tickets/open/" + id + ".yaml"));
    CHECK(asked({"show", "FOLLOW-1"})["comments"].empty());
    CHECK(asked({"index"})["in_step"] == true);
    CHECK(all_staged());
    CHECK(has(tickets({"resolve"}).out, "Nothing to resolve"));
  }
};

} // namespace

SCENARIO_METHOD(lookalikes, "an edit of a ticket does not land in another that git takes for it") {
  closed_and_followed();
  commented();
  auto ways = std::map<std::string, std::vector<std::string>>{
    {"merge of theirs", {"main", "merge", "-q", "-m", "both", "theirs"}},
    {"merge of ours", {"theirs", "merge", "-q", "-m", "both", "main"}},
    {"rebase on theirs", {"main", "rebase", "-q", "theirs"}},
    {"rebase on ours", {"theirs", "rebase", "-q", "main"}},
    {"cherry-pick of theirs", {"main", "cherry-pick", "theirs"}},
  };
  for (auto& [name, way] : ways)
    DYNAMIC_SECTION(name) {
      REQUIRE(git({"checkout", "-q", way[0]}).code == 0);
      auto merged = git({way.begin() + 1, way.end()});
      INFO(merged.out << merged.err);
      CHECK(merged.code != 0);
      CHECK(has(merged.err, "git took different records for one that was renamed (" + id + ", FOLLOW-1)"));
      CHECK(has(merged.err, "`hyakki tickets resolve`"));
      CHECK(comments("FOLLOW-1").empty());
      auto answer = asked({"resolve"});
      REQUIRE(answer["resolved"].size() == 2);
      CHECK(answer["resolved"][0]["id"] == id);
      CHECK(answer["resolved"][0]["path"] == ".tickets/closed/" + id + ".yaml");
      CHECK(answer["resolved"][1]["id"] == "FOLLOW-1");
      CHECK(answer["left"].empty());
      check_whole();
    }
  DYNAMIC_SECTION("merge without our driver") {
    merge_drivers_of_nobody();
    CHECK(git({"merge", "-q", "-m", "both", "theirs"}).code == 1);
    CHECK(tickets({"resolve"}).code == 0);
    check_whole();
  }
}

SCENARIO_METHOD(lookalikes, "what was cut off is finished by the next") {
  closed_and_followed();
  commented();
  CHECK(git({"merge", "-q", "-m", "both", "theirs"}).code == 1);
  write(".git/index.lock", ""); // the files are written by then, git's index is not
  CHECK(tickets({"resolve"}).code == 1);
  std::filesystem::remove(root() + "/.git/index.lock");
  CHECK(tickets({"resolve"}).code == 0);
  check_whole();
}

SCENARIO_METHOD(lookalikes, "an edit that was put aside comes back to its ticket") {
  done({"comment", id, "from b"});
  REQUIRE(git({"stash", "-q"}).code == 0);
  closed_and_followed();
  REQUIRE(git({"checkout", "-q", "theirs"}).code == 0);
  CHECK(git({"stash", "pop"}).code == 1);
  CHECK(tickets({"resolve"}).code == 0);
  check_whole();
}

SCENARIO_METHOD(lookalikes, "a ticket that one side edited and the other deleted is left to people") {
  deleted_and_followed();
  commented();
  for (auto* at : {"main", "theirs"})
    DYNAMIC_SECTION("merged on " << at) {
      REQUIRE(git({"checkout", "-q", at}).code == 0);
      CHECK(git({"merge", "-q", "-m", "both", std::string{at} == "main" ? "theirs" : "main"}).code == 1);
      auto answer = tickets({"resolve"});
      CHECK(answer.code == 1);
      auto file = ".tickets/open/" + id + ".yaml";
      CHECK(has(answer.err, id + " is left to you: one side changed it, the other deleted it. `git add " + file +
                              "` keeps it; `tickets delete " + id + "`, then `tickets resolve` once more, deletes it"));
      CHECK(has(answer.out, "FOLLOW-1: stands in .tickets/open/FOLLOW-1.yaml"));
      CHECK(tickets({"resolve"}).code == 1);
      WHEN("they keep it") {
        REQUIRE(git({"add", file}).code == 0);
        CHECK(tickets({"resolve"}).code == 0);
        CHECK(comments(id) == std::vector<std::string>{"from b"});
      }
      WHEN("they delete it") {
        done({"delete", id});
        CHECK(has(tickets({"resolve"}).out, id + ": is deleted"));
        CHECK(tickets({"show", id}).code == 1);
      }
      CHECK(asked({"show", "FOLLOW-1"})["comments"].empty());
      CHECK(all_staged());
      CHECK(asked({"index"})["in_step"] == true);
    }
}

SCENARIO_METHOD(lookalikes, "two sides that closed, deleted or made different tickets keep all of them") {
  WHEN("both closed it, and one made another") {
    closed_and_followed();
    done({"comment", id, "from b"});
    done({"close", id});
    save();
    for (auto* at : {"main", "theirs"})
      DYNAMIC_SECTION("merged on " << at) {
        REQUIRE(git({"checkout", "-q", at}).code == 0);
        CHECK(git({"merge", "-q", "-m", "both", std::string{at} == "main" ? "theirs" : "main"}).code == 1);
        CHECK(tickets({"resolve"}).code == 0);
        check_whole();
      }
  }
  WHEN("both made tickets of one id, besides") {
    closed_and_followed();
    std::filesystem::remove_all(root() + "/.git/hyakki-tickets");
    done({"comment", id, "from b"});
    done({"create", "Follow that"});
    save();
    for (auto* at : {"main", "theirs"})
      DYNAMIC_SECTION("merged on " << at) {
        REQUIRE(git({"checkout", "-q", at}).code == 0);
        CHECK(git({"merge", "-q", "-m", "both", std::string{at} == "main" ? "theirs" : "main"}).code == 1);
        auto answer = tickets({"resolve"});
        INFO(answer.out << answer.err);
        CHECK(answer.code == 0);
        CHECK(asked({"list", "--all"}).size() == 3);
        CHECK(asked({"show", "FOLLOW-1"})["title"] == "Follow up");
        check_whole();
      }
  }
  WHEN("one closed it, the other deleted it and made another, and git merged their lines") {
    merge_drivers_of_nobody();
    deleted_and_followed();
    done({"close", id});
    save();
    CHECK(git({"merge", "-q", "-m", "both", "theirs"}).code == 1);
    THEN("both can be read again, and people say whether it is kept") {
      CHECK(has(tickets({"resolve"}).err, id + " is left to you: one side changed it, the other deleted it"));
      CHECK(asked({"show", id})["status"] == "closed");
      CHECK(asked({"show", "FOLLOW-1"})["title"] == "Follow up");
      REQUIRE(git({"add", ".tickets/closed/" + id + ".yaml"}).code == 0);
      CHECK(tickets({"resolve"}).code == 0);
      CHECK(all_staged());
    }
  }
  WHEN("both deleted it, and each made another") {
    deleted_and_followed();
    done({"delete", id});
    done({"create", "Another"});
    save();
    CHECK(git({"merge", "-q", "-m", "both", "theirs"}).code == 1);
    THEN("it is gone, and both are there") {
      CHECK(tickets({"resolve"}).code == 0);
      CHECK(asked({"list"}).size() == 2);
      CHECK(tickets({"show", id}).code == 1);
      CHECK(all_staged());
    }
  }
}

SCENARIO_METHOD(lookalikes, "what git merged by lines is merged by fields afterwards") {
  merge_drivers_of_nobody();
  branch([&] {
    done({"comment", id, "theirs"});
    done({"update", id, "-p", "high"});
  });
  commented();
  CHECK(git({"merge", "-q", "-m", "both", "theirs"}).code == 1);
  CHECK(tickets({"show", id}).code == 1);
  auto answer = tickets({"resolve"});
  CHECK(answer.code == 0);
  CHECK(has(answer.out, id + ": both sides' changes are in .tickets/open/" + id + ".yaml"));
  CHECK(asked({"show", id})["priority"] == "high");
  CHECK(comments(id) == std::vector<std::string>{"from b", "theirs"});
  CHECK(asked({"index"})["in_step"] == true);
  CHECK(all_staged());
}

SCENARIO_METHOD(lookalikes, "a text that both wrote is left to people, and what they write is taken") {
  branch([&] { done({"update", id, "-d", "It fails with a space in the name."}); });
  done({"update", id, "-d", "It fails on Mondays."});
  save();
  CHECK(git({"merge", "-q", "-m", "both", "theirs"}).code == 1);
  auto answer = tickets({"resolve"});
  CHECK(answer.code == 1);
  CHECK(has(answer.err, id + " is left to you: both sides changed description"));
  done({"update", id, "-d", "It fails on Mondays with a space in the name."});
  CHECK(tickets({"resolve"}).code == 0);
  CHECK(asked({"show", id})["description"] == "It fails on Mondays with a space in the name.");
  CHECK(all_staged());
}

SCENARIO_METHOD(lookalikes, "an id that both gave is settled with both tickets") {
  branch([&] { done({"create", "Fix the side"}); });
  std::filesystem::remove_all(root() + "/.git/hyakki-tickets");
  done({"create", "Fix the main"});
  save();
  CHECK(git({"merge", "-q", "-m", "both", "theirs"}).code == 1);
  auto answer = tickets({"resolve"});
  CHECK(answer.code == 0);
  CHECK(has(answer.out, "FIX-2: both sides made one; the later one is FIX-"));
  CHECK(asked({"list"}).size() == 3);
  CHECK(asked({"show", "FIX-2"})["title"] == "Fix the side");
  CHECK(asked({"index"})["in_step"] == true);
  CHECK(all_staged());
}

SCENARIO_METHOD(lookalikes, "what is no record of the store is left to people") {
  branch([&] { write(".tickets/open/" + id + ".yaml", "[ no ticket\n"); });
  commented();
  CHECK(git({"merge", "-q", "-m", "both", "theirs"}).code == 1);
  auto answer = tickets({"resolve"});
  CHECK(answer.code == 1);
  CHECK(has(answer.err, id + " is left to you: cannot be merged by its fields"));
  CHECK(has(git({"status", "--short"}).out, "UU "));
}
