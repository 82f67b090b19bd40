// hyakki with a tracker of one's own: one look at a directory of notes, until every story rests.
#include "notes.hpp"

#include <runtime/orchestrator.hpp>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 5)
    return std::fprintf(stderr, "own_adapter NOTES_DIRECTORY HOST_DIRECTORY AGENT_PROGRAM WORK_DIRECTORY\n"), 2;
  auto c = config{};
  c.issue_tracker.type = c.issue_tracker.name = "notes";
  c.issue_tracker.path = argv[1];
  c.repo_hosting.type = "local";
  c.repo_hosting.path = argv[2];
  c.agent.type = "command";
  c.agent.command = argv[3];
  c.orchestrator.workspace_dir = argv[4];
  auto mine = parts{};
  mine.trackers.push_back(std::make_unique<notes>(c.issue_tracker));
  auto made = orchestrator::make(c, {}, std::move(mine));
  if (!made)
    return std::fprintf(stderr, "%s\n", made.error().text.c_str()), 1;
  auto ended = (*made)->run_once();
  if (!ended)
    return std::fprintf(stderr, "%s\n", ended.error().text.c_str()), 1;
  std::printf("%zu done, %zu failed\n", ended->done, ended->failed);
  return ended->done == 1 && ended->failed == 0 ? 0 : 1;
}
