#include "adapters/coding_agents/claude_code.hpp"

#include "adapters/coding_agents/claude_reader.hpp"
#include "adapters/coding_agents/session_id.hpp"
#include "adapters/process.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

using namespace hyakki;

namespace {

exit_status exited(int code) {
  exit_status s;
  s.code = code;
  return s;
}

exit_status ended_by_us(process_end how, std::string text) {
  exit_status s;
  s.how = how;
  s.error_text = std::move(text);
  return s;
}

output_line out(std::string text) { return {false, false, std::move(text)}; }
output_line err(std::string text) { return {true, false, std::move(text)}; }

std::vector<std::string> transcript(const std::string& name) {
  std::ifstream file{TRANSCRIPTS "/" + name + ".jsonl", std::ios::binary};
  REQUIRE(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    lines.push_back(line);
  return lines;
}

struct seen_run {
  run_result result;
  std::string session;
  std::vector<std::string> activities;
  bool stopped = false;
};

seen_run replay(const std::vector<output_line>& lines, const exit_status& status, run_role role = run_role::implement) {
  seen_run seen;
  auto reader = make_claude_reader("/work-trees/c_edit_ok", role);
  for (const auto& line : lines) {
    auto p = reader->read(line);
    if (!p.session.empty()) {
      CHECK(seen.session.empty());
      seen.session = p.session;
    }
    if (!p.activity.empty())
      seen.activities.push_back(p.activity);
    seen.stopped = seen.stopped || p.stop;
  }
  seen.result = reader->finish(status);
  return seen;
}

seen_run replay(const std::string& name, int exit_code, run_role role = run_role::implement) {
  std::vector<output_line> lines;
  for (auto& text : transcript(name))
    lines.push_back(out(std::move(text)));
  return replay(lines, exited(exit_code), role);
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct expectation {
  const char* name;
  int exit_code;
  bool succeeded;
  ec code;
  const char* says;
  std::uint32_t turns;
  std::int64_t cost_microusd;
};

const expectation all_transcripts[] = {
  {"claude_2.1.197_bad_session", 1, false, ec::not_found, "No conversation found", 0, 0},
  {"claude_2.1.197_ctl_init", 0, true, {}, "answer to prompt one", 1, 1198},
  {"claude_2.1.197_ctl_interrupt", 0, true, {}, "DONE: slow tool finished.", 4, 2395},
  {"claude_2.1.197_denied_all", 0, false, ec::agent_failed, "denied what it needed: Write (/etc/motd.hyakki)", 2, 2000},
  {"claude_2.1.197_denied_once", 0, true, {}, "denied what it needed: Bash (curl", 4, 4000},
  {"claude_2.1.197_edit_denied_default", 0, false, ec::agent_failed, "Write (/work-trees/", 3, 3593},
  {"claude_2.1.197_edit_ok", 0, true, {}, "DONE: created hello.txt with two lines.", 3, 3593},
  {"claude_2.1.197_err403", 1, false, ec::bad_config, "403", 1, 0},
  {"claude_2.1.197_max_turns", 1, false, ec::over_budget, "maximum number of turns (2)", 3, 2395},
  {"claude_2.1.197_mcp_allowed", 0, true, {}, "DONE: called the mcp tool.", 2, 2395},
  {"claude_2.1.197_overloaded", 1, false, ec::rate_limited, "Overloaded", 1, 0},
  {"claude_2.1.197_partial", 0, true, {}, "Nothing to do.", 1, 1198},
  {"claude_2.1.197_resumed", 0, true, {}, "There is nothing left to do.", 1, 1000},
  {"claude_2.1.197_review_issues", 0, true, {}, "HAS_ISSUES: true", 1, 1198},
  {"claude_2.1.197_si_3turns", 0, true, {}, "answer to prompt three", 3, 3593},
  {"claude_2.1.197_sig_tool_INT", 1, false, ec::cancelled, "aborted_tools", 3, 1198},
  {"claude_2.1.197_structured2", 0, true, {}, "has_issues", 2, 1198},
  {"claude_2.1.197_t401_r1", 1, false, ec::bad_config, "authentication_failed", 1, 0},
  {"claude_2.1.197_t529_twice", 0, true, {}, "recovered after 529", 1, 1198},
  {"claude_2.1.197_unreachable", 1, false, ec::unavailable, "ConnectionRefused", 1, 0},
  {"claude_2.1.329_ctl_interrupt", 0, true, {}, "DONE: slow tool finished.", 4, 1908},
  {"claude_2.1.329_denied_all", 0, false, ec::agent_failed, "denied what it needed: Write (/etc/motd.hyakki)", 2, 1600},
  {"claude_2.1.329_denied_once", 0, true, {}, "denied what it needed: Bash (curl", 4, 3200},
  {"claude_2.1.329_edit_denied_default", 0, false, ec::agent_failed, "Bash (printf", 3, 2862},
  {"claude_2.1.329_edit_ok", 0, true, {}, "DONE: created hello.txt with two lines.", 3, 2862},
  {"claude_2.1.329_max_budget", 1, false, ec::over_budget, "maximum budget ($0.002)", 3, 2862},
  {"claude_2.1.329_max_turns", 1, false, ec::over_budget, "maximum number of turns (2)", 3, 1908},
  {"claude_2.1.329_mcp_allowed", 0, true, {}, "DONE: called the mcp tool.", 3, 2862},
  {"claude_2.1.329_overloaded", 1, false, ec::rate_limited, "Overloaded", 1, 0},
  {"claude_2.1.329_resumed", 0, true, {}, "There is nothing left to do.", 1, 800},
  {"claude_2.1.329_si_3turns", 0, true, {}, "answer to prompt three", 3, 2862},
  {"claude_2.1.329_sub2", 0, true, {}, "", 3, 8586},
  {"claude_2.1.329_t429_long_r2", 1, false, ec::rate_limited, "rate limit", 1, 0},
  {"claude_2.1.329_unreachable", 1, false, ec::unavailable, "ECONNREFUSED", 1, 0},
};

agent_task some_task() {
  agent_task task;
  task.directory = "/tmp";
  task.prompt = "- [ ] do this";
  task.session = "0b9fd6b2-8f52-4d0e-9c3b-2a54f3a3f3a1";
  task.base_environment = {"PATH=" TEST_PROGRAMS ":/usr/bin:/bin", "HOME=/home/agent", "LANG=C.UTF-8",
                           "ANTHROPIC_API_KEY=key", "HYAKKI_TOKEN=canary"};
  return task;
}

agent_config some_config() {
  agent_config config;
  config.type = "claude_code";
  config.command = "test_child"; // any program that exists
  config.allowed_tools = {"Edit", "Bash(git *)"};
  config.pass_environment = {"ANTHROPIC_API_KEY"};
  return config;
}

bool has_pair(const std::vector<std::string>& argv, const std::string& flag, const std::string& value) {
  auto at = std::find(argv.begin(), argv.end(), flag);
  return at != argv.end() && at + 1 != argv.end() && *(at + 1) == value;
}

} // namespace

SCENARIO("every recorded run of Claude Code gets the verdict that it deserves") {
  for (const auto& e : all_transcripts) {
    INFO(e.name);
    auto seen = replay(e.name, e.exit_code);
    INFO(seen.result.error);
    CHECK(seen.result.succeeded == e.succeeded);
    if (!e.succeeded)
      CHECK(seen.result.code == e.code);
    CHECK(says(e.succeeded ? seen.result.summary : seen.result.error, e.says));
    CHECK(seen.result.turns == e.turns);
    CHECK(seen.result.cost_microusd == e.cost_microusd);
    CHECK(is_uuid(seen.result.session));
    CHECK(seen.result.exit_code == e.exit_code);
    for (const auto& activity : seen.activities) {
      CHECK(activity.size() <= 120);
      CHECK(std::none_of(activity.begin(), activity.end(), [](unsigned char c) { return c < 32 || c == 127; }));
    }
  }
}

SCENARIO("what Claude Code does is told in short lines") {
  auto seen = replay("claude_2.1.197_edit_ok", 0);
  CHECK(seen.session == "337492f7-e6b4-4a20-abbf-13f9495941e1");
  auto did = [&](const std::string& what) {
    return std::find(seen.activities.begin(), seen.activities.end(), what) != seen.activities.end();
  };
  CHECK(did("writes hello.txt"));
  CHECK(did("runs printf 'second line\\n' >> hello.txt && wc -l hello.txt"));
  CHECK(did("I will create the file."));
  CHECK(seen.result.input_tokens == 390);
  CHECK(seen.result.output_tokens == 75);
}

SCENARIO("a run is not believed on one sign alone") {
  auto lines = [](const std::string& name) {
    std::vector<output_line> all;
    for (auto& text : transcript(name))
      all.push_back(out(std::move(text)));
    return all;
  };
  auto good = lines("claude_2.1.197_edit_ok");
  GIVEN("an exit code of 0 without a result") {
    good.pop_back();
    auto r = replay(good, exited(0)).result;
    CHECK_FALSE(r.succeeded);
    CHECK(r.code == ec::unavailable);
    CHECK(says(r.error, "without a result"));
  }
  GIVEN("a good result, but a bad exit code") {
    auto r = replay(good, exited(1)).result;
    CHECK_FALSE(r.succeeded);
    CHECK(r.code == ec::agent_failed);
  }
  GIVEN("a good result, but a time-out of ours") {
    auto r = replay(good, ended_by_us(process_end::silent, "no output for 600 s")).result;
    CHECK(r.code == ec::timed_out);
    CHECK(says(r.error, "no output for 600 s"));
    CHECK(r.cost_microusd == 3593); // it is paid for all the same
  }
  GIVEN("a result that does not say whether it is an error") {
    auto r = replay({out(R"({"type":"result","subtype":"success","result":"fine"})")}, exited(0)).result;
    CHECK_FALSE(r.succeeded);
  }
  GIVEN("an early success and a late error") {
    auto late = lines("claude_2.1.197_max_turns");
    good.insert(good.end(), late.begin(), late.end());
    CHECK(replay(good, exited(1)).result.code == ec::over_budget);
  }
  GIVEN("denials in a review") {
    auto r = replay("claude_2.1.197_edit_denied_default", 0, run_role::review).result;
    CHECK(r.succeeded); // a reviewer answers, whatever it was not let do
  }
}

SCENARIO("what earlier runs of a session cost is not booked again") {
  auto cost = [](const std::string& result, session_account booked) {
    auto reader = make_claude_reader("/tree", run_role::fix, booked);
    reader->read(out(result));
    return reader->finish(exited(0)).cost_microusd;
  };
  auto result = [](const std::string& total, const std::string& models) {
    return R"({"type":"result","subtype":"success","is_error":false,"result":"ok","total_cost_usd":)" + total +
           R"(,"usage":{"input_tokens":100,"output_tokens":20},"modelUsage":{)" + models + "}}";
  };
  auto whole_session = R"("m":{"inputTokens":500,"outputTokens":60},"n":{"cacheReadInputTokens":40})";
  auto this_run = R"("m":{"inputTokens":100,"outputTokens":20})";
  const session_account booked{4000, 480};
  CHECK(cost(result("0.005", whole_session), booked) == 1000);
  CHECK(cost(result("0.005", whole_session), {}) == 5000); // an earlier run was killed before it was booked
  CHECK(cost(result("0.001", this_run), booked) == 1000);
  CHECK(cost(result("0.005", this_run), booked) == 5000); // a costly run in a version that counts each for itself
  CHECK(cost(result("0.001", whole_session), booked) == 1000);
  GIVEN("a version that says what each result adds") {
    auto seen = replay("claude_2.1.329_resumed", 0);
    CHECK(seen.result.cost_microusd == 800);
    CHECK(seen.result.input_tokens == 100);
  }
}

SCENARIO("an agent that was denied something is judged by whether it got anything done") {
  auto r = replay("claude_2.1.329_denied_once", 0).result;
  CHECK(r.succeeded);
  CHECK(says(r.summary, "Mended; I could not look at the service.\n\n(Claude Code was denied"));
  CHECK(says(r.summary, "agent.allowed_tools"));
  CHECK_FALSE(says(replay("claude_2.1.329_denied_once", 0, run_role::review).result.summary, "denied"));
  CHECK_FALSE(replay("claude_2.1.329_denied_all", 0).result.succeeded);
}

SCENARIO("an end without a result is explained by stderr") {
  auto code_of = [](const std::string& text, int code) { return replay({err(text)}, exited(code)).result.code; };
  CHECK(code_of("error: unknown option '--nonsense'", 1) == ec::bad_config);
  CHECK(code_of("--dangerously-skip-permissions cannot be used with root/sudo privileges", 1) == ec::bad_config);
  CHECK(code_of("Error: Session ID 0b9f is already in use.", 1) == ec::conflict);
  CHECK(code_of("No conversation found with session ID: 0b9f", 1) == ec::not_found);
  CHECK(code_of("Segmentation fault", 1) == ec::agent_failed);
  CHECK(code_of("", 143) == ec::unavailable);
  auto r = replay({err("one\x1b[31m"), err("two")}, exited(1)).result;
  CHECK(says(r.error, "one\ntwo"));
  CHECK_FALSE(says(r.error, "\x1b"));
}

SCENARIO("the moods of the API are told apart") {
  auto of = [](const std::string& fields, const std::string& text) {
    return replay({out(R"({"type":"result","subtype":"success","is_error":true,)" + fields + R"("result":")" + text +
                       R"("})")},
                  exited(1))
      .result;
  };
  CHECK(of(R"("api_error_status":429,)", "no").code == ec::rate_limited);
  CHECK(of(R"("api_error_status":529,)", "no").code == ec::rate_limited);
  CHECK(of("", "Repeated 529 Overloaded errors").code == ec::rate_limited);
  CHECK(of(R"("api_error_status":500,)", "no").code == ec::unavailable);
  CHECK(of(R"("terminal_reason":"api_error",)", "API Error: Connection error.").code == ec::unavailable);
  CHECK(of("", "Not logged in · Please run /login").code == ec::bad_config);
  CHECK(of(R"("terminal_reason":"prompt_too_long",)", "Prompt is too long").code == ec::agent_failed);
  CHECK(of("", "I cannot help with that").code == ec::agent_failed);
  auto limited = of("", "Claude AI usage limit reached|1790000000");
  CHECK(limited.code == ec::rate_limited);
  CHECK(limited.retry_at_ms == 1790000000000);
  auto rejected =
    replay({out(R"({"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":1790000500}})"),
            out(R"({"type":"result","subtype":"success","is_error":true,"result":"You've hit your limit"})")},
           exited(1))
      .result;
  CHECK(rejected.retry_at_ms == 1790000500000);
}

SCENARIO("a key that is refused stops the run at once") {
  auto seen = replay({out(R"({"type":"system","subtype":"api_retry","attempt":1,"error":"authentication_failed"})")},
                     ended_by_us(process_end::cancelled, "cancelled"));
  CHECK(seen.stopped);
  CHECK(seen.result.code == ec::bad_config);
  CHECK(says(seen.result.error, "pass_environment"));
  CHECK_FALSE(replay("claude_2.1.197_t529_twice", 0).stopped);
}

SCENARIO("hostile lines do no harm") {
  GIVEN("transcripts cut anywhere and with bytes flipped") {
    std::mt19937 random{20260101};
    for (const auto& e : all_transcripts) {
      std::string whole;
      for (const auto& line : transcript(e.name))
        whole += line + "\n";
      for (int round = 0; round < 200; ++round) {
        auto text = whole;
        if (round % 2 == 0)
          text.resize(random() % text.size());
        else
          for (int flips = 0; flips < 20; ++flips)
            text[random() % text.size()] = static_cast<char>(random());
        std::vector<output_line> lines;
        std::istringstream stream{text};
        for (std::string line; std::getline(stream, line);)
          lines.push_back({random() % 10 == 0, false, line});
        auto r = replay(lines, exited(static_cast<int>(random() % 2))).result;
        CHECK(r.succeeded == r.error.empty());
        CHECK(r.cost_microusd >= 0);
      }
    }
  }
  GIVEN("numbers, types and depths out of all bounds") {
    auto deep = std::string(100000, '[') + std::string(100000, ']');
    auto r =
      replay({out(R"({"type":"result","is_error":false,"subtype":"success","total_cost_usd":1e400})"),
              out(R"({"type":"result","is_error":false,"subtype":"success","total_cost_usd":-5,"num_turns":-1})"),
              out(R"({"type":{"a":1},"message":[]})"),
              out(R"({"type":"assistant","message":{"content":{}}})"),
              out(R"({"type":"assistant","message":{"content":[1,null,{"type":"tool_use","name":7}]}})"),
              out(R"({"type":"assistant","message":)" + deep + "}"),
              out(deep),
              out(""),
              out(std::string(10, '\0')),
              {false, true, R"({"type":"result")"}},
             exited(0))
        .result;
    CHECK(r.cost_microusd == 0);
    CHECK(r.turns == 0);
  }
  GIVEN("terminal sequences in what a tool is asked to do") {
    auto seen = replay(
      {out(
         R"({"type":"assistant","message":{"content":[{"type":"tool_use","name":"Bash","input":{"command":"\u001b]52;c;x\u0007 \u202e rm"}}]}})"),
       out(R"({"type":"assistant","message":{"content":[{"type":"tool_use","name":"Bash","input":{"command":")" +
           std::string(500000, 'x') + R"("}}]}})")},
      exited(0));
    REQUIRE(seen.activities.size() == 2);
    CHECK(seen.activities[0].find('\x1b') == std::string::npos);
    CHECK(seen.activities[1].size() <= 120);
  }
  GIVEN("an answer of a megabyte with invalid UTF-8") {
    auto r = replay({out(R"({"type":"result","subtype":"success","is_error":false,"result":")" +
                         std::string(1u << 20, 'a') + "\xff\"}")},
                    exited(0))
               .result;
    CHECK(r.succeeded);
    CHECK(r.summary.size() <= 32 * 1024);
  }
}

