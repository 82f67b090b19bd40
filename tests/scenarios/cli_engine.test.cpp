// run, check and pr as a user meets them: real processes, a real repository, a scripted agent.

#include "core/clock.hpp"
#include "tests/scenarios/cli_world.hpp"
#include "tests/support/raw_lmdb.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <future>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace hyakki;
using namespace hyakki::test;
using json = nlohmann::json;

namespace {

/// A bare repository `app`, tickets that want work, and an agent that does what the ticket's title says.
struct working_world : cli_world {
  working_world() {
    write("agent", "#!/bin/sh\nprompt=$(cat)\ncase $prompt in\n"
                   "  *refuse*) echo 'I will not.'; exit 1 ;;\n"
                   "  *idle*) echo 'There is nothing to do.'; exit 0 ;;\n"
                   "  *linger*) sleep 30 ;;\nesac\n"
                   "echo changed >file.txt\necho 'I changed it.'\n");
    std::filesystem::permissions(dir / "agent", std::filesystem::perms::owner_all);
    write("hyakki.yaml", "issue_tracker:\n  type: tickets\n  path: project\n"
                         "repo_hosting:\n  type: local\n  path: host\n"
                         "agent:\n  type: command\n  command: ./agent\n  timeout_seconds: 60\n"
                         "routing:\n  default_repository: app\n"
                         "orchestrator:\n  workspace_dir: work\n  poll_interval_seconds: 1\n"
                         "storage:\n  path: state\n"
                         "retry:\n  max_attempts: 1\n"
                         "checks:\n  - name: there\n    command: [test, -f, file.txt]\n");
    git({"init", "-q", "seed"});
    write("seed/README.md", "an app\n");
    git({"-C", "seed", "add", "README.md"});
    git({"-C", "seed", "-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-q", "-m", "Begin"});
    git({"clone", "-q", "--bare", "seed", "host/app.git"});
  }

  std::string git(std::vector<std::string> arguments) {
    auto spec = process_spec{};
    spec.argv = {"git", "-c", "init.defaultBranch=main"};
    spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
    spec.environment = {"PATH=/usr/bin:/bin", "HOME=" + dir.path(), "GIT_CONFIG_NOSYSTEM=1"};
    spec.directory = dir.path();
    auto left = children->run(spec);
    INFO(left.err);
    REQUIRE(left.ok());
    return left.out;
  }

  void ticket(const std::string& id, const std::string& title) const {
    write("project/.tickets/open/" + id + ".yaml",
          "id: " + id + "\ntitle: " + title + "\ndescription: d\nstatus: open\npriority: medium\n" +
            "reporter: Ann\nreporter_email: ann@example.org\nlabels:\n- ai-pipeline\n" +
            "created_at: '2026-11-02T09:15:00'\nupdated_at: '2026-11-02T09:15:00'\ncomments: []\n");
  }

  /// Starts `hyakki run` and leaves it running.
  std::shared_ptr<process_handle> daemon(std::promise<said>& ended) {
    auto spec = process_spec{};
    spec.argv = {std::getenv("HYAKKI_PROGRAM"), "run", "-c", "hyakki.yaml"};
    spec.environment = {"PATH=/usr/bin:/bin", "HOME=" + dir.path()};
    spec.directory = dir.path();
    spec.limits.wall = std::chrono::seconds{60};
    auto handlers = process_handlers{};
    auto lines = std::make_shared<std::string>();
    handlers.on_lines = [lines](std::vector<output_line> batch) {
      for (auto& l : batch)
        *lines += l.text + "\n";
    };
    handlers.on_exit = [lines, &ended](exit_status e) {
      ended.set_value({e.how == process_end::exited ? e.code : 1000 + e.signal, *lines, e.error_text});
    };
    return children->start(spec, handlers);
  }

  /// Asks until it is so; fails after half a minute.
  template <class Condition>
  void eventually(Condition so) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!so()) {
      if (std::chrono::steady_clock::now() > end)
        FAIL("it did not come to that within 30 s");
      std::this_thread::yield();
    }
  }
};

} // namespace

