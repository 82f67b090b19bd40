// One story's hands, with real children: what they print is read, and nothing outlives its word.

#include "actors/agent_runner.hpp"
#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "adapters/coding_agents/command.hpp"
#include "core/safe_name.hpp"
#include "tests/support/scratch_dir.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

using namespace hyakki;
using namespace hyakki::test;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 60s;

/// An agent that is a line of shell. "session X" names its session, "stop" wants to be stopped.
class line_of_shell final : public coding_agent {
public:
  std::string script;
  std::optional<error> refuses;

  std::string_view name() const override { return "shell"; }
  bool names_session() const override { return false; }
  bool can_resume() const override { return false; }
  result<process_spec> command(const agent_task& task) override {
    if (refuses)
      return *refuses;
    process_spec out;
    out.argv = {"/bin/sh", "-c", script, "agent", task.scratch};
    out.environment = task.base_environment;
    out.directory = task.directory;
    out.input = task.prompt;
    out.limits.wall = 50s;
    out.limits.grace = 100ms;
    return out;
  }
  std::unique_ptr<agent_reader> reader(const agent_task&) override {
    struct reading final : agent_reader {
      std::string session, last;
      progress read(const output_line& line) override {
        last = line.text;
        if (line.text.rfind("session ", 0) == 0)
          session = line.text.substr(8);
        return {session, line.text, line.text == "stop"};
      }
      run_result finish(const exit_status& s) override {
        run_result out;
        out.succeeded = s.how == process_end::exited && s.code == 0;
        out.code = s.how == process_end::cancelled ? ec::over_budget : ec::agent_failed;
        out.exit_code = s.code;
        out.session = session;
        out.summary = last;
        out.error = "it said " + last;
        return out;
      }
    };
    return std::make_unique<reading>();
  }
  result<std::string> probe() override { return std::string{"1"}; }
};

caf::actor_system_config& two_threads(caf::actor_system_config& c) {
  c.set("scheduler.max-threads", 2);
  return c;
}

struct bench {
  scratch_dir dir;
  line_of_shell agent;
  std::unique_ptr<process> children = make_process_door(false);
  config limits; ///< of the agent: checks have them too
  workshop shop;
  caf::actor_system_config settings;
  caf::actor_system system{two_threads(settings)};
  caf::scoped_actor self{system};
  story_supervisor_actor owner;
  agent_runner_actor runner;

  bench() {
    shop.agent = &agent;
    shop.settings = &limits;
    shop.children = children.get();
    shop.time = std::make_shared<system_clock>();
    shop.hide = redactor{{secret{"hush-hush-token"}}};
    shop.state_directory = dir / "state";
    shop.mark_prefix = "runner-test-" + dir.path().substr(dir.path().rfind('-')) + "/";
    shop.environment = {"PATH=/usr/local/bin:/usr/bin:/bin"};
    auto ear = caf::actor_cast<caf::actor>(self);
    owner = system.spawn([ear](story_supervisor_actor::pointer) -> story_supervisor_actor::behavior_type {
      return {
        [](story_word) {}, [](atom::granted, const std::string&) {},
        [=](atom::session, std::uint32_t n, const std::string& s) { caf::anon_send(ear, atom::session::value, n, s); },
        [](atom::cancel, const std::string&, bool) {}};
    });
    runner = system.spawn(agent_runner, &shop, owner);
  }
  ~bench() {
    caf::anon_send_exit(owner, caf::exit_reason::kill);
    self->wait_for(runner); // it follows its owner when nothing runs any more
    CHECK(children->running() == 0);
  }

  agent_order order(std::uint32_t number = 1) const {
    return {"t/K-1", "K-1", number, run_role::implement, dir.path(), "the prompt", {}, false, {}};
  }
  auto start(std::uint32_t number = 1) { return self->request(runner, patience, atom::run::value, order(number)); }
  template <class Answer, class Sent>
  result<Answer> heard(Sent sent) {
    result<Answer> out{ec::timed_out, "nothing was answered"};
    sent.receive([&](Answer& a) { out = std::move(a); }, [&](caf::error& e) { out = from_caf(e); });
    return out;
  }
  result<run_report> run(std::string script) {
    agent.script = std::move(script);
    return heard<run_report>(start());
  }
  result<evidence> check(std::vector<std::string> command, std::int64_t timeout_ms = 50'000) {
    return heard<evidence>(self->request(runner, patience, atom::check::value,
                                         check_order{"t/K-1", "test", std::move(command), dir.path(), timeout_ms}));
  }
  /// Waits until the running agent tells its session.
  std::string told_session() {
    std::string out;
    self->receive([&](atom::session, std::uint32_t, const std::string& s) { out = s; },
                  caf::after(patience) >> [] { FAIL_CHECK("no session was told"); });
    return out;
  }
  /// Waits for the end of all children.
  bool all_ended() const {
    auto until = std::chrono::steady_clock::now() + patience;
    while (children->running() > 0 && std::chrono::steady_clock::now() < until)
      std::this_thread::yield();
    return children->running() == 0;
  }
  std::string transcript(std::uint32_t number = 1) const {
    std::ostringstream out;
    out << std::ifstream{shop.state_directory + "/transcripts/" + safe_name("t/K-1") + "/" + std::to_string(number) +
                         ".log"}
             .rdbuf();
    return out.str();
  }
};

} // namespace

