// hyakki inside a program: a tracker of its own, one story, one pull request. README.md says how to run it.

#include <runtime/orchestrator.hpp>

#include <cstdio>

using namespace hyakki;

/// Stories come from a list in memory, and remarks on them go to the terminal.
class notes final : public tracker {
public:
  notes() {
    todo_.tracker = "notes";
    todo_.key = "NOTE-1";
    todo_.title = "Greet the world";
    todo_.description = "There should be a file greeting.txt that says hello.";
  }
  std::string_view name() const override { return "notes"; }
  result<found> search() override { return found{{todo_}, {}, {}}; }
  result<story> fetch(std::string_view) override { return todo_; }
  result<bool> post(std::string_view key, const comment& what) override {
    std::printf("remark on %.*s: %s\n", static_cast<int>(key.size()), key.data(), what.marker.c_str());
    return true;
  }
  result<void> label(std::string_view, const label_change&) override { return {}; }
  result<void> move_to(std::string_view, std::string_view) override { return {}; }
  result<void> probe() override { return {}; }

private:
  story todo_;
};

int main(int argc, char** argv) {
  if (argc != 4)
    return std::fprintf(stderr, "embed HOST_DIRECTORY AGENT_PROGRAM WORK_DIRECTORY\n"), 2;
  auto c = config{};
  c.issue_tracker.type = c.issue_tracker.name = "notes";
  c.repo_hosting.type = "local";
  c.repo_hosting.path = argv[1];
  c.agent.type = "command";
  c.agent.command = argv[2];
  c.routing.default_repository = "app";
  c.orchestrator.workspace_dir = argv[3];
  auto mine = parts{};
  mine.trackers.push_back(std::make_unique<notes>());
  auto made = orchestrator::make(c, {}, std::move(mine));
  if (!made)
    return std::fprintf(stderr, "%s\n", made.error().text.c_str()), 1;
  auto& o = **made;
  o.subscribe("print", [](const event& e) -> result<void> {
    std::printf("%s: %s\n", e.story.c_str(), std::string{to_string(e.kind)}.c_str());
    return {};
  });
  auto ended = o.run_once();
  return ended && ended->done == 1 ? 0 : 1;
}
