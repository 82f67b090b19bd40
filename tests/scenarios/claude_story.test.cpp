// A whole story with the real Claude Code, which works for a model by script; kill -9 of the engine in the middle.
//
// Run by tests/support/with_claude; HYAKKI_TEST_CLAUDE is the program.

#include "tests/scenarios/cli_world.hpp"
#include "tests/support/scripted_model.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <future>
#include <sys/types.h>
#include <thread>

using namespace hyakki;
using namespace hyakki::test;
using json = nlohmann::json;

namespace {

struct claude_story_world : cli_world {
  claude_story_world() {
    write("hyakki.yaml", "issue_tracker:\n  type: tickets\n  path: project\n"
                         "repo_hosting:\n  type: local\n  path: host\n"
                         "agent:\n  type: claude_code\n  command: \"" +
                           std::string{std::getenv("HYAKKI_TEST_CLAUDE")} +
                           "\"\n  timeout_seconds: 120\n  allowed_tools: [Read, Edit, Bash]\n"
                           "  pass_environment: [ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL]\n"
                           "routing:\n  default_repository: app\n"
                           "orchestrator:\n  workspace_dir: work\n"
                           "storage:\n  path: state\n"
                           "checks:\n  - name: sum\n    command: [grep, -q, a + b, calc.py]\n");
    write("project/.tickets/open/ADD-1.yaml",
          "id: ADD-1\ntitle: Sums are wrong\ndescription: add subtracts\nstatus: open\npriority: medium\n"
          "reporter: Ann\nreporter_email: ann@example.org\nlabels:\n- ai-pipeline\n"
          "created_at: '2026-11-02T09:15:00'\nupdated_at: '2026-11-02T09:15:00'\ncomments: []\n");
    write("seed/calc.py", "def add(a, b):\n    return a - b\n");
    for (auto& words : std::vector<std::vector<std::string>>{
           {"init", "-q", "seed"},
           {"-C", "seed", "add", "calc.py"},
           {"-C", "seed", "-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-q", "-m", "Begin"},
           {"clone", "-q", "--bare", "seed", "host/app.git"}}) {
      auto spec = command({"git", "-c", "init.defaultBranch=main"}, words);
      REQUIRE(children->run(spec).ok());
    }
  }

  process_spec command(std::vector<std::string> argv, const std::vector<std::string>& more) const {
    auto spec = process_spec{};
    spec.argv = std::move(argv);
    spec.argv.insert(spec.argv.end(), more.begin(), more.end());
    spec.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + dir.path(), "LC_ALL=C.UTF-8", "TZ=UTC"};
    if (model) {
      spec.environment.push_back("ANTHROPIC_BASE_URL=" + model->address());
      spec.environment.push_back("ANTHROPIC_API_KEY=the-key");
    }
    spec.directory = dir.path();
    spec.limits.wall = std::chrono::seconds{120};
    return spec;
  }
  process_spec run_once() const {
    return command({std::getenv("HYAKKI_PROGRAM"), "run", "--once", "-c", "hyakki.yaml"}, {});
  }
  json shown() {
    auto asked = hyakki({"show", "ADD-1", "--json"});
    INFO(asked.err);
    return json::parse(asked.out);
  }

  std::unique_ptr<scripted_model> model;
};

const std::string mend_it =
  R"({"tool":"Edit","input":{"file_path":"{cwd}/calc.py","old_string":"a - b","new_string":"a + b"}})";
const std::string read_it = R"({"tool":"Read","input":{"file_path":"{cwd}/calc.py"}})";

} // namespace

SCENARIO("an engine that is killed while Claude Code works goes on in the same session") {
  claude_story_world w;
  auto lasting = w.dir / "lasting";
  w.write("lasting", "");
  auto wait_for_ever = R"({"tool":"Bash","input":{"command":"tail -f )" + lasting + R"(","description":"x"}})";
  w.model = std::make_unique<scripted_model>(*w.children,
                                             R"({"key":"the-key","rules":[{"when":"was interrupted","steps":[)" +
                                               mend_it + R"(,{"text":"It adds now."}]},)" + R"({"when":"","steps":[)" +
                                               read_it + "," + wait_for_ever + "]}]}",
                                             w.dir.path());
  std::promise<void> ended;
  process_handlers on;
  on.on_lines = [](std::vector<output_line>) {};
  on.on_exit = [&](exit_status) { ended.set_value(); };
  auto engine = w.children->start(w.run_once(), on);
  auto gone = ended.get_future();
  // It asks the second time for the tool that never ends; then it is in the middle.
  while (w.model->requests().size() < 2)
    REQUIRE(gone.wait_for(std::chrono::milliseconds{50}) == std::future_status::timeout);
  ::kill(engine->pid(), SIGKILL);
  gone.wait();

  auto again = w.children->run(w.run_once());
  INFO(again.out << again.err);
  REQUIRE(again.status.code == 0);
  auto story = w.shown();
  CHECK(story["story"]["state"] == "done");
  auto& runs = story["runs"];
  REQUIRE(runs.size() == 2);
  CHECK(runs[0]["outcome"] == "lost");
  CHECK(runs[1]["outcome"] == "succeeded");
  CHECK(runs[1]["resumed"] == true);
  CHECK(runs[1]["session"] == runs[0]["session"]);
  CHECK(runs[1]["turns"] == 2);
  CHECK(has(runs[1]["summary"], "It adds now."));
  // The session knew the story: what was asked of the model holds its first prompt, but it was given once.
  auto asked = json::parse(w.model->requests().at(2));
  CHECK(asked["rule"] == "was interrupted");
  CHECK(asked["messages"] >= 6);
}

SCENARIO("an agent that cannot do it is not asked to mend what was broken before") {
  claude_story_world w;
  w.model = std::make_unique<scripted_model>(
    *w.children, R"({"key":"the-key","rules":[{"when":"","steps":[{"text":"I cannot do this."}]}]})", w.dir.path());
  auto once = w.children->run(w.run_once());
  INFO(once.out << once.err);
  auto story = w.shown();
  CHECK(story["story"]["state"] == "no_changes");
  CHECK(story["runs"].size() == 1);
  CHECK(w.model->requests().size() == 1);
}