SCENARIO("Claude Code is called so that neither prompt nor repository can change the call") {
  auto agent = make_claude_code_agent(some_config());
  REQUIRE(agent.ok());
  auto& claude = **agent;
  auto task = some_task();
  CHECK(claude.names_session());
  CHECK(claude.can_resume());
  GIVEN("a run that implements") {
    auto spec = claude.command(task);
    REQUIRE(spec.ok());
    const auto& argv = spec->argv;
    CHECK(argv[0] == TEST_PROGRAMS "/test_child");
    CHECK(has_pair(argv, "--output-format", "stream-json"));
    CHECK(has_pair(argv, "--permission-mode", "acceptEdits"));
    CHECK(has_pair(argv, "--allowedTools", "Edit"));
    CHECK(has_pair(argv, "--setting-sources", "user"));
    CHECK(has_pair(argv, "--max-turns", "50"));
    CHECK(has_pair(argv, "--session-id", task.session));
    CHECK(std::count(argv.begin(), argv.end(), "--strict-mcp-config") == 1);
    CHECK(std::count(argv.begin(), argv.end(), task.prompt) == 0);
    CHECK(spec->input == task.prompt);
    CHECK(spec->directory == task.directory);
    CHECK(spec->limits.wall == std::chrono::seconds(1800));
    CHECK(spec->limits.output_bytes == 256u << 20);
    auto& env = spec->environment;
    CHECK(std::count(env.begin(), env.end(), "ANTHROPIC_API_KEY=key") == 1);
    CHECK(std::count(env.begin(), env.end(), "TERM=dumb") == 1);
    CHECK(std::count(env.begin(), env.end(), "DISABLE_AUTOUPDATER=1") == 1);
    CHECK(std::none_of(env.begin(), env.end(), [](const auto& e) { return says(e, "canary"); }));
  }
  GIVEN("a run that goes on in a session") {
    task.resume = true;
    auto spec = claude.command(task);
    REQUIRE(spec.ok());
    CHECK(has_pair(spec->argv, "--resume", task.session));
    task.session = "--dangerous";
    CHECK(claude.command(task).error() == ec::bad_config);
  }
  GIVEN("a review") {
    task.role = run_role::review;
    auto spec = claude.command(task);
    REQUIRE(spec.ok());
    CHECK(has_pair(spec->argv, "--permission-mode", "dontAsk"));
    CHECK(has_pair(spec->argv, "--allowedTools", "Read"));
    CHECK(has_pair(spec->argv, "--disallowedTools", "Write"));
    CHECK(std::count(spec->argv.begin(), spec->argv.end(), "Bash(git *)") == 0);
  }
  GIVEN("a program that is missing") {
    auto config = some_config();
    config.command = "claude";
    auto other = make_claude_code_agent(config);
    REQUIRE(other.ok());
    task.base_environment[0] = "PATH=/nonexistent";
    auto spec = (*other)->command(task);
    REQUIRE_FALSE(spec.ok());
    CHECK(spec.error() == ec::bad_config);
    CHECK(says(spec.error().text, "npm install -g @anthropic-ai/claude-code"));
    CHECK_FALSE((*other)->probe().ok());
  }
  GIVEN("settings that look like flags") {
    auto config = some_config();
    config.allowed_tools = {"--model"};
    CHECK(make_claude_code_agent(config).error() == ec::bad_config);
    config = some_config();
    config.model = "-x";
    CHECK(make_claude_code_agent(config).error() == ec::bad_config);
    config = some_config();
    config.flags = {"--output-format=text"};
    CHECK(make_claude_code_agent(config).error() == ec::bad_config);
  }
  GIVEN("permissions that are bypassed") {
    auto config = some_config();
    config.permission_mode = "bypassPermissions";
    auto spec = (*make_claude_code_agent(config))->command(task);
    CHECK(spec.ok() == (::geteuid() != 0));
    AND_WHEN("it is asked before a run whether it can work") {
      config.command = "git";
      auto flagged = config;
      flagged.permission_mode.clear();
      flagged.flags = {"--dangerously-skip-permissions"};
      for (auto& c : {config, flagged}) {
        auto answer = (*make_claude_code_agent(c, {"PATH=/usr/bin:/bin"}))->probe();
        CHECK(answer.ok() == (::geteuid() != 0));
        if (!answer)
          CHECK(says(answer.error().text, "refuses to bypass permissions as root"));
      }
      config.pass_environment = {"IS_SANDBOX"};
      CHECK((*make_claude_code_agent(config, {"PATH=/usr/bin:/bin", "IS_SANDBOX=1"}))->probe().ok());
    }
  }
  GIVEN("a door to ask for the version") {
    auto door = make_process_door(false);
    auto config = some_config();
    config.command = "git";
    auto asked = make_claude_code_agent(config, {"PATH=/usr/bin:/bin"}, door.get());
    auto answer = (*asked)->probe();
    REQUIRE(answer.ok());
    CHECK(says(*answer, "git version"));
  }
}

SCENARIO("session ids are random UUIDs") {
  auto a = new_session_id(), b = new_session_id();
  CHECK(is_uuid(a));
  CHECK(a[14] == '4');
  CHECK(a != b);
  CHECK_FALSE(is_uuid("0b9fd6b2-8f52-4d0e-9c3b-2a54f3a3f3a"));
  CHECK_FALSE(is_safe_session("-x"));
  CHECK_FALSE(is_safe_session("a b"));
  CHECK(is_safe_session("thread_0.1:2"));
}
