// The keeper for Claude Code against the real program, which works for a model by script: no network, no cost.
//
// Run by tests/support/with_claude; HYAKKI_TEST_CLAUDE is the program.

#include "adapters/coding_agents/claude_code.hpp"
#include "adapters/coding_agents/session_id.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/scripted_model.hpp"

#include <unistd.h>

#include <algorithm>
#include <future>
#include <sstream>

using namespace hyakki;
using namespace hyakki::test;

namespace {

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const std::string read_it = R"({"tool":"Read","input":{"file_path":"{cwd}/calc.py"}})";
const std::string mend_it =
  R"({"tool":"Edit","input":{"file_path":"{cwd}/calc.py","old_string":"a - b","new_string":"a + b"}})";

std::string runs(const std::string& command) {
  return R"({"tool":"Bash","input":{"command":")" + command + R"(","description":"Run it"}})";
}
std::string tells(const std::string& text) { return R"({"text":")" + text + R"("})"; }

std::string rule(const std::string& when, const std::vector<std::string>& steps) {
  std::string all;
  for (const auto& step : steps)
    all += (all.empty() ? "" : ",") + step;
  return R"({"when":")" + when + R"(","steps":[)" + all + "]}";
}
std::string script(const std::vector<std::string>& rules) {
  std::string all;
  for (const auto& one : rules)
    all += (all.empty() ? "" : ",") + one;
  return R"({"key":"the-key","rules":[)" + all + "]}";
}

struct seen_run {
  run_result result;
  exit_status status;
  std::vector<std::string> activities;
  bool did(const std::string& what) const {
    return std::find(activities.begin(), activities.end(), what) != activities.end();
  }
};

/// A repository with a bug, a home of its own and a configuration that names what the agent may see.
struct claude_world {
  claude_world() {
    std::filesystem::create_directories(dir / "home");
    std::filesystem::create_directories(dir / "tree");
    write("tree/calc.py", "def add(a, b):\n    return a - b\n");
    config.type = "claude_code";
    config.command = std::getenv("HYAKKI_TEST_CLAUDE");
    config.allowed_tools = {"Read", "Edit", "Bash"};
    config.pass_environment = {"ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "CLAUDE_CODE_MAX_RETRIES"};
    config.max_turns = 10;
    config.timeout_seconds = 120;
    config.silence_seconds = 90;
    task.directory = dir / "tree";
    task.prompt = "- [ ] Mend calc.py";
    task.session = new_session_id();
  }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path{dir / name}.parent_path());
    std::ofstream{dir / name, std::ios::binary} << text;
  }
  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream{dir / name, std::ios::binary}.rdbuf();
    return text.str();
  }
  void model(const std::vector<std::string>& rules) {
    server.reset();
    server = std::make_unique<scripted_model>(*door, script(rules), dir.path());
    address = server->address();
  }

  /// As the agent runner does it.
  seen_run run() {
    task.base_environment = {"PATH=/usr/local/bin:/usr/bin:/bin",
                             "HOME=" + (dir / "home"),
                             "LC_ALL=C.UTF-8",
                             "ANTHROPIC_API_KEY=" + key,
                             "ANTHROPIC_BASE_URL=" + address,
                             "CLAUDE_CODE_MAX_RETRIES=1",
                             "TRACKER_TOKEN=canary"};
    auto agent = make_claude_code_agent(config);
    REQUIRE(agent.ok());
    auto spec = (*agent)->command(task);
    if (!spec)
      FAIL(spec.error().text);
    spec->mark = "claude-test/" + std::to_string(::getpid()) + "/" + task.session;
    seen_run seen;
    auto reader = (*agent)->reader(task);
    std::mutex guard;
    std::shared_ptr<process_handle> child;
    std::promise<exit_status> ended;
    process_handlers on;
    on.on_lines = [&](std::vector<output_line> lines) {
      for (auto& line : lines) {
        auto p = reader->read(line);
        if (!p.activity.empty())
          seen.activities.push_back(p.activity);
        std::lock_guard lock{guard};
        if (p.stop && child)
          child->cancel();
      }
    };
    on.on_exit = [&](exit_status status) { ended.set_value(std::move(status)); };
    {
      std::lock_guard lock{guard};
      child = door->start(*spec, on);
    }
    seen.status = ended.get_future().get();
    seen.result = reader->finish(seen.status);
    return seen;
  }

  scratch_dir dir;
  std::unique_ptr<process> door = make_process_door(true);
  std::unique_ptr<scripted_model> server;
  agent_config config;
  agent_task task;
  std::string key = "the-key";
  std::string address;
};

