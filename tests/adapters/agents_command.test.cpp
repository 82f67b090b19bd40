#include "tests/adapters/process_world.hpp"

#include "adapters/coding_agents/command.hpp"
#include "adapters/coding_agents/placeholders.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace hyakki;
using namespace hyakki::test;

namespace {

struct scratch_directory {
  scratch_directory() {
    auto* root = std::getenv("TMPDIR");
    path = std::string{root ? root : "/tmp"} + "/hyakki-agents-XXXXXX";
    REQUIRE(::mkdtemp(path.data()));
  }
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

agent_config child_agent(std::vector<std::string> flags) {
  agent_config config;
  config.type = "command";
  config.command = TEST_CHILD;
  config.flags = std::move(flags);
  return config;
}

agent_task task_in(const scratch_directory& scratch) {
  agent_task task;
  task.story_key = "KEY-1";
  task.directory = scratch.path;
  task.scratch = scratch.path;
  task.prompt = "mend it";
  task.base_environment = {"PATH=/usr/bin:/bin"};
  return task;
}

/// The whole way: plan, real process, reader, verdict.
run_result carry_out(const agent_config& config, const agent_task& task, std::string* session = nullptr) {
  auto agent = make_command_agent(config);
  REQUIRE(agent.ok());
  auto spec = (*agent)->command(task);
  if (!spec.ok())
    FAIL(spec.error().text);
  auto reader = (*agent)->reader(task);
  witness seen;
  auto door = make_process_door(false);
  door->start(*spec, seen.handlers());
  REQUIRE(seen.ends());
  for (const auto& line : seen.lines())
    if (auto p = reader->read(line); session && !p.session.empty())
      *session = p.session;
  return reader->finish(seen.status());
}

std::string fault_of(const agent_config& config) {
  auto agent = make_command_agent(config);
  REQUIRE_FALSE(agent.ok());
  CHECK(agent.error() == ec::bad_config);
  return agent.error().text;
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

SCENARIO("any program can be a coding agent") {
  scratch_directory scratch;
  auto task = task_in(scratch);
  GIVEN("one that takes its prompt from stdin and answers on stdout") {
    auto r = carry_out(child_agent({"echo"}), task);
    CHECK(r.succeeded);
    CHECK(r.summary == "mend it");
    CHECK(r.exit_code == 0);
  }
  GIVEN("one that wants files") {
    auto config = child_agent({"write", "{result_file}", "the {{session}} of {story_key} in {directory}"});
    config.result_by = "file";
    auto r = carry_out(config, task);
    CHECK(r.succeeded);
    CHECK(r.summary == "the {session} of KEY-1 in " + scratch.path);
  }
  GIVEN("one that is given its prompt as a file") {
    auto config = child_agent({"print", "{prompt_file}"});
    config.prompt_by = "file";
    auto r = carry_out(config, task);
    CHECK(r.summary == scratch.path + "/prompt.md");
    std::ifstream file{scratch.path + "/prompt.md"};
    std::stringstream text;
    text << file.rdbuf();
    CHECK(text.str() == "mend it");
    struct stat s {};
    REQUIRE(::stat((scratch.path + "/prompt.md").c_str(), &s) == 0);
    CHECK((s.st_mode & 0777) == 0600);
  }
  GIVEN("one that prints more than is kept") {
    std::vector<std::string> words{"print", "what I was asked"};
    for (int i = 0; i < 2000; ++i)
      words.push_back("step " + std::to_string(i) + " of very many that nobody has to read");
    words.emplace_back("what came of it");
    THEN("its first and its last words are, with a note between them") {
      auto r = carry_out(child_agent(words), task);
      CHECK(r.succeeded);
      CHECK(r.summary.size() <= 32 * 1024);
      CHECK(r.summary.substr(0, 24) == "what I was asked\nstep 0 ");
      CHECK(says(r.summary, "read\n[something is left out here: it is longer]\nstep "));
      CHECK(says(r.summary, "read\nwhat came of it"));
    }
    AND_WHEN("it writes them into a file") {
      auto config = child_agent({"write", "{result_file}", ""});
      config.result_by = "file";
      for (std::size_t i = 1; i < words.size(); ++i)
        config.flags.back() += words[i] + "\n";
      THEN("the same holds") {
        auto r = carry_out(config, task);
        CHECK(r.succeeded);
        CHECK(r.summary.size() <= 64 * 1024);
        CHECK(r.summary.substr(0, 24) == "what I was asked\nstep 0 ");
        CHECK(says(r.summary, "left out here"));
        CHECK(says(r.summary, "read\nwhat came of it"));
      }
    }
  }
  GIVEN("one that prints JSON lines") {
    auto config = child_agent({"print", "hello", R"({"session_id":"abc-1","n":1})", R"({"answer":{"text":"first"}})",
                               R"({"answer":{"text":"last"}})", R"({"answer":)"});
    config.result_by = "json";
    config.result_pointer = "/answer/text";
    config.session.json_pointer = "/session_id";
    config.session.flag = "--resume";
    std::string session;
    auto r = carry_out(config, task, &session);
    CHECK(r.succeeded);
    CHECK(r.summary == "last");
    CHECK(session == "abc-1");
    CHECK(r.session == "abc-1");
    WHEN("it goes on in its session") {
      task.resume = true;
      task.session = "abc-1";
      auto agent = make_command_agent(config);
      auto spec = (*agent)->command(task);
      REQUIRE(spec.ok());
      CHECK((*agent)->can_resume());
      CHECK(spec->argv[spec->argv.size() - 2] == "--resume");
      CHECK(spec->argv.back() == "abc-1");
    }
  }
}

SCENARIO("the exit code of a configured agent decides") {
  scratch_directory scratch;
  auto task = task_in(scratch);
  auto failed = carry_out(child_agent({"complain", "3", "no such model"}), task);
  CHECK_FALSE(failed.succeeded);
  CHECK(failed.code == ec::agent_failed);
  CHECK(says(failed.error, "exited with 3:\nno such model"));
  CHECK(carry_out(child_agent({"exit", "75"}), task).code == ec::unavailable);
  CHECK(carry_out(child_agent({"raise", "9"}), task).code == ec::unavailable);
  auto slow = child_agent({"hang"});
  slow.silence_seconds = 1;
  CHECK(carry_out(slow, task).code == ec::timed_out);
  auto loud = child_agent({"flood"});
  loud.max_output_mb = 1;
  auto r = carry_out(loud, task);
  CHECK(r.code == ec::over_budget);
  CHECK(r.error.size() < 6000);
}

SCENARIO("a configuration that cannot work is refused before it is used") {
  CHECK(says(fault_of(child_agent({"{promt_file}"})), "unknown placeholder {promt_file}"));
  auto config = child_agent({"x"});
  config.prompt_by = "file";
  CHECK(says(fault_of(config), "{prompt_file}"));
  config = child_agent({"x"});
  config.result_by = "file";
  CHECK(says(fault_of(config), "{result_file}"));
  config.result_by = "json";
  CHECK(says(fault_of(config), "JSON pointer"));
  config.result_by = "telepathy";
  CHECK(says(fault_of(config), "telepathy"));
  config = child_agent({});
  config.command.clear();
  CHECK(says(fault_of(config), "agent.command"));
  config.command = "nobody-has-this-program";
  CHECK((*make_command_agent(config, {"PATH=/bin"}))->probe().error() == ec::bad_config);
}

SCENARIO("what strangers write does not become an option") {
  scratch_directory scratch;
  auto task = task_in(scratch);
  auto argv_for = [&](const std::string& key) {
    task.story_key = key;
    return (*(*make_command_agent(child_agent({"{story_key}"})))->command(task)).argv.at(1);
  };
  CHECK(argv_for("KEY-1") == "KEY-1");
  CHECK(argv_for("-rf") == "_-rf");
  CHECK(argv_for("../../x\n;y") == "_.._.._x__y");
  CHECK(argv_for("") == "_");
  auto with_session = make_command_agent(child_agent({"--session", "{session}"}));
  CHECK((*with_session)->names_session());
  task.session = "--evil";
  CHECK((*with_session)->command(task).error() == ec::bad_config);
}

SCENARIO("a result file is read for what it is") {
  scratch_directory scratch;
  auto task = task_in(scratch);
  auto config = child_agent({"print", "said", "{result_file}"});
  config.result_by = "file";
  auto agent = make_command_agent(config);
  auto path = scratch.path + "/result.md";
  auto summary = [&] {
    exit_status ended;
    ended.code = 0;
    return (*agent)->reader(task)->finish(ended).summary;
  };
  GIVEN("a link to a secret") {
    REQUIRE(::symlink("/etc/hostname", path.c_str()) == 0);
    CHECK(summary().empty());
  }
  GIVEN("a pipe that nobody writes to") {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK(summary().empty());
  }
  GIVEN("an answer of an earlier run") {
    std::ofstream{path} << "old";
    REQUIRE((*agent)->command(task).ok());
    CHECK(summary().empty());
  }
  GIVEN("a prompt file that is a link") {
    REQUIRE(::symlink("/tmp/hyakki-never-made", (scratch.path + "/prompt.md").c_str()) == 0);
    auto by_file = child_agent({"{prompt_file}"});
    by_file.prompt_by = "file";
    CHECK((*make_command_agent(by_file))->command(task).error() == ec::unavailable);
    CHECK_FALSE(std::filesystem::exists("/tmp/hyakki-never-made"));
  }
}

SCENARIO("placeholders are strict, braces are not") {
  auto fill = [](const char* word) {
    return fill_placeholders(word, [](std::string_view name) { return "<" + std::string{name} + ">"; });
  };
  CHECK(fill("a{x}b{y}") == "a<x>b<y>");
  CHECK(fill("{{x}}") == "{x}");
  CHECK(fill(R"({"a":{"b":1}})") == R"({"a":{"b":1}})");
  CHECK(fill("{}{ x}{x") == "{}{ x}{x");
  CHECK(fill("") == "");
}
