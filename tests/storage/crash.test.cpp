// The store and the ways of a machine to die: kill -9, power cuts, failing disks.
//
// $HYAKKI_SOAK multiplies the counts. The child and the module to preload are handed in by the build as
// $HYAKKI_CRASH_CHILD and $HYAKKI_DISK_FAULTS.
#include "storage/lmdb_store.hpp"
#include "tests/storage/crash_plan.hpp"
#include "tests/support/audit.hpp"
#include "tests/support/disk_log.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/soak.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace hyakki;
using namespace hyakki::test;

namespace {

std::string given(const char* name) {
  auto* v = std::getenv(name);
  return v != nullptr ? v : "";
}

/// The child with its words on a pipe.
struct child {
  pid_t pid = -1;
  int words = -1;
  std::string said;

  child(const std::string& dir, std::uint64_t batches, std::vector<std::string> environment = {}) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    auto path = given("HYAKKI_CRASH_CHILD");
    auto count = std::to_string(batches);
    std::string dir_arg = dir;
    char* argv[]{path.data(), dir_arg.data(), count.data(), nullptr};
    environment.push_back("ASAN_OPTIONS=verify_asan_link_order=0");
    std::vector<char*> env;
    for (auto& e : environment)
      env.push_back(e.data());
    env.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    auto code = ::posix_spawn(&pid, path.c_str(), &actions, nullptr, argv, env.data());
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    words = ends[0];
    INFO("the child is " << path);
    REQUIRE(code == 0);
  }
  ~child() {
    if (pid > 0) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
    ::close(words);
  }
  /// Reads what it says until it ends or the time is over.
  void listen(std::chrono::microseconds most) {
    auto end = std::chrono::steady_clock::now() + most;
    for (;;) {
      auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
      pollfd p{words, POLLIN, 0};
      if (left < 0 || ::poll(&p, 1, static_cast<int>(left)) <= 0)
        return;
      char buffer[4096];
      auto n = ::read(words, buffer, sizeof buffer);
      if (n <= 0)
        return;
      said.append(buffer, static_cast<std::size_t>(n));
    }
  }
  int end(int signal = 0) {
    if (signal != 0)
      ::kill(pid, signal);
    int status = 0;
    listen(std::chrono::seconds{60});
    ::waitpid(std::exchange(pid, -1), &status, 0);
    return status;
  }
};

/// The last acknowledged batch in the child's words.
std::uint64_t acked(const std::string& said) {
  auto at = said.rfind("ack ");
  return at == std::string::npos ? 0 : std::strtoull(said.c_str() + at + 4, nullptr, 10);
}

result<std::unique_ptr<store>> reopen(const std::string& path) {
  lmdb_options o;
  o.path = path;
  o.initial_map = 1 << 20;
  return open_lmdb_store(o);
}

/// What is wrong with a survivor that acknowledged `acks` batches; empty when nothing is.
std::string verdict(const std::string& path, std::uint64_t acks, bool whole) {
  auto s = reopen(path);
  if (!s)
    return "does not open: " + s.error().text;
  auto have = batches_in(**s);
  if (!have)
    return "is damaged: " + have.error().text;
  if (*have < acks || *have > acks + 1)
    return "holds " + std::to_string(*have) + " batches of " + std::to_string(acks) + " acknowledged ones";
  if (auto missing = missing_event(**s); !missing.empty())
    return "has forgotten too much: " + missing;
  if (whole)
    if (auto faults = audit(**s, true); !faults.empty())
      return "is unsound: " + faults.front();
  return {};
}

} // namespace

SCENARIO("kill -9 at any moment loses nothing that was acknowledged") {
  scratch_dir dir;
  dice d{7};
  std::uint64_t acks = 0;
  const std::uint64_t rounds = 200 * soak();
  for (std::uint64_t round = 0; round < rounds; ++round) {
    INFO("round " << round);
    if (round % 50 == 0) { // anew: kills during the making of the store count too, and the log stays short
      std::filesystem::remove_all(dir / "state");
      acks = 0;
    }
    child c{dir / "state", 0};
    c.listen(std::chrono::microseconds{roll(d, round % 50 < 10 ? 4'000 : 20'000)});
    auto status = c.end(SIGKILL);
    REQUIRE(WIFSIGNALED(status));
    INFO(c.said);
    REQUIRE(c.said.find("fail") == std::string::npos);
    acks = std::max(acks, acked(c.said));
    auto fault = verdict(dir / "state", acks, round % 5 == 0);
    INFO(fault);
    REQUIRE(fault.empty());
    acks = *batches_in(**reopen(dir / "state")); // the one that was not acknowledged may be there: then it stays
  }
}