SCENARIO("an agent is run, read and written down") {
  bench b;
  auto report = b.run("cat; echo; echo session s-1; echo session s-1; echo the token is hush-hush-token");
  REQUIRE(report);
  CHECK(report->succeeded);
  CHECK(report->what.outcome == run_outcome::succeeded);
  CHECK(report->what.number == 1);
  CHECK(report->what.session == "s-1");
  CHECK(report->what.error.empty());
  THEN("its session was told at once, and once") {
    CHECK(b.told_session() == "s-1");
    CHECK(b.self->mailbox().empty());
  }
  THEN("nothing secret leaves by its last words or its transcript") {
    CHECK(report->what.summary.find("hush") == std::string::npos);
    CHECK(b.transcript().find("hush") == std::string::npos);
    CHECK(b.transcript().find("the prompt") != std::string::npos);
  }
  THEN("its scratch directory is gone") {
    CHECK_FALSE(std::filesystem::exists(b.shop.state_directory + "/scratch/" + safe_name("t/K-1") + "/1"));
  }
  THEN("the next one is run too") {
    b.agent.script = "exit 3";
    auto next = b.heard<run_report>(b.start(2));
    REQUIRE(next);
    CHECK_FALSE(next->succeeded);
    CHECK(next->code == ec::agent_failed);
    CHECK(next->what.exit_code == 3);
    CHECK(next->what.outcome == run_outcome::failed);
  }
}

SCENARIO("a secret that stands where something is cut leaves no half of itself") {
  bench b;
  auto token = std::string{"hush-hush-token"};
  auto half = std::string{"hush"};
  auto fill = [](std::size_t n) { return "head -c " + std::to_string(n) + " /dev/zero | tr '\\0' ."; };
  std::vector<std::string> activities;
  std::mutex guard;
  b.shop.activity = [&](const story_id&, const std::string& what) {
    std::lock_guard lock{guard};
    activities.push_back(what);
  };
  agent_config c;
  c.type = "command";
  c.command = "/bin/sh";
  auto commanded = [&](const std::string& script, const std::string& result_by) {
    c.flags = {"-c", script, "agent", "{result_file}"};
    c.result_by = result_by;
    auto agent = make_command_agent(c);
    REQUIRE(agent);
    b.shop.agent = agent->get();
    auto report = b.heard<run_report>(b.start());
    REQUIRE(report);
    std::lock_guard lock{guard};
    for (auto& a : activities)
      CHECK(a.find(half) == std::string::npos);
    CHECK(report->what.error.find(half) == std::string::npos);
    CHECK(b.transcript().find(half) == std::string::npos);
    return report->what.summary;
  };
  WHEN("it is what an agent does") {
    auto summary = commanded(fill(113) + "; echo " + token + " and more", "output");
    CHECK(summary.find(half) == std::string::npos);
    CHECK(activities.front().size() <= 120);
    CHECK(activities.front().find("***") != std::string::npos);
  }
  WHEN("it begins the last 32 KiB of its output") {
    auto summary = commanded("echo " + token + "; " + fill(32 * 1024 - 8) + "; echo; echo end", "output");
    CHECK(summary.find("token") == std::string::npos);
  }
  WHEN("it stands at the end of what is kept of a file") {
    for (auto place : {32 * 1024 - 4, 64 * 1024 - 4}) {
      auto summary = commanded("{ " + fill(place) + "; echo " + token + "; } >\"$1\"", "file");
      CHECK(summary.find(half) == std::string::npos);
      CHECK(summary.size() > 31 * 1024);
      CHECK(summary.size() <= 32 * 1024);
    }
  }
  WHEN("it is the end of its complaints") {
    auto summary = commanded("{ echo " + token + "; " + fill(4 * 1024 - 8) + "; echo; } >&2; exit 1", "output");
    CHECK(summary.empty());
  }
  WHEN("a check says it") {
    auto proof = b.check({"/bin/sh", "-c", "echo " + token + "; " + fill(4096 - 8) + "; exit 1"});
    REQUIRE(proof);
    CHECK(proof->detail.find("token") == std::string::npos);
  }
}