/// Processes whose command line holds `part`.
int processes_with(const std::string& part) {
  int count = 0;
  for (auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    std::ostringstream line;
    line << std::ifstream{entry.path() / "cmdline", std::ios::binary}.rdbuf();
    count += says(line.str(), part) ? 1 : 0;
  }
  return count;
}

} // namespace

SCENARIO("the real Claude Code mends a bug, and goes on in its session") {
  claude_world w;
  w.model({rule("one more thing", {tells("There is nothing left to do.")}),
           rule("Mend", {read_it, mend_it, runs("env > env.txt"), tells("It adds now.")})});
  // What the repository brings along is not run.
  w.write("tree/.claude/settings.json", R"({"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"touch )" +
                                          (w.dir / "hooked") + R"("}]}]}})");
  w.write("tree/.mcp.json", R"({"mcpServers":{"evil":{"command":"touch","args":[")" + (w.dir / "served") + R"("]}}})");
  auto first = w.run();
  INFO(first.result.error);
  REQUIRE(first.result.succeeded);
  CHECK(first.result.summary == "It adds now.");
  CHECK(first.result.session == w.task.session);
  CHECK(first.result.turns == 4);
  CHECK(first.result.input_tokens == 400);
  CHECK(first.result.output_tokens == 80);
  CHECK(first.result.cost_microusd > 0);
  CHECK(w.read("tree/calc.py") == "def add(a, b):\n    return a + b\n");
  CHECK(first.did("reads calc.py"));
  CHECK(first.did("edits calc.py"));
  CHECK(first.did("runs env > env.txt"));
  CHECK_FALSE(says(w.read("tree/env.txt"), "canary"));
  CHECK_FALSE(std::filesystem::exists(w.dir / "hooked"));
  CHECK_FALSE(std::filesystem::exists(w.dir / "served"));
  CHECK(says(w.server->requests().at(0), "- [ ] Mend calc.py"));

  w.task.prompt = "one more thing";
  w.task.resume = true;
  w.task.booked = {first.result.cost_microusd, first.result.input_tokens + first.result.output_tokens};
  auto second = w.run();
  INFO(second.result.error);
  REQUIRE(second.result.succeeded);
  CHECK(second.result.session == w.task.session);
  CHECK(second.result.summary == "There is nothing left to do.");
  // One answer to four: whatever the version says of the whole session.
  CHECK(second.result.cost_microusd * 4 == first.result.cost_microusd);
  CHECK(says(w.server->requests().back(), R"("messages": 10)"));
}

SCENARIO("nothing of the real Claude Code outlives its time, and its session can be gone on in") {
  claude_world w;
  auto place = w.dir / "lasting";
  w.write("lasting", "");
  w.model({rule("go on", {mend_it, tells("It adds now.")}), rule("stall", {R"({"stall":true,"text":""})"}),
           rule("Mend", {read_it, runs("tail -f " + place)})});
  w.config.timeout_seconds = 15;
  auto late = w.run();
  CHECK(late.result.code == ec::timed_out);
  CHECK(late.did("runs tail -f " + place));
  CHECK(processes_with(place) == 0);
  CHECK(processes_with(w.task.session) == 0);

  w.config.timeout_seconds = 120;
  w.task.resume = true;
  w.task.prompt = "go on";
  auto next = w.run();
  INFO(next.result.error);
  CHECK(next.result.succeeded);
  CHECK(w.read("tree/calc.py") == "def add(a, b):\n    return a + b\n");

  // An answer that begins and never goes on is not timed by the program itself.
  w.task.prompt = "stall";
  w.config.silence_seconds = 10;
  CHECK(w.run().result.code == ec::timed_out);
  CHECK(processes_with(w.task.session) == 0);
}

