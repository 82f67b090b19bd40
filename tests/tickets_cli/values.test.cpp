// Values that no store should hold: whoever gives them is told, and nothing is written.

#include "tests/tickets_cli/cli_tickets_world.hpp"

using namespace hyakki::test;

namespace {

class values_store : public empty_store {
public:
  /// The errors of a batch that must be refused.
  std::string refused(const std::string& command, const std::string& text) {
    input = text;
    auto answer = tickets({"batch", command, "-", "--json"});
    input.clear();
    INFO(text << answer.out << answer.err);
    CHECK(answer.code == 1);
    CHECK(answer.parsed()["success"] == false);
    CHECK(answer.parsed()["created_ids"].empty());
    CHECK(answer.parsed()["updated_ids"].empty());
    return answer.parsed()["errors"].dump();
  }
  json done(const std::string& command, const std::string& text) {
    input = text;
    auto answer = asked({"batch", command, "-"});
    input.clear();
    return answer;
  }
};

} // namespace

SCENARIO_METHOD(values_store, "a batch refuses what the other commands refuse") {
  auto one = make("One thing"), two = make("Two things");
  WHEN("times are none, days are in no calendar, or a zone is named") {
    for (auto bad : {"not a date", "2026-13-45T00:00:00", "2026-02-30T00:00:00", "2026-11-20T12:00:00+02:00",
                     "2026-11-20T12:00:00Z"}) {
      auto value = std::string{bad};
      CHECK(has(refused("create", R"([{"title": "x", "created_at": ")" + value + R"("}])"), "created_at is"));
      CHECK(has(refused("update", R"({"ONE-1": {"time_logs": [{"id": "a", "start_time": ")" + value + R"("}]}})"),
                "time_logs[0].start_time is"));
      CHECK(has(refused("update", R"({"ONE-1": {"comments": [{"id": "a", "author": "b", "email": "", "content": "c",
                                      "created_at": ")" +
                                    value + R"("}]}})"),
                "comments[0].created_at is"));
    }
  }
  WHEN("numbers are below zero") {
    CHECK(has(refused("create", R"([{"title": "x", "estimated_hours": -3}])"), "estimated_hours is -3"));
    CHECK(has(refused("update", R"({"ONE-1": {"story_points": -2}})"), "story_points is -2; it must be 0 to 1000000"));
  }
  WHEN("time ends before it begins") {
    CHECK(has(refused("update", R"({"ONE-1": {"time_logs": [{"id": "a", "start_time": "2026-11-20T12:00:00",
                                   "end_time": "2026-11-20T11:00:00"}]}})"),
              "lies before start_time"));
  }
  WHEN("links cannot be") {
    CHECK(has(refused("update", R"({"ONE-1": {"blocked_by": ["one-1"]}})"), "blocked_by has the ticket itself"));
    CHECK(has(refused("update", R"({"ONE-1": {"parent_ticket_id": "ONE-1"}})"), "parent_ticket_id is the ticket"));
    CHECK(
      has(refused("update", R"({"ONE-1": {"blocked_by": ["TWO-1"]}, "TWO-1": {"blocked_by": ["ONE-1"]}})"), "circle"));
    CHECK(has(refused("update", R"({"ONE-1": {"blocks": ["TWO-1"], "blocked_by": ["TWO-1"]}})"), "circle"));
    CHECK(has(refused("update", R"({"ONE-1": {"blocked_by": ["NOPE-1"]}})"),
              "ONE-1: blocked_by: there is no ticket NOPE-1"));
    CHECK(has(refused("create", R"([{"title": "x", "epic_id": "NOPE-1"}])"), "epic_id: there is no epic NOPE-1"));
  }
  THEN("nothing was stored") {
    CHECK(asked({"list"}).size() == 2);
    CHECK(asked({"health"})["is_healthy"] == true);
  }
}

SCENARIO_METHOD(values_store, "tickets of one batch may name each other, in any letters") {
  auto made = done("create", R"([{"title": "Alpha", "blocked_by": ["beta-1"]}, {"title": "Beta"}])");
  CHECK(made["created_ids"] == json{"ALPHA-1", "BETA-1"});
  CHECK(asked({"show", "ALPHA-1"})["blocked_by"] == json{"BETA-1"});
}

