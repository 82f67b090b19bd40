#pragma once
// The command line as a user meets it: real processes, a configuration and a store of a test's own.

#include "adapters/process.hpp"
#include "core/event.hpp"
#include "storage/lmdb_store.hpp"
#include "tests/support/scratch_dir.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace hyakki::test {

/// What a command left.
struct said {
  int code = -1;
  std::string out;
  std::string err;
};

class cli_world {
public:
  cli_world() {
    std::filesystem::create_directories(dir / "project/.tickets/open");
    std::filesystem::create_directories(dir / "host");
    write("hyakki.yaml", "issue_tracker:\n  type: tickets\n  path: project\n"
                         "repo_hosting:\n  type: local\n  path: host\n"
                         "agent:\n  type: command\n  command: /bin/true\n"
                         "routing:\n  default_repository: app\n"
                         "orchestrator:\n  workspace_dir: work\n"
                         "storage:\n  path: state\n");
    write("project/.tickets/config.yaml", "default_status: open\nid_prefix: TICKET\n");
  }

  void write(const std::string& name, const std::string& text) const {
    auto path = std::filesystem::path{dir / name};
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
  }
  std::string read(const std::string& name) const {
    auto text = std::ostringstream{};
    text << std::ifstream{dir / name, std::ios::binary}.rdbuf();
    return text.str();
  }

  /// hyakki ARGUMENT…, in the scratch directory, as it is.
  said bare(std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
    auto spec = process_spec{};
    spec.argv = {std::getenv("HYAKKI_PROGRAM")};
    spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
    spec.environment = {"PATH=/usr/bin:/bin", "HOME=" + dir.path(), "LC_ALL=C.UTF-8", "TZ=UTC"};
    spec.environment.insert(spec.environment.end(), environment.begin(), environment.end());
    spec.directory = dir.path();
    spec.limits.wall = std::chrono::seconds{60};
    auto left = children->run(spec);
    INFO(describe(left.status));
    REQUIRE(left.status.how == process_end::exited);
    return {left.status.code, left.out, left.err};
  }
  /// The same with -c hyakki.yaml.
  said hyakki(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"-c", "hyakki.yaml"});
    return bare(std::move(arguments));
  }

  lmdb_options options() const {
    auto o = lmdb_options{};
    o.path = dir / "state";
    return o;
  }
  std::unique_ptr<store> own() const {
    auto opened = open_lmdb_store(options());
    if (!opened)
      FAIL(opened.error().text);
    return std::move(*opened);
  }

  /// A story that is there at once in the given state.
  static change story_in(state at, std::string tracker, std::string key, std::string title, std::int64_t changed_ms) {
    auto c = change{};
    auto& r = c.record;
    r.story.tracker = std::move(tracker);
    r.story.key = std::move(key);
    r.story.title = std::move(title);
    r.at = at;
    r.version = 1;
    r.taken_ms = changed_ms - 60'000;
    r.changed_ms = changed_ms;
    auto e = event{};
    e.at_ms = changed_ms;
    e.kind = event_kind::moved;
    e.story = r.id();
    e.title = r.story.title;
    e.payload = on_move{state::queued, move::dispatched, at, ""};
    c.events.push_back(e);
    return c;
  }
  void remember(const std::vector<change>& changes) const {
    auto memory = own();
    auto kept = memory->commit(changes);
    REQUIRE(kept);
    for (auto& one : *kept)
      REQUIRE(one);
  }

  scratch_dir dir;
  std::unique_ptr<process> children = make_process_door(false);
};

/// True when `text` holds `part`.
inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace hyakki::test