SCENARIO("the real Claude Code says why it cannot") {
  claude_world w;
  GIVEN("turns that are used up") {
    w.model({rule("", {read_it})});
    w.config.max_turns = 2;
    auto r = w.run().result;
    CHECK(r.code == ec::over_budget);
    CHECK(says(r.error, "agent.max_turns"));
    CHECK(r.cost_microusd > 0);
  }
  GIVEN("a session that it does not know") {
    w.model({rule("", {tells("ok")})});
    w.task.resume = true;
    CHECK(w.run().result.code == ec::not_found);
    w.task.resume = false;
    CHECK(w.run().result.succeeded);
    CHECK(w.run().result.code == ec::conflict); // it knows it now
  }
  GIVEN("a key that is refused") {
    w.model({rule("", {tells("ok")})});
    w.key = "another";
    auto seen = w.run();
    CHECK(seen.result.code == ec::bad_config);
    CHECK(says(seen.result.error, "agent.pass_environment"));
    CHECK(w.server->requests().size() <= 2);
  }
  GIVEN("a model that is overloaded") {
    w.model({rule("", {R"({"status":529,"type":"overloaded_error","message":"Overloaded"})"})});
    CHECK(w.run().result.code == ec::rate_limited);
  }
  GIVEN("a model that fails") {
    w.model({rule("", {R"({"status":500})"})});
    CHECK(w.run().result.code == ec::unavailable);
  }
  GIVEN("a model that is not there") {
    w.model({});
    w.server.reset();
    CHECK(w.run().result.code == ec::unavailable);
  }
  GIVEN("tools that it is not let use") {
    w.config.allowed_tools = {"Read"};
    auto outside = R"({"tool":"Write","input":{"file_path":")" + (w.dir / "outside") + R"(","content":"x"}})";
    w.model({rule("in vain", {outside, tells("I was not let.")}),
             rule("Mend", {read_it, outside, mend_it, tells("It adds.")})});
    auto r = w.run().result;
    CHECK(r.succeeded);
    CHECK(says(r.summary, "It adds.\n\n(Claude Code was denied what it needed: Write ("));
    w.task.session = new_session_id();
    w.task.prompt = "in vain";
    CHECK(w.run().result.code == ec::agent_failed);
    CHECK_FALSE(std::filesystem::exists(w.dir / "outside"));
  }
}

SCENARIO("a reviewer that is the real Claude Code cannot change anything") {
  claude_world w;
  w.model({rule("", {read_it, mend_it, runs("touch made.txt"), tells("HYAKKI-REVIEW: PASS")})});
  w.task.role = run_role::review;
  auto r = w.run().result;
  INFO(r.error);
  CHECK(r.succeeded);
  CHECK(r.summary == "HYAKKI-REVIEW: PASS");
  CHECK(w.read("tree/calc.py") == "def add(a, b):\n    return a - b\n");
  CHECK_FALSE(std::filesystem::exists(w.dir / "tree/made.txt"));
}

SCENARIO("the settings of a user stand unless the configuration leaves them out") {
  for (bool left_out : {false, true}) {
    claude_world w;
    w.write("home/.claude/settings.json",
            R"({"hooks":{"Stop":[{"hooks":[{"type":"command","command":"touch )" + (w.dir / "hooked") + R"("}]}]}})");
    w.model({rule("", {tells("ok")})});
    if (left_out)
      w.config.flags = {"--settings", R"({"disableAllHooks":true})"};
    CHECK(w.run().result.succeeded);
    CHECK(std::filesystem::exists(w.dir / "hooked") == !left_out);
  }
}

SCENARIO("permissions are bypassed by root only in a sandbox") {
  if (::geteuid() != 0)
    return;
  claude_world w;
  w.config.permission_mode = "bypassPermissions";
  w.config.flags = {"--permission-mode", "bypassPermissions"};
  w.model({rule("", {tells("ok")})});
  auto agent = make_claude_code_agent(w.config);
  w.task.base_environment = {"PATH=/usr/bin:/bin"};
  CHECK((*agent)->command(w.task).error() == ec::bad_config);
  // The program refuses by itself, where our look at the settings is gone round.
  w.config.permission_mode = "acceptEdits";
  auto r = w.run().result;
  CHECK(r.code == ec::bad_config);
  CHECK(says(r.error, "root"));
}
