#pragma once
// The configuration that a world of stories has: shared by the process that works in it and the test that looks
// at what is left.
//
// <dir>/project/.tickets, <dir>/host/<slug>.git, <dir>/agent, <dir>/check (where there is one), <dir>/review (where
// changes are reviewed), <dir>/remarks and <dir>/answers (of reviewers), <dir>/merge (where pull requests are merged at
// the end), <dir>/work, <dir>/state. Everything else in <dir> is the test's.

#include "adapters/process/process_table.hpp"
#include "core/config.hpp"
#include "core/digest.hpp"

#include <filesystem>
#include <string>

namespace hyakki::test {

inline config world_settings(const std::string& dir) {
  config c;
  c.issue_tracker.name = "tickets";
  c.issue_tracker.type = "tickets";
  c.issue_tracker.path = dir + "/project";
  c.repo_hosting.type = "local";
  c.repo_hosting.path = dir + "/host";
  c.agent.type = "command";
  c.agent.command = dir + "/agent";
  c.agent.timeout_seconds = 120;
  c.routing.default_repository = "alpha";
  c.orchestrator.workspace_dir = dir + "/work";
  c.orchestrator.publishers = 2;
  c.storage.path = dir + "/state";
  c.retry.max_attempts = 8;
  c.retry.base_seconds = 0.02;
  c.retry.cap_seconds = 0.1;
  if (std::filesystem::exists(dir + "/check"))
    c.checks.push_back({"there", {dir + "/check"}, 60});
  c.review.enabled = std::filesystem::exists(dir + "/review");
  c.templates.comment_started = "Work on {issue_key} starts.";
  c.log.level = "warning";
  c.log.file = dir + "/engine.log";
  return c;
}

/// How the mark of every child of that world's engine begins.
inline std::string world_mark(const std::string& dir) { return sha256_hex(dir + "/state", 16) + "/"; }

/// Processes that an engine of this world started, and that are there still.
inline std::vector<seen_process> processes_of_world(const std::string& dir) {
  std::vector<seen_process> out;
  for (auto& p : processes_of_this_user())
    if (!p.is_dead() && mark_of(p.pid).rfind(world_mark(dir), 0) == 0)
      out.push_back(p);
  return out;
}

} // namespace hyakki::test