SCENARIO_METHOD(working_world, "run --once turns a ticket into a pull request and tells of it") {
  ticket("ADD-1", "Add a file");
  WHEN("the agent can do it") {
    auto answer = hyakki({"run", "--once"});
    INFO(answer.out << answer.err);
    THEN("the exit code is 0 and the progress names the story") {
      CHECK(answer.code == 0);
      CHECK(has(answer.out, "ADD-1"));
      CHECK(has(answer.out, "pull request #1 opened"));
      CHECK(has(answer.out, "1 done"));
      CHECK_FALSE(has(answer.out, "\033"));
    }
    THEN("pr shows it, shows its change, and merges it") {
      auto listed = json::parse(hyakki({"pr", "list", "--json"}).out);
      REQUIRE(listed["pull_requests"].size() == 1);
      CHECK(listed["pull_requests"][0]["state"] == "open");
      CHECK(has(hyakki({"pr", "show", "1"}).out, "ADD-1"));
      CHECK(has(hyakki({"pr", "diff", "1"}).out, "+changed"));
      CHECK(hyakki({"pr", "merge", "1"}).code == 0);
      CHECK(git({"-C", "host/app.git", "show", "main:file.txt"}) == "changed\n");
      CHECK(has(hyakki({"pr", "list"}).out, "no open pull requests"));
      CHECK(has(hyakki({"pr", "list", "--all"}).out, "merged"));
      CHECK(hyakki({"pr", "close", "1"}).code == 1);
      CHECK(hyakki({"pr", "show", "99"}).code == 1);
    }
    THEN("a second look finds nothing to do") {
      auto again = hyakki({"run", "--once"});
      CHECK(again.code == 0);
      CHECK(has(again.out, "nothing to do"));
    }
    THEN("log has what the agent said") { CHECK(has(hyakki({"log", "ADD-1"}).out, "I changed it.")); }
  }
  WHEN("the agent leaves everything as it was, where the checks fail without its work") {
    ticket("IDLE-1", "idle about");
    auto answer = hyakki({"run", "--once"});
    INFO(answer.out << answer.err);
    THEN("it is not asked to mend them") {
      auto shown = json::parse(hyakki({"show", "IDLE-1", "--json"}).out);
      CHECK(shown["story"]["state"] == "no_changes");
      CHECK(shown["runs"].size() == 1);
      CHECK(has(shown["story"]["reason"]["text"], "check 'there' fails without its work"));
    }
  }
  WHEN("the agent refuses another") {
    ticket("NO-1", "refuse this");
    auto answer = hyakki({"run", "--once"});
    INFO(answer.out << answer.err);
    THEN("the exit code is 1 and the reason is told") {
      CHECK(answer.code == 1);
      CHECK(has(answer.out, "1 done"));
      CHECK(has(answer.out, "1 failed"));
      CHECK(has(hyakki({"show", "NO-1"}).out, "I will not."));
    }
  }
}

SCENARIO_METHOD(working_world, "a key that the agent was given and prints is told to nobody") {
  GIVEN("an agent that is given a key and ordinary words, and prints them all") {
    auto settings = read("hyakki.yaml");
    settings.replace(settings.find("  timeout_seconds"), 0, "  pass_environment: [MODEL_API_KEY, APIK, MODE, LEVEL]\n");
    settings.replace(settings.find("[test, -f, file.txt]"), 20,
                     "[sh, -c, 'echo check $MODEL_API_KEY; test -f file.txt']");
    write("hyakki.yaml", settings + "log:\n  level: debug\n  file: engine.log\n");
    write("agent", "#!/bin/sh\ncat >/dev/null\necho \"$MODEL_API_KEY and $APIK in $MODE at $LEVEL\"\n"
                   "case $MODE in *broken*) echo \"$APIK was refused\" >&2; exit 1 ;; esac\necho changed >file.txt\n");
    auto key = std::string{"s3cr3t-Zx81"};
    auto other = std::string{"sk-ant-api03-Zx81kfLq02mnbVcXz7aP"};
    for (std::string mode : {"production", "broken"}) {
      WHEN("its run is " + mode) {
        ticket("ADD-1", "Add a file");
        auto run = bare({"run", "--once", "-c", "hyakki.yaml"},
                        {"MODEL_API_KEY=" + key, "APIK=" + other, "MODE=" + mode, "LEVEL=1"});
        THEN("both keys are taken out wherever it is told, and the words stay") {
          auto shown = hyakki({"show", "ADD-1", "--json"}).out;
          auto log = hyakki({"log", "ADD-1"}).out;
          CHECK(has(log, "*** and *** in " + mode + " at 1"));
          for (auto& text : {run.out, run.err, shown, log, read("project/.tickets/open/ADD-1.yaml"), read("engine.log"),
                             read("state/data.mdb"), git({"-C", "host/app.git", "log", "--all", "--format=%B"})}) {
            CHECK_FALSE(has(text, key));
            CHECK_FALSE(has(text, other));
          }
          CHECK(has(shown, mode == "broken" ? "failed" : "check ***"));
        }
      }
    }
  }
}

