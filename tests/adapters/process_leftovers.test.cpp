// What a life that was killed by SIGKILL leaves running, and what the next one ends of it. Real processes throughout.
#include "adapters/process/run_notes.hpp"
#include "tests/adapters/process_world.hpp"
#include "tests/support/scratch_dir.hpp"

#include <catch2/catch.hpp>

#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

using namespace hyakki;
using namespace hyakki::test;

namespace {

using words = std::vector<std::string>;

/// An engine of its own that has started one run: whoever that announces is `left`.
class life {
public:
  life(process& door, const std::string& notes, const std::string& mark, const std::string& directory, words run) {
    words all{TEST_LIFE, notes, mark, directory};
    all.insert(all.end(), run.begin(), run.end());
    auto spec = child_spec({});
    spec.argv = all;
    handle_ = door.start(spec, seen_.handlers());
    REQUIRE(seen_.says("ready"));
    left_ = seen_.announced();
  }
  ~life() {
    for (auto pid : left_) // what the test did not see ended
      if (is_alive(pid))
        ::kill(pid, SIGKILL);
  }

  void is_killed() {
    ::kill(handle_->pid(), SIGKILL);
    REQUIRE(seen_.ends());
  }
  const std::vector<pid_t>& left() const { return left_; }

private:
  witness seen_;
  std::shared_ptr<process_handle> handle_;
  std::vector<pid_t> left_;
};

/// A shell that says who it is and becomes the test child.
words becomes(const std::string& how, const std::string& mode) {
  return {"/bin/sh", "-c", "echo pid $$; exec " + how + " " + TEST_CHILD + " " + mode};
}

std::uint64_t pipe_of(pid_t pid) {
  struct stat s {};
  REQUIRE(::stat(("/proc/" + std::to_string(pid) + "/fd/1").c_str(), &s) == 0);
  return s.st_ino;
}

struct bench {
  scratch_dir dir;
  std::string notes = dir.path() + "/runs";
  std::string tree = dir.path() + "/tree";
  std::string prefix = own_mark("life") + "/";
  std::unique_ptr<process> stage = make_process_door(false);

  bench() { std::filesystem::create_directory(tree); }

  /// Anybody's process, in a session of its own, without a mark.
  std::shared_ptr<process_handle> bystander(witness& seen, const std::string& where) {
    auto spec = child_spec({"hang"});
    spec.directory = where;
    auto handle = stage->start(spec, seen.handlers());
    REQUIRE(seen.says("ready"));
    return handle;
  }
  std::uint32_t ends_leftovers() { return make_process_door(false, notes)->end_leftovers(prefix); }
};

} // namespace

SCENARIO("after a kill, a run that wiped its environment is ended with all it started") {
  bench b;
  for (auto* mode : {"leave same hang", "leave session hang", "leave bare hang", "leave daemon hang"}) {
    INFO(mode);
    life earlier{*b.stage, b.notes, b.prefix + "1", b.tree, becomes("env -i", mode)};
    REQUIRE(earlier.left().size() == 2);
    earlier.is_killed();
    CHECK(is_alive(earlier.left()[0]));
    CHECK(is_alive(earlier.left()[1]));
    CHECK(b.ends_leftovers() >= 2);
    CHECK(dies(earlier.left()[0]));
    CHECK(dies(earlier.left()[1]));
    CHECK(b.ends_leftovers() == 0);
  }
}

SCENARIO("after a kill, a noted run is ended by its pid and start alone") {
  bench b;
  // No mark, no pipe of ours as a stream, not in its directory; its child is in the same group.
  auto script = std::string{"exec 3>&1 >/dev/null 2>&1; cd /; "} + TEST_CHILD +
                " hang & echo pid $$ >&3; echo pid $! >&3; echo ready >&3; exec 3>&-; wait";
  life earlier{*b.stage, b.notes, b.prefix + "1", b.tree, {"/usr/bin/env", "-i", "/bin/sh", "-c", script}};
  REQUIRE(earlier.left().size() == 2);
  earlier.is_killed();
  CHECK(is_alive(earlier.left()[0]));
  CHECK(b.ends_leftovers() == 2);
  CHECK(dies(earlier.left()[0]));
  CHECK(dies(earlier.left()[1]));
}

SCENARIO("after a kill, what descends from a marked run is ended although it wiped its environment") {
  bench b;
  for (auto* notes : {"", "noted"}) {
    INFO("notes: " << notes);
    auto path = *notes ? b.notes : std::string{};
    life earlier{*b.stage, path, b.prefix + "1", b.tree, becomes("", "leave bare hang")};
    earlier.is_killed();
    CHECK(make_process_door(false, path)->end_leftovers(b.prefix) >= 2);
    for (auto pid : earlier.left())
      CHECK(dies(pid));
  }
}

SCENARIO("after a kill, the session of a run outlives its leader and is ended") {
  bench b;
  life earlier{*b.stage, b.notes, b.prefix + "1", b.tree, becomes("env -i", "leave same hang")};
  earlier.is_killed();
  ::kill(earlier.left()[0], SIGKILL);
  REQUIRE(dies(earlier.left()[0]));
  CHECK(is_alive(earlier.left()[1]));
  CHECK(b.ends_leftovers() == 1);
  CHECK(dies(earlier.left()[1]));
}