SCENARIO("an agent is ended when somebody says so, with all that it started") {
  bench b;
  b.agent.script = "sleep 1000 & setsid sleep 1000 & echo session s-1; wait";
  auto sent = b.start();
  b.told_session();
  WHEN("the supervisor cancels it") {
    b.self->send(b.runner, atom::cancel::value);
    auto report = b.heard<run_report>(std::move(sent));
    THEN("the answer says that it was ended, whatever the agent would have said") {
      REQUIRE(report);
      CHECK_FALSE(report->succeeded);
      CHECK(report->code == ec::cancelled);
      CHECK(report->what.outcome == run_outcome::cancelled);
    }
  }
  WHEN("the supervisor dies") {
    caf::anon_send_exit(b.owner, caf::exit_reason::kill);
    b.self->wait_for(b.runner);
    THEN("the agent is ended before the runner goes") { CHECK(b.children->running() == 0); }
  }
  WHEN("the runner itself dies") {
    caf::anon_send_exit(b.runner, caf::exit_reason::kill);
    b.self->wait_for(b.runner);
    THEN("the agent is ended: nobody would read it, and another may follow") { CHECK(b.all_ended()); }
  }
  WHEN("another run is asked for meanwhile") {
    auto second = b.heard<run_report>(b.start(2));
    auto check = b.check({"true"});
    THEN("it is refused as the defect that it is") {
      CHECK(second.error() == ec::invalid_transition);
      CHECK(check.error() == ec::invalid_transition);
    }
    b.self->send(b.runner, atom::cancel::value);
    CHECK(b.heard<run_report>(std::move(sent)));
  }
}

SCENARIO("an agent that its reader wants to stop is stopped") {
  bench b;
  auto report = b.run("echo stop; sleep 1000");
  REQUIRE(report);
  CHECK_FALSE(report->succeeded);
  CHECK(report->code == ec::over_budget); // the reader says why
}

SCENARIO("a run that cannot even be planned is answered, and the runner is free for the next") {
  bench b;
  b.agent.refuses = error{ec::bad_config, "the agent is not installed", 0};
  auto report = b.run("true");
  REQUIRE_FALSE(report);
  CHECK(report.error() == ec::bad_config);
  b.agent.refuses.reset();
  CHECK(b.run("true"));
}

SCENARIO("a cancel when nothing runs ends nothing that comes later") {
  bench b;
  b.self->send(b.runner, atom::cancel::value);
  auto report = b.run("echo fine");
  REQUIRE(report);
  CHECK(report->succeeded);
}

SCENARIO("a check is run as it is configured, and its end is the evidence") {
  bench b;
  WHEN("it passes") {
    auto proof = b.check({"/bin/sh", "-c", "echo fine with hush-hush-to''ken"});
    THEN("so it is said, without secrets") {
      REQUIRE(proof);
      CHECK(proof->passed);
      CHECK(proof->exit_code == 0);
      CHECK(proof->detail.find("fine with") != std::string::npos);
      CHECK(proof->detail.find("hush") == std::string::npos);
      CHECK(proof->what.rfind("/bin/sh -c echo", 0) == 0);
    }
  }
  WHEN("its command names a secret") {
    auto proof = b.check({"/bin/echo", "--token=hush-hush-token"});
    THEN("the evidence does not") {
      REQUIRE(proof);
      CHECK(proof->what.find("/bin/echo --token=") == 0);
      CHECK(proof->what.find("hush") == std::string::npos);
    }
  }
  WHEN("it fails after a flood of output") {
    auto proof = b.check({"/bin/sh", "-c", "yes a line of output | head -20000; echo the end; exit 7"});
    THEN("the tail is kept") {
      REQUIRE(proof);
      CHECK_FALSE(proof->passed);
      CHECK(proof->exit_code == 7);
      CHECK(proof->detail.size() <= 4200);
      CHECK(proof->detail.find("the end") != std::string::npos);
    }
  }
  WHEN("its program does not exist") {
    auto proof = b.check({"/no/such/program"});
    THEN("that is the configuration's fault and no finding") {
      REQUIRE_FALSE(proof);
      CHECK(proof.error() == ec::bad_config);
      CHECK(proof.error().text.find("'test' cannot run") != std::string::npos);
    }
  }
  WHEN("it takes too long") {
    auto proof = b.check({"/bin/sh", "-c", "echo slow; sleep 1000"}, 300);
    THEN("it has failed, and why is said") {
      REQUIRE(proof);
      CHECK_FALSE(proof->passed);
      CHECK(proof->detail.find("slow") != std::string::npos);
      CHECK(proof->detail.size() > 6);
    }
  }
}