SCENARIO_METHOD(values_store, "what a batch links is known on both sides, as what link and update --epic do") {
  auto one = make("One thing"), two = make("Two things"), three = make("Three things");
  auto epic = asked({"epic", "create", "Goal"})["id"].get<std::string>();
  auto other = asked({"epic", "create", "Other"})["id"].get<std::string>();
  auto of = [&](const std::string& id, const char* key) { return asked({"show", id})[key]; };
  auto members = [&](const std::string& id) { return asked({"epic", "show", id})["ticket_ids"]; };
  for (auto how : {"--atomic", "--no-atomic"}) {
    INFO(how);
    auto update = [&](const std::string& text) {
      input = text;
      auto answer = asked({"batch", "update", "-", how});
      input.clear();
      CHECK(answer["success"] == true);
    };
    update(R"({"ONE-1": {"blocked_by": ["TWO-1"], "epic_id": "GOAL-1"}, "TWO-1": {"related_to": ["THREE-1"]},
               "THREE-1": {"child_ticket_ids": ["ONE-1"]}})");
    CHECK(of(two, "blocks") == json{one});
    CHECK(of(three, "related_to") == json{two});
    CHECK(of(one, "parent_ticket_id") == three);
    CHECK(members(epic) == json{one});
    WHEN("a link is turned, the parent changes and the epic changes") {
      update(
        R"({"ONE-1": {"blocks": ["TWO-1"], "blocked_by": [], "parent_ticket_id": "TWO-1", "epic_id": "OTHER-1"}})");
      CHECK(of(two, "blocks").empty());
      CHECK(of(two, "blocked_by") == json{one});
      CHECK(of(two, "child_ticket_ids") == json{one});
      CHECK(of(three, "child_ticket_ids").empty());
      CHECK(members(epic).empty());
      CHECK(members(other) == json{one});
    }
    update(R"({"ONE-1": {"blocks": [], "blocked_by": [], "parent_ticket_id": null, "epic_id": null},
               "THREE-1": {"related_to": []}})");
    for (auto& id : {one, two, three}) {
      INFO(id);
      for (auto key : {"blocks", "blocked_by", "related_to", "child_ticket_ids"})
        CHECK(of(id, key).empty());
      CHECK(of(id, "parent_ticket_id").is_null());
    }
    CHECK(members(epic).empty());
    CHECK(members(other).empty());
  }
  THEN("a child that two claim has the last one, and a circle over two tickets is refused") {
    done("update", R"({"ONE-1": {"child_ticket_ids": ["THREE-1"]}, "TWO-1": {"child_ticket_ids": ["THREE-1"]}})");
    CHECK(of(three, "parent_ticket_id") == two);
    CHECK(of(one, "child_ticket_ids").empty());
    CHECK(has(refused("update", R"({"ONE-1": {"blocks": ["TWO-1"]}, "TWO-1": {"blocks": ["ONE-1"]}})"), "circle"));
    CHECK(of(one, "blocked_by").empty());
  }
  THEN("a new ticket is known to what it names") {
    auto made = done("create", R"([{"title": "Alpha", "blocks": ["one-1"], "epic_id": "goal-1"},
                                   {"title": "Beta", "parent_ticket_id": "ALPHA-1"}])");
    CHECK(made["success"] == true);
    CHECK(of(one, "blocked_by") == json{"ALPHA-1"});
    CHECK(of("ALPHA-1", "child_ticket_ids") == json{"BETA-1"});
    CHECK(members(epic) == json{"ALPHA-1"});
    CHECK(asked({"health"})["is_healthy"] == true);
  }
}

SCENARIO_METHOD(values_store, "less than an hour is told in minutes") {
  auto id = asked({"create", "Work", "--estimate", "0.25"})["id"].get<std::string>();
  CHECK(tickets({"time", id, "--add", "2"}).code == 0);
  auto shown = tickets({"time", id}).out;
  INFO(shown);
  CHECK(has(shown, "Total logged: 2m"));
  CHECK(has(shown, "Estimated: 15m | Remaining: 13m"));
  CHECK(has(shown, "| 2m | work"));
  CHECK(tickets({"time", id, "--add", "88"}).code == 0);
  CHECK(has(tickets({"time", id}).out, "Total logged: 1.5h"));
}

SCENARIO_METHOD(values_store, "a store that holds odd values is told so, and can be mended bit by bit") {
  auto one = make("One thing"), two = make("Two things"), three = make("Three things");
  auto spoil = [&](const std::string& id, const std::string& from, const std::string& to) {
    auto name = ".tickets/open/" + id + ".yaml";
    auto text = read(name);
    auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    write(name, text.replace(at, from.size(), to));
  };
  spoil(one, "blocked_by: []", "blocked_by:\n- TWO-1");
  spoil(two, "blocked_by: []", "blocked_by:\n- ONE-1");
  spoil(three, "blocked_by: []", "blocked_by:\n- THREE-1");
  spoil(three, "estimated_hours: null", "estimated_hours: -2");
  spoil(three, "created_at: '2026-11-20T12:00:00'", "created_at: '2026-02-30T12:00:00'");
  auto found = asked({"health"});
  CHECK(found["is_healthy"] == false);
  auto issues = found["issues"].dump();
  INFO(issues);
  CHECK(has(issues, "ONE-1 > TWO-1 > ONE-1 wait for each other"));
  CHECK(has(issues, "ticket THREE-1: blocked_by has the ticket itself"));
  CHECK(has(issues, "ticket THREE-1: estimated_hours is -2"));
  CHECK(has(issues, "ticket THREE-1: created_at is"));
  done("update", R"({"THREE-1": {"estimated_hours": 2}})");
  CHECK_FALSE(has(asked({"health"})["issues"].dump(), "estimated_hours"));
}