SCENARIO_METHOD(working_world,
                "a label that names no repository does not stand in the way of the pull requests of others") {
  ticket("ADD-1", "Add a file");
  REQUIRE(hyakki({"run", "--once"}).code == 0);
  GIVEN("a ticket whose label leads to a repository that there is not") {
    ticket("ODD-1", "Add another");
    auto text = read("project/.tickets/open/ODD-1.yaml");
    text.replace(text.find("- ai-pipeline"), 0, "- repo:ap\n");
    write("project/.tickets/open/ODD-1.yaml", text);
    CHECK(hyakki({"run", "--once"}).code == 1);
    THEN("its repository is not known to pr") {
      auto listed = hyakki({"pr", "list"});
      INFO(listed.out << listed.err);
      CHECK(listed.code == 0);
      CHECK(has(listed.out, "ADD-1"));
      CHECK(listed.err.empty());
      CHECK(hyakki({"pr", "show", "1"}).code == 0);
      CHECK(hyakki({"pr", "merge", "1"}).code == 0);
    }
    WHEN("there is such a repository, and the story is worked on there") {
      git({"clone", "-q", "--bare", "seed", "host/ap.git"});
      CHECK(hyakki({"retry", "ODD-1"}).code == 0);
      CHECK(hyakki({"run", "--once"}).code == 0);
      THEN("it is known") {
        CHECK(has(hyakki({"pr", "list"}).out, "ODD-1"));
        CHECK(hyakki({"pr", "show", "1"}).code == 2);
        CHECK(hyakki({"pr", "show", "1", "--repo", "ap"}).code == 0);
      }
    }
  }
}

SCENARIO_METHOD(working_world, "two words that were left for one story take effect in their order") {
  ticket("NO-1", "refuse this");
  REQUIRE(hyakki({"run", "--once"}).code == 1);
  GIVEN("a story that failed, a retry and then a cancel of it") {
    CHECK(hyakki({"retry", "NO-1"}).code == 0);
    CHECK(hyakki({"cancel", "NO-1", "--reason", "nobody needs it"}).code == 0);
    auto again = hyakki({"cancel", "NO-1"});
    CHECK(again.code == 1);
    CHECK(has(again.err, "by a word that waits already"));
    WHEN("hyakki runs") {
      auto run = hyakki({"run", "--once"});
      INFO(run.out << run.err);
      THEN("it is cancelled, not begun, and its ticket says so") {
        auto shown = json::parse(hyakki({"show", "NO-1", "--json"}).out);
        CHECK(shown["story"]["state"] == "cancelled");
        CHECK(shown["runs"].size() == 1);
        CHECK(shown["story"]["reason"]["text"] == "nobody needs it");
        auto text = read("project/.tickets/open/NO-1.yaml");
        CHECK(has(text, "nobody needs it"));
        CHECK_FALSE(has(text, "- ai-failed"));
        CHECK(own()->requests(10)->empty());
      }
    }
  }
}