SCENARIO("a power cut at any write loses nothing that was acknowledged") {
  if (given("HYAKKI_DISK_FAULTS").empty()) {
    WARN("skipped: HYAKKI_DISK_FAULTS does not name the module to preload");
    return;
  }
  REQUIRE(std::filesystem::exists(given("HYAKKI_DISK_FAULTS")));
  scratch_dir dir;
  auto state = dir / "state";
  {
    child c{
      state,
      150,
      {"LD_PRELOAD=" + given("HYAKKI_DISK_FAULTS"), "HYAKKI_DISK_DIR=" + state, "HYAKKI_DISK_LOG=" + (dir / "log")}};
    auto status = c.end();
    INFO(c.said);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 0);
  }
  std::vector<disk_op> ops;
  for (auto& op : read_disk_log(dir / "log"))
    if (op.kind == 'N' || op.path == state || op.path.find(".mdb") == op.path.size() - 4)
      ops.push_back(op);
  REQUIRE(ops.size() > 450);

  // In memory: the images are many, and their own durability is not the question.
  scratch_dir images{scratch_dir::on::memory};
  auto image = images / "image";
  auto clean = [&] { std::filesystem::remove_all(image); };
  const std::uint64_t wanted = 10'000 * soak();
  auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{60} * soak();
  std::uint64_t states = 0;
  dice d{11};
  auto each_point = wanted / ops.size() + 1;
  unsafe_disk disk;
  std::uint64_t acks = 0;
  std::string fault;
  std::size_t skipped_points = 0;
  for (std::size_t i = 0; i <= ops.size() && fault.empty(); ++i) {
    auto* next = i < ops.size() ? &ops[i] : nullptr;
    if (std::chrono::steady_clock::now() > limit)
      ++skipped_points;
    else
      for (std::uint64_t n = 0; n < each_point && fault.empty(); ++n, ++states) {
        clean();
        std::filesystem::create_directory(image);
        for (auto& [name, content] : disk.after_power_cut(next, d))
          std::ofstream{image + name.substr(state.size()), std::ios::binary}.write(
            content.data(), static_cast<std::streamsize>(content.size()));
        fault = verdict(image, acks, states % 10 == 0);
        if (!fault.empty())
          fault += " (after " + std::to_string(i) + " of " + std::to_string(ops.size()) + " operations)";
      }
    if (next != nullptr) {
      if (next->kind == 'N')
        acks = std::max(acks, acked(next->data));
      disk.apply(*next);
    }
  }
  INFO(fault);
  CHECK(fault.empty());
  CHECK(acks == 150);
  if (skipped_points > 0)
    WARN("the time was over after " << states << " states; " << skipped_points << " points were left out");
  else
    CHECK(states >= wanted);
}

SCENARIO("a call to the disk that fails is said, and loses nothing") {
  if (given("HYAKKI_DISK_FAULTS").empty()) {
    WARN("skipped: HYAKKI_DISK_FAULTS does not name the module to preload");
    return;
  }
  REQUIRE(std::filesystem::exists(given("HYAKKI_DISK_FAULTS")));
  auto error_number = GENERATE(ENOSPC, EIO, EMFILE);
  auto for_good = GENERATE(false, true);
  scratch_dir dir;
  constexpr std::uint64_t batches = 8;
  std::size_t hit = 0;
  for (int n = 1;; ++n) {
    auto state = dir / ("state" + std::to_string(n));
    child c{state,
            batches,
            {"LD_PRELOAD=" + given("HYAKKI_DISK_FAULTS"), "HYAKKI_DISK_DIR=" + state,
             "HYAKKI_DISK_FAIL=" + std::to_string(n) + ":" + std::to_string(error_number) + (for_good ? ":on" : "")}};
    auto status = c.end();
    INFO("call " << n << " fails with " << std::strerror(error_number) << (for_good ? " for good" : "") << ": "
                 << c.said);
    REQUIRE(WIFEXITED(status));
    auto code = WEXITSTATUS(status);
    auto failed = c.said.find("fail") != std::string::npos;
    hit += failed ? 1 : 0;
    if (failed) // for a person: which file, which call or reason
      REQUIRE(c.said.find(state) != std::string::npos);
    if (code == 0 && !for_good && c.said.find("fail") != std::string::npos)
      REQUIRE(error_number != EIO); // after a failed write or sync nothing is acknowledged any more
    if (code == 2 && !for_good && error_number == EIO)
      REQUIRE(c.said.find("started again", c.said.find("fail")) != std::string::npos);
    if (error_number == ENOSPC && !for_good && c.said.find("ack 1") != std::string::npos)
      REQUIRE(code == 0); // there is room again, and it goes on by itself
    REQUIRE((code == 0 || code == 2 || code == 3));
    auto fault = verdict(state, acked(c.said), true);
    INFO(fault);
    REQUIRE(fault.empty());
    std::filesystem::remove_all(state);
    if (code == 0 && !failed && n > 30)
      break; // nothing was left to fail
    REQUIRE(n < 2000);
  }
  CHECK(hit > 20);
}