SCENARIO("a run that was killed upon while it started is found by the pipes that it prints into") {
  bench b;
  witness seen, other;
  auto started = b.bystander(seen, "/tmp");
  auto stranger = b.bystander(other, "/tmp");
  {
    run_notes notes{b.notes};
    REQUIRE(notes.add("/", {pipe_of(started->pid()), 0}));
  }
  // The note is older than the run that it announces.
  auto text = "0 0 " + std::to_string(pipe_of(started->pid())) + " 0 ";
  {
    std::fstream file{b.notes, std::ios::in | std::ios::out};
    file.seekp(512);
    file.write(text.c_str(), static_cast<std::streamsize>(text.size() + 1));
  }
  CHECK(b.ends_leftovers() == 1);
  CHECK(seen.ends());
  CHECK(is_alive(stranger->pid()));
}

SCENARIO("nobody is ended who only looks like what an earlier life left") {
  bench b;
  witness seen;
  auto handle = b.bystander(seen, b.tree);
  auto pid = handle->pid();
  auto started = look_at(pid)->started;
  auto note = [&](pid_t leader, std::uint64_t when, const std::string& directory) {
    auto text = std::to_string(leader) + " " + std::to_string(when) + " 0 0 " + directory;
    { run_notes made{b.notes}; }
    std::fstream file{b.notes, std::ios::in | std::ios::out};
    file.seekp(512);
    file.write(text.c_str(), static_cast<std::streamsize>(text.size() + 1));
  };
  auto tree = std::filesystem::canonical(b.tree).string();
  GIVEN("a note of another process that had the same pid, and a shell that stands in its tree") {
    note(pid, started - 1, tree);
    THEN("it is left alone") {
      CHECK(b.ends_leftovers() == 0);
      CHECK(is_alive(pid));
      AND_THEN("the note is gone") { CHECK(run_notes{b.notes}.earlier().empty()); }
    }
  }
  GIVEN("a note of a process that is gone, and somebody who stands in its tree") {
    note(4'194'303, started - 1, tree);
    CHECK(b.ends_leftovers() == 0);
    CHECK(is_alive(pid));
  }
  GIVEN("a run of an earlier life in the same directory") {
    life earlier{*b.stage, b.notes, b.prefix + "1", b.tree, becomes("env -i", "leave session hang")};
    earlier.is_killed();
    THEN("that run is ended alone") {
      CHECK(b.ends_leftovers() == 2);
      CHECK(is_alive(pid));
    }
  }
  GIVEN("the very note, but of another start of the machine") {
    note(pid, started, tree);
    std::fstream file{b.notes, std::ios::in | std::ios::out};
    file.seekp(14);
    file << "00000000";
    file.close();
    CHECK(b.ends_leftovers() == 0);
    CHECK(is_alive(pid));
  }
  GIVEN("the very note, of this start") {
    note(pid, started, tree);
    CHECK(b.ends_leftovers() == 1);
    CHECK(seen.ends());
  }
}

SCENARIO("what another engine started is none of ours") {
  bench b;
  auto others = b.dir.path() + "/others";
  life other{*b.stage, others, own_mark("other"), b.tree, becomes("env -i", "leave same hang")};
  life earlier{*b.stage, b.notes, b.prefix + "1", b.tree, becomes("env -i", "leave same hang")};
  earlier.is_killed();
  WHEN("our leftovers are ended") {
    CHECK(b.ends_leftovers() == 2);
    THEN("its are not") {
      CHECK(is_alive(other.left()[0]));
      CHECK(is_alive(other.left()[1]));
    }
  }
  WHEN("its own file of notes is handed in while it lives") {
    CHECK(make_process_door(false, others)->end_leftovers(b.prefix) == 0);
    THEN("its runs are not touched") {
      CHECK(is_alive(other.left()[0]));
      CHECK(is_alive(other.left()[1]));
    }
  }
}

SCENARIO("notes take a slot of one private file, and none of it when a run is over") {
  bench b;
  auto door = make_process_door(true, b.notes);
  for (int i = 0; i < 20; ++i)
    CHECK(door->run(child_spec({"leave", "bare", "exit"}, b.prefix + std::to_string(i))).ok());
  struct stat s {};
  REQUIRE(::stat(b.notes.c_str(), &s) == 0);
  CHECK((s.st_mode & 07777) == 0600);
  CHECK(s.st_size <= 1024);
  door.reset();
  CHECK(run_notes{b.notes}.earlier().empty());
}

SCENARIO("runs go on where they cannot be noted") {
  bench b;
  for (auto path : {b.dir.path() + "/missing/runs", b.tree, std::string{"/dev/null"}}) {
    INFO(path);
    auto door = make_process_door(false, path);
    CHECK(door->run(child_spec({"exit", "0"}, b.prefix + "1")).ok());
    CHECK(door->end_leftovers(b.prefix) == 0);
  }
  GIVEN("a file of anything") {
    std::ofstream{b.notes} << std::string(700, '\n') << "12 7 x";
    CHECK(b.ends_leftovers() == 0);
  }
}