SCENARIO_METHOD(working_world, "a dry run says what would happen and changes nothing") {
  ticket("ADD-1", "Add a file");
  auto before = read("project/.tickets/open/ADD-1.yaml");
  auto plan = json::parse(hyakki({"run", "--dry-run", "--json"}).out);
  CHECK(plan["schema"] == "hyakki.plan/1");
  REQUIRE(plan["stories"].size() == 1);
  CHECK(plan["stories"][0]["repository"] == "app");
  CHECK(has(hyakki({"run", "--dry-run"}).out, "nothing was changed"));
  CHECK(read("project/.tickets/open/ADD-1.yaml") == before);
  CHECK(has(hyakki({"status"}).out, "no stories yet"));
  WHEN("more stories wait for another than are named") {
    for (int n = 1; n <= 103; ++n) {
      auto file = "project/.tickets/open/WAIT-" + std::to_string(n) + ".yaml";
      ticket("WAIT-" + std::to_string(n), "Wait");
      write(file, read(file) + "blocked_by:\n- ADD-1\n");
    }
    THEN("the others are counted") {
      auto text = hyakki({"run", "--dry-run"}).out;
      INFO(text);
      CHECK(has(text, "\nand 3 more that others hold back\na dry run: nothing was changed\n"));
      auto all = json::parse(hyakki({"run", "--dry-run", "--json"}).out);
      CHECK(all["stories"].size() == 101);
      CHECK(all["held_back_besides"] == 3);
    }
  }
  WHEN("one of two trackers does not answer") {
    auto host = std::string{"    repo_hosting: {type: local, path: host}\n    routing: {default_repository: app}\n"};
    write("hyakki.yaml", "projects:\n"
                         "  - issue_tracker: {type: tickets, name: gone, path: nowhere}\n" +
                           host + "  - issue_tracker: {type: tickets, name: here, path: project}\n" + host +
                           "agent: {type: command, command: ./agent}\norchestrator: {workspace_dir: work}\n");
    auto text = hyakki({"run", "--dry-run"});
    INFO(text.out << text.err);
    THEN("what the other would have begun is shown, and the end says that something is missing") {
      CHECK(text.code == 1);
      CHECK(has(text.out, "ADD-1"));
      CHECK(has(text.err, "gone: "));
      auto all = json::parse(hyakki({"run", "--dry-run", "--json"}).out);
      CHECK(all["stories"].size() == 1);
      CHECK(all["errors"].size() == 1);
    }
  }
}

SCENARIO_METHOD(working_world, "what cannot start says why and ends with 3") {
  GIVEN("another process that owns the state directory") {
    auto owner = own();
    THEN("run names it") {
      auto answer = hyakki({"run", "--once"});
      CHECK(answer.code == 3);
      CHECK(has(answer.err, "pid " + std::to_string(::getpid())));
    }
  }
  GIVEN("a store of a newer hyakki") {
    own().reset();
    raw_put(dir / "state/data.mdb", "meta", "schema", std::string{"\0\0\0\x63", 4});
    THEN("run and status refuse it") {
      CHECK(hyakki({"run", "--once"}).code == 3);
      CHECK(hyakki({"status"}).code == 3);
    }
  }
  GIVEN("a configuration that is wrong") {
    write("hyakki.yaml", "agent: 1\n");
    THEN("that is 2") { CHECK(hyakki({"run", "--once"}).code == 2); }
  }
}

SCENARIO_METHOD(working_world, "what a tracker or a code host refuses ends every command alike") {
  std::filesystem::remove_all(dir / "project");
  std::filesystem::remove_all(dir / "host");
  for (auto& words : std::vector<std::vector<std::string>>{{"run", "--once"},
                                                           {"run", "--dry-run"},
                                                           {"pr", "list", "--repo", "app"},
                                                           {"pr", "show", "1", "--repo", "app"}}) {
    auto answer = hyakki(words);
    INFO(words[0] << " " << words[1] << answer.out << answer.err);
    CHECK(answer.code == 1);
  }
}

