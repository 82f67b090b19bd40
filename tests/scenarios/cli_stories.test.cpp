// What the command line tells of stories, and the words that it leaves for a daemon. Real processes, real store.

#include "runtime/orchestrator.hpp"
#include "tests/scenarios/cli_world.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <thread>
#include <unistd.h>

using namespace hyakki;
using namespace hyakki::test;
using json = nlohmann::json;

namespace {

std::int64_t now() { return system_clock{}.now(); }

struct three_stories : cli_world {
  three_stories() {
    auto done = story_in(state::done, "tickets", "FIX-1", "Round half up", now() - 3'000'000);
    done.record.repository = "app";
    done.record.branch = "feature/FIX-1";
    done.record.commit.edit().sha = std::string(40, 'c');
    done.record.commit.edit().files = {{"a.py", 3, 1, false}};
    done.record.pull.edit().id = "7";
    done.record.pull.edit().title = "[AI] FIX-1: Round half up";
    done.record.pull.edit().source_branch = "feature/FIX-1";
    done.record.pull.edit().target_branch = "main";
    done.record.pull.edit().state = "open";
    auto r = run{};
    r.number = 1;
    r.outcome = run_outcome::succeeded;
    r.agent = "command";
    r.session = "s-1";
    r.started_ms = now() - 3'100'000;
    r.ended_ms = r.started_ms + 12'000;
    r.exit_code = 0;
    r.turns = 3;
    r.cost_microusd = 42'100;
    r.summary = "I rounded.\n\033[31mred\033[0m";
    done.record.runs = {r};
    done.record.proof = {{"test", "make test", 0, true, now(), 900, "ok"}};
    auto past = rework_round{}, open = rework_round{};
    past.begun_ms = open.begun_ms = now() - 3'050'000;
    past.asked_by = "the label hyakki-rework";
    past.wanted = past.answered = 1;
    past.open = false;
    open.asked_by = "rev\033[31miewer";
    open.wanted = 2;
    open.remarks = {{"c-1", "rev", "Please\n\033]0;x\007 round it up", "a.py", 3, false, now()},
                    {"t-2", "rev", "Say why", "", 0, true, now()}};
    done.record.rework = {past, open};
    auto parked = story_in(state::parked, "tickets", "PAY-1", "evil \033]8;;http://x\007 \xff title", now() - 1'000);
    parked.record.has_trouble = true;
    parked.record.why = trouble{ec::bad_config, "the token is wrong", state::pushing, now() - 1'000};
    auto old = story_in(state::done, "tickets", "OLD-1", "Long ago", now() - 30ll * 86'400'000);
    auto other = story_in(state::queued, "elsewhere", "PAY-1", "Same key", now() - 500'000);
    remember({done, parked, old, other});
  }
};

} // namespace

SCENARIO_METHOD(three_stories, "a key that was copied from a comment or a chat names its story") {
  for (std::string hidden : {"\xE2\x80\x8B", "\xE2\x81\xA0"}) {
    auto answer = hyakki({"show", "FIX-" + hidden + "1", "--json"});
    CHECK(answer.code == 0);
    CHECK(json::parse(answer.out)["story"]["key"] == "FIX-1");
  }
}

SCENARIO_METHOD(three_stories, "show lists the rounds of rework, and what the open one is about") {
  auto answer = hyakki({"show", "FIX-1"});
  CHECK(answer.code == 0);
  CHECK(has(answer.out, "1  ended, 1 remark, 1 answered; asked for by the label hyakki-rework"));
  CHECK(has(answer.out, "2  under way, 2 remarks, 0 answered"));
  CHECK(has(answer.out, "rev, a.py:3"));
  CHECK(has(answer.out, "round it up"));
  CHECK(has(answer.out, "rev, task"));
  CHECK_FALSE(has(answer.out, "\033"));
}

SCENARIO_METHOD(three_stories, "status tells where stories stand, newest activity first") {
  WHEN("it is asked for a table") {
    auto answer = hyakki({"status"});
    THEN("what moved last is first and what ended long ago is left out") {
      CHECK(answer.code == 0);
      auto first = answer.out.find("tickets/PAY-1"), second = answer.out.find("elsewhere/PAY-1"),
           third = answer.out.find("tickets/FIX-1");
      CHECK(first < second);
      CHECK(second < third);
      CHECK(third != std::string::npos);
      CHECK_FALSE(has(answer.out, "OLD-1"));
      CHECK(has(answer.out, "--all"));
      CHECK(has(answer.out, "not running"));
      CHECK(has(answer.out, "the token is wrong"));
    }
    THEN("there is no colour outside a terminal") { CHECK_FALSE(has(answer.out, "\033")); }
  }
  WHEN("it is asked for all") {
    THEN("the old one is there") { CHECK(has(hyakki({"status", "--all"}).out, "OLD-1")); }
  }
  WHEN("it is asked for one") {
    THEN("the rest is counted") {
      auto answer = hyakki({"status", "--limit", "1"});
      CHECK_FALSE(has(answer.out, "FIX-1"));
      CHECK(has(answer.out, "and 3 more"));
    }
  }
  WHEN("it is asked for JSON") {
    auto j = json::parse(hyakki({"status", "--json", "--all"}).out);
    THEN("it has its schema and every story") {
      CHECK(j["schema"] == "hyakki.status/1");
      CHECK(j["total"] == 4);
      CHECK(j["stories"].size() == 4);
      CHECK(j["counts"]["done"] == 2);
      CHECK(j["daemon"]["running"] == false);
      CHECK(j["stories"][0]["reason"]["text"] == "the token is wrong");
      CHECK(j["stories"][2]["pull_request"]["id"] == "7");
    }
  }
}

SCENARIO_METHOD(three_stories, "a story whose end is yet to be told says so") {
  auto owed = story_in(state::backing_off, "tickets", "OWED-1", "Its tracker is away", now());
  owed.record.resume_at = state::reporting;
  owed.record.due_ms = now() + 60'000;
  remember({owed});
  CHECK(has(hyakki({"status"}).out, "only its tracker has yet to be told"));
}

SCENARIO_METHOD(three_stories, "a story is found by its id, and by its key when that is enough") {
  THEN("a key that one tracker has is enough") { CHECK(hyakki({"show", "FIX-1"}).code == 0); }
  THEN("a key that two trackers have lists both") {
    auto answer = hyakki({"show", "PAY-1"});
    CHECK(answer.code == 1);
    CHECK(has(answer.err, "tickets/PAY-1"));
    CHECK(has(answer.err, "elsewhere/PAY-1"));
  }
  THEN("the whole id is never ambiguous") { CHECK(hyakki({"show", "elsewhere/PAY-1"}).code == 0); }
  THEN("an unknown one is said as it was given, made safe") {
    auto answer = hyakki({"show", "NO-\033[31m1"});
    CHECK(answer.code == 1);
    CHECK(has(answer.err, "NO-\\x1b"));
    CHECK_FALSE(has(answer.err, "\033"));
  }
  THEN("the longest argument is answered shortly") {
    auto answer = hyakki({"show", std::string(100'000, 'x')});
    CHECK(answer.code == 1);
    CHECK(answer.err.size() < 2000);
  }
}

SCENARIO_METHOD(three_stories, "show tells everything, and strangers' text does nothing") {
  WHEN("a story with a run is shown") {
    auto answer = hyakki({"show", "FIX-1"});
    THEN("runs, cost, evidence, files and steps are there") {
      CHECK(answer.code == 0);
      for (auto part : {"#7", "app", "feature/FIX-1", "a.py", "make test", "s-1", "3 turns", "$0.0421", "I rounded.",
                        "Steps", "transcripts/"})
        CHECK(has(answer.out, part));
      CHECK_FALSE(has(answer.out, "\033"));
    }
  }
  WHEN("the title is hostile") {
    THEN("no control byte reaches the terminal") {
      auto answer = hyakki({"show", "tickets/PAY-1"});
      CHECK(answer.code == 0);
      CHECK_FALSE(has(answer.out, "\033"));
      CHECK_FALSE(has(answer.out, "\007"));
    }
    THEN("the JSON is valid") {
      auto j = json::parse(hyakki({"show", "tickets/PAY-1", "--json"}).out);
      CHECK(j["schema"] == "hyakki.show/1");
      CHECK(j["story"]["reason"]["code"] == "bad_config");
    }
  }
}

SCENARIO_METHOD(three_stories, "log shows what the agent printed") {
  auto path = transcript_path(dir / "state", "tickets/FIX-1", 1);
  GIVEN("a transcript with plain lines, events and mischief") {
    std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
    std::ofstream{path} << "1790000000000 o reading\n"
                        << R"(1790000000500 o {"type":"assistant","message":{"content":[{"type":"tool_use",)"
                        << R"("name":"Edit","input":{"file_path":"a.py"}}]}})"
                        << "\n"
                        << "1790000001000 e warn \033[2J\n"
                        << "1790000002000 o {not json\n"
                        << R"(1790000003000 o {"type":"result","is_error":false,"result":"all done"})"
                        << "\n"
                        << "1790000004000 o last line without an end";
    THEN("it is readable and harmless") {
      auto answer = hyakki({"log", "FIX-1"});
      CHECK(answer.code == 0);
      CHECK(has(answer.out, "reading"));
      CHECK(has(answer.out, "> Edit a.py"));
      CHECK(has(answer.out, "! warn \\x1b[2J"));
      CHECK(has(answer.out, "{not json"));
      CHECK(has(answer.out, "all done"));
      CHECK(has(answer.out, "last line without an end"));
      CHECK_FALSE(has(answer.out, "\033"));
    }
    THEN("--raw prints it as it is") { CHECK(has(hyakki({"log", "FIX-1", "--raw"}).out, "warn \033[2J")); }
    THEN("-f ends with a story that rests") {
      auto answer = hyakki({"log", "FIX-1", "-f"});
      CHECK(answer.code == 0);
      CHECK(has(answer.out, "last line without an end"));
      CHECK(has(answer.err, "the story is done"));
    }
    THEN("a run that never was is refused") {
      auto answer = hyakki({"log", "FIX-1", "--run", "9"});
      CHECK(answer.code == 1);
      CHECK(has(answer.err, "the last one is 1"));
    }
  }
  GIVEN("no transcript") {
    THEN("it says where it looked") {
      auto answer = hyakki({"log", "FIX-1"});
      CHECK(answer.code == 1);
      CHECK(has(answer.err, path));
    }
    THEN("a story without a run says so") { CHECK(hyakki({"log", "tickets/PAY-1"}).code == 1); }
  }
}

SCENARIO_METHOD(three_stories, "cancel and retry leave a durable word for whoever works next") {
  WHEN("nothing runs") {
    auto answer = hyakki({"cancel", "elsewhere/PAY-1", "--reason", "not\nneeded"});
    THEN("the word waits in the store") {
      CHECK(answer.code == 0);
      CHECK(has(answer.out, "next `hyakki run`"));
      auto waiting = own()->requests(10);
      REQUIRE(waiting);
      REQUIRE(waiting->size() == 1);
      CHECK(waiting->front().what == operator_request::kind::cancel);
      CHECK(waiting->front().story == "elsewhere/PAY-1");
      CHECK(waiting->front().reason == "not needed");
    }
  }
  WHEN("a parked story is retried") {
    THEN("it is noted") {
      CHECK(hyakki({"retry", "tickets/PAY-1"}).code == 0);
      CHECK(own()->requests(10)->size() == 1);
    }
  }
  WHEN("several are cancelled at once, and one of them is done") {
    auto answer = hyakki({"cancel", "tickets/PAY-1", "FIX-1", "elsewhere/PAY-1"});
    THEN("the others are noted, and the exit code says that not all were") {
      CHECK(answer.code == 1);
      CHECK(has(answer.err, "is done"));
      CHECK(has(answer.out, "cancel of tickets/PAY-1"));
      CHECK(has(answer.out, "cancel of elsewhere/PAY-1"));
      CHECK(own()->requests(10)->size() == 2);
    }
  }
  WHEN("the state forbids it") {
    THEN("nothing is left and the reason is told") {
      auto answer = hyakki({"cancel", "FIX-1"});
      CHECK(answer.code == 1);
      CHECK(has(answer.err, "is done"));
      CHECK(hyakki({"retry", "FIX-1"}).code == 1);
      CHECK(hyakki({"retry", "elsewhere/PAY-1"}).code == 1);
      CHECK(own()->requests(10)->empty());
    }
  }
}

SCENARIO_METHOD(three_stories, "looking works while another process owns the state directory") {
  auto owner = own();
  THEN("status says who runs") {
    auto answer = hyakki({"status"});
    CHECK(answer.code == 0);
    CHECK(has(answer.out, "pid " + std::to_string(::getpid())));
    auto j = json::parse(hyakki({"status", "--json"}).out);
    CHECK(j["daemon"]["running"] == true);
    CHECK(j["daemon"]["pid"] == ::getpid());
  }
  // This process is the daemon: it takes the word as soon as it is there.
  auto cancelled = [&](const std::function<void(story_record&)>& take, bool whole, bool ends = false) {
    auto spec = process_spec{};
    spec.argv = {std::getenv("HYAKKI_PROGRAM"), "cancel", "tickets/PAY-1", "-c", "hyakki.yaml"};
    spec.environment = {"PATH=/usr/bin:/bin"};
    spec.directory = dir.path();
    spec.limits.wall = std::chrono::seconds{30};
    auto left = process_output{};
    auto client = std::thread{[&] { left = children->run(spec); }};
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    auto word = std::vector<operator_request>{};
    while (word.empty() && std::chrono::steady_clock::now() < end)
      word = *owner->requests(1);
    auto changed = *owner->find("tickets/PAY-1");
    if (ends) {
      owner.reset();
    } else if (!word.empty() && changed) {
      take(*changed);
      ++changed->version;
      CHECK(owner->commit({change{*changed, {}}}));
      CHECK((!whole || owner->drop_request(word.front().seq)));
    }
    client.join();
    CHECK(left.status.code == 0);
    return left.out;
  };
  THEN("a word that nobody is left to take is noted for the next run") {
    auto said = cancelled([&](story_record&) {}, false, true);
    CHECK(has(said, "nothing runs now"));
  }
  THEN("a word that is taken is answered with the new state") {
    CHECK(has(cancelled([](story_record& r) { r.at = state::cancelled; }, true), "tickets/PAY-1 is now cancelled"));
  }
  THEN("a story that was ended, and whose tracker is away, is told as cancelled") {
    auto waits = GENERATE(false, true);
    auto said = cancelled(
      [=](story_record& r) {
        r.verdict = state::cancelled;
        r.at = waits ? state::backing_off : state::reporting;
        r.resume_at = state::reporting;
      },
      waits);
    CHECK(has(said, "tickets/PAY-1 is cancelled and nothing works on it any more"));
    CHECK(has(said, "could not be told yet"));
  }
}

SCENARIO_METHOD(three_stories, "a damaged record hides no other story") {
  auto harmed = story_in(state::queued, "tickets", "BAD-1", "zz this one is damaged zz", now() - 1000);
  remember({harmed});
  auto bytes = read("state/data.mdb");
  auto at = bytes.find(harmed.record.story.title);
  REQUIRE(at != std::string::npos);
  for (; at != std::string::npos; at = bytes.find(harmed.record.story.title, at + 1))
    bytes[at] ^= 1;
  write("state/data.mdb", bytes);
  THEN("lists give the others, and then its name") {
    auto answer = hyakki({"status", "--all"});
    CHECK(answer.code == 1);
    CHECK(has(answer.out, "FIX-1"));
    CHECK(has(answer.out, "PAY-1"));
    CHECK_FALSE(has(answer.out, "BAD-1"));
    CHECK(has(answer.err, "tickets/BAD-1"));
    CHECK(has(answer.err, "the others can"));
    auto said = hyakki({"status", "--all", "--json"});
    CHECK(said.code == 1);
    CHECK(has(said.err, "tickets/BAD-1"));
    auto j = json::parse(said.out);
    CHECK(j["stories"].size() == j["total"]);
    REQUIRE(j["unreadable"].size() == 1);
    CHECK(has(j["unreadable"][0], "tickets/BAD-1"));
  }
  THEN("the others are found by their keys, and one that is not known is not known") {
    CHECK(hyakki({"show", "FIX-1"}).code == 0);
    CHECK(hyakki({"cancel", "tickets/PAY-1"}).code == 0);
    auto none = hyakki({"show", "NO-1"});
    CHECK(none.code == 1);
    CHECK(has(none.err, "no story NO-1 is known here"));
  }
  THEN("it is named where it is asked for") {
    for (auto* word : {"show", "log", "retry", "cancel"})
      for (auto* key : {"BAD-1", "tickets/BAD-1"}) {
        auto answer = hyakki({word, key});
        CHECK(answer.code == 1);
        CHECK(has(answer.err, "the story tickets/BAD-1"));
      }
    CHECK(own()->requests(10)->empty());
  }
}