SCENARIO_METHOD(values_store, "a day that no calendar has is refused, and a target before the start") {
  for (auto bad : {"2026-02-30", "2026-04-31", "2026-13-01", "2026-02-29T10:00:00"}) {
    INFO(bad);
    CHECK(tickets({"epic", "create", "Goal", "--target-date", bad}).code == 1);
    CHECK(tickets({"epic", "create", "Goal", "--start-date", bad}).code == 1);
  }
  auto turned = tickets({"epic", "create", "Goal", "--start-date", "2026-05-02", "--target-date", "2026-05-01"});
  CHECK(turned.code == 1);
  CHECK(has(turned.err, "lies before the start date 2026-05-02"));
  CHECK(asked({"epic", "list"}).empty());
  auto id = asked({"epic", "create", "Goal", "--start-date", "2026-05-02"})["id"].get<std::string>();
  CHECK(tickets({"epic", "update", id, "--target-date", "2026-05-01"}).code == 1);
  CHECK(asked({"epic", "update", id, "--target-date", "2028-02-29"})["target_date"] == "2028-02-29T00:00:00");
}

SCENARIO_METHOD(values_store, "update moves a ticket from epic to epic, and both know it") {
  auto id = make("Work");
  auto one = asked({"epic", "create", "Alpha"})["id"].get<std::string>();
  auto two = asked({"epic", "create", "Beta"})["id"].get<std::string>();
  auto members = [&](const std::string& epic) { return asked({"epic", "show", epic})["ticket_ids"]; };
  CHECK(asked({"update", id, "--epic", "alpha-1"})["epic_id"] == one);
  CHECK(members(one) == json{id});
  CHECK(asked({"update", id, "--epic", two})["epic_id"] == two);
  CHECK(members(one).empty());
  CHECK(members(two) == json{id});
  CHECK(tickets({"update", id, "--epic", "NOPE-1"}).code == 1);
  CHECK(members(two) == json{id});
  CHECK(asked({"update", id, "--epic", ""})["epic_id"].is_null());
  CHECK(members(two).empty());
  CHECK(asked({"health"})["is_healthy"] == true);
}

SCENARIO_METHOD(values_store, "a clock that was set back counts no time") {
  auto id = make("Work");
  CHECK(tickets({"time", id, "--start"}).code == 0);
  now = "2026-11-20T11:00:00";
  CHECK(has(tickets({"time", id, "--stop"}).out, "no time is counted"));
  auto log = asked({"show", id})["time_logs"][0];
  CHECK(log["end_time"] == log["start_time"]);
  CHECK(log["duration_minutes"] == 0);
  CHECK(has(tickets({"time", id}).out, "Total logged: 0.0h"));
  GIVEN("a file in which time ends before it began") {
    auto text = read(".tickets/open/" + id + ".yaml");
    auto at = text.find("end_time: '2026-11-20T12");
    REQUIRE(at != std::string::npos);
    write(".tickets/open/" + id + ".yaml", text.replace(at, 24, "end_time: '2026-11-20T10"));
    CHECK(asked({"time", id})["total_hours"] == 0.0);
    CHECK(has(asked({"health"})["issues"].dump(), "lies before start_time"));
  }
}

SCENARIO_METHOD(values_store, "settings that cannot be used are not saved, and those that are there are named") {
  auto before = read(".tickets/config.yaml");
  environment = {"EDITOR=sed -i 1s/open/bogus/"};
  auto refused = tickets({"config", "--edit"});
  CHECK(refused.code == 1);
  CHECK(has(refused.err, "default_status is \"bogus\"; allowed are open"));
  CHECK(read(".tickets/config.yaml") == before);
  WHEN("somebody else wrote a status that is none") {
    write(".tickets/config.yaml", "default_status: bogus\n");
    CHECK(has(asked({"health"})["issues"].dump(), "default_status is"));
  }
  WHEN("the file is no YAML") {
    write(".tickets/config.yaml", "{{{\n");
    auto create = tickets({"create", "Fix it"});
    CHECK(create.code == 1);
    CHECK(has(create.err, "tickets config --edit"));
    CHECK(has(create.err, "tickets config --reset"));
    auto health = tickets({"health", "--json"});
    CHECK(health.code == 1);
    CHECK(health.parsed()["status"] == "unhealthy");
    CHECK(has(health.parsed()["issues"].dump(), "settings: config.yaml"));
    THEN("both ways mend it") {
      environment = {"EDITOR=sed -i s/{{{/{}/"};
      CHECK(tickets({"config", "--edit"}).code == 0);
      CHECK(asked({"create", "Fix it"})["status"] == "open");
      write(".tickets/config.yaml", "{{{\n");
      CHECK(tickets({"config", "--reset"}).code == 0);
      CHECK(asked({"health"})["is_healthy"] == true);
    }
  }
}