SCENARIO_METHOD(working_world, "check asks everything that a run needs") {
  GIVEN("a world where all is well") {
    auto answer = hyakki({"check"});
    INFO(answer.out << answer.err);
    CHECK(answer.code == 0);
    CHECK(has(answer.out, "git version"));
    auto real = json::parse(hyakki({"check", "--json"}).out);
    CHECK(real["schema"] == "hyakki.check/1");
    CHECK(real["ok"] == true);
    for (auto& one : real["checks"])
      CHECK(one.size() == 3);
    THEN("nothing was made by checking") { CHECK_FALSE(std::filesystem::exists(dir / "state")); }
  }
  GIVEN("no agent, no tickets, no program for a check") {
    std::filesystem::remove(dir / "agent");
    std::filesystem::remove_all(dir / "project");
    write("hyakki.yaml", read("hyakki.yaml") + "  - name: odd\n    command: [no-such-program-anywhere]\n");
    auto answer = hyakki({"check"});
    INFO(answer.out << answer.err);
    THEN("each is a fault of its own") {
      CHECK(answer.code == 2);
      CHECK(has(answer.out, "no-such-program-anywhere"));
      CHECK(has(answer.out, ".tickets"));
      auto faults = 0;
      auto real = json::parse(hyakki({"check", "--json"}).out);
      for (auto& one : real["checks"])
        faults += one["verdict"] == "fault";
      CHECK(faults >= 3);
    }
  }
  GIVEN("repositories, a branch and a place for trees that no run could use") {
    auto file = read("hyakki.yaml");
    auto change = [&](const std::string& from, const std::string& to) {
      file.replace(file.find(from), from.size(), to);
    };
    change("  default_repository: app\n",
           "  default_repository: app\n  allowed: [app, gone]\n  components:\n    web: elsewhere\n");
    change("  path: host\n", "  path: host\n  default_branch: nosuch\n");
    change("workspace_dir: work", "workspace_dir: /proc/x");
    write("hyakki.yaml", file);
    auto answer = hyakki({"check"});
    INFO(answer.out << answer.err);
    THEN("each is told with its key") {
      CHECK(answer.code == 2);
      CHECK(has(answer.out, "routing.components.web"));
      CHECK(has(answer.out, "'elsewhere' is not among routing.allowed"));
      CHECK(has(answer.out, "gone.git"));
      CHECK(has(answer.out, "app has no branch 'nosuch'"));
      CHECK(has(answer.out, "nothing can be made below /proc"));
    }
  }
  GIVEN("a log that cannot be opened") {
    auto rest = read("hyakki.yaml");
    THEN("that is a fault, as a run would not start") {
      auto pipe = dir / "unread"; // nobody reads it: opening it for writing would wait for ever
      REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
      for (std::string file : {"no/such/directory/log", "project", "/proc/log", pipe.c_str()}) {
        write("hyakki.yaml", rest + "log:\n  file: " + file + "\n");
        auto answer = hyakki({"check"});
        INFO(file << "\n" << answer.out << answer.err);
        CHECK(answer.code == 2);
        CHECK(has(answer.out, "log.file"));
        CHECK(hyakki({"run", "--once"}).code == 3);
      }
    }
    THEN("one that can be made is none, and is not made by checking") {
      write("hyakki.yaml", rest + "log:\n  file: new.log\n");
      auto answer = hyakki({"check"});
      INFO(answer.out << answer.err);
      CHECK(answer.code == 0);
      CHECK(has(answer.out, "new.log (will be made)"));
      CHECK_FALSE(std::filesystem::exists(dir / "new.log"));
    }
  }
  GIVEN("no directory of repositories") {
    std::filesystem::remove_all(dir / "host");
    THEN("it is said how to mend that") {
      auto answer = hyakki({"check"});
      CHECK(answer.code == 2);
      CHECK(has(answer.out, "make it, and put them there with git clone --mirror"));
    }
  }
  GIVEN("two faults in the file") {
    write("hyakki.yaml", "nonsense: 1\n" + read("hyakki.yaml") + "retries: 2\n");
    THEN("both are lines of the answer") {
      auto answer = hyakki({"check"});
      CHECK(answer.code == 2);
      CHECK(has(answer.out, "nonsense"));
      CHECK(has(answer.out, "retries"));
    }
  }
}

SCENARIO_METHOD(working_world, "a dry run says what a run would do about stories that are on record") {
  ticket("FIX-1", "A bug");
  ticket("FIX-2", "Another");
  remember({story_in(state::done, "tickets", "FIX-1", "A bug", system_clock{}.now())});
  auto answer = hyakki({"run", "--dry-run", "--json"});
  INFO(answer.out << answer.err);
  REQUIRE(answer.code == 0);
  auto plan = json::parse(answer.out);
  for (auto& one : plan["stories"])
    CHECK(one["text"] == (one["key"] == "FIX-1" ? "would not run: done on record" : "would run"));
}

SCENARIO_METHOD(working_world, "a daemon works, is seen, obeys and ends when asked") {
  ticket("LATE-1", "linger a while");
  auto ended = std::promise<said>{};
  auto answer = ended.get_future();
  auto handle = daemon(ended);
  eventually([&] { return has(hyakki({"status"}).out, "implementing"); });
  WHEN("it is looked at") {
    THEN("its pid is told, and a second one is refused") {
      CHECK(json::parse(hyakki({"status", "--json"}).out)["daemon"]["pid"] == handle->pid());
      CHECK(hyakki({"run", "--once"}).code == 3);
    }
  }
  WHEN("the story is cancelled") {
    auto cancelled = hyakki({"cancel", "LATE-1", "--reason", "changed our minds"});
    THEN("the daemon takes the word") {
      CHECK(cancelled.code == 0);
      eventually([&] {
        return json::parse(hyakki({"show", "LATE-1", "--json"}).out)["story"]["state"] == "cancelled";
      });
    }
  }
  ::kill(handle->pid(), SIGTERM);
  auto left = answer.get();
  INFO(left.out << left.err);
  CHECK(left.code == 0);
  CHECK(has(hyakki({"status"}).out, "not running"));
}

SCENARIO_METHOD(working_world,
                "a workflow that was started is worked through, story by story, whatever kills the engine") {
  git({"init", "-q", "project"});
  auto tickets = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "tickets");
    arguments.insert(arguments.end(), {"-C", "project"});
    auto answer = bare(std::move(arguments));
    INFO(answer.err);
    REQUIRE(answer.code == 0);
    return answer.out;
  };
  tickets({"create", "Add a file"});
  auto id =
    json::parse(tickets({"workflow", "create", "ADD-1", "--step", "one:code", "--step", "two:code:one", "--step",
                         "three:document:two", "--when", "three=priority:low", "--format", "json"}))["id"]
      .get<std::string>();
  tickets({"workflow", "start", id});
  auto now = [&] { return json::parse(tickets({"workflow", "status", id, "--format", "json"})); };
  for (auto step : {0, 1}) {
    auto ended = std::promise<said>{};
    auto answer = ended.get_future();
    auto handle = daemon(ended);
    eventually([&] { return now()["steps"][step]["status"] != "pending"; });
    ::kill(handle->pid(), SIGKILL);
    answer.get();
  }
  auto ended = std::promise<said>{};
  auto answer = ended.get_future();
  auto handle = daemon(ended);
  eventually([&] { return now()["status"] == "completed"; });
  ::kill(handle->pid(), SIGTERM);
  CHECK(answer.get().code == 0);
  THEN("each step was done once, and the ticket tells of it") {
    auto w = now();
    CHECK(w["steps"][0]["task_id"] == id + "-1-1");
    CHECK(w["steps"][1]["status"] == "completed");
    CHECK(w["steps"][2]["status"] == "skipped");
    CHECK(json::parse(hyakki({"pr", "list", "--json"}).out)["pull_requests"].size() == 2);
    auto comments = json::parse(tickets({"show", "ADD-1", "--format", "json"}))["comments"];
    auto told = [&](auto& c) { return has(c["content"].template get<std::string>(), "/success -->"); };
    CHECK(std::count_if(comments.begin(), comments.end(), told) == 2);
  }
}
