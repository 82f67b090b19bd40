// P14: how long the command line takes to start, beside `git --version`. Whole processes, spawn to wait.

#include "tests/bench/bench.hpp"
#include "tests/support/scratch_dir.hpp"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <vector>

extern char** environ;

namespace {

using namespace hyakki;

/// Median milliseconds of `times` runs of a command whose output goes nowhere.
double start_ms(std::vector<std::string> command, int times) {
  std::vector<char*> argv;
  for (auto& word : command)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
  std::vector<double> took;
  for (int n = 0; n < times; ++n)
    took.push_back(1000 * bench::seconds([&] {
                     pid_t child = 0;
                     int status = 0;
                     if (posix_spawnp(&child, argv[0], &quiet, nullptr, argv.data(), environ) != 0 ||
                         waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
                       std::fprintf(stderr, "%s does not work\n", argv[0]);
                       std::exit(1);
                     }
                   }));
  posix_spawn_file_actions_destroy(&quiet);
  return bench::median(took);
}

} // namespace

int main(int argc, char** argv) {
  auto small = bench::is_small(argc, argv);
  auto times = small ? 5 : 100;
  auto rounds = small ? 1u : 7u;
  auto program = std::getenv("HYAKKI_PROGRAM");
  if (program == nullptr)
    return std::fputs("HYAKKI_PROGRAM names the program to measure\n", stderr), 2;
  auto here = test::scratch_dir{};
  auto file = here / "hyakki.yaml";
  std::ofstream{file} << "issue_tracker:\n  type: tickets\n  path: .\nrepo_hosting:\n  type: local\n  path: .\n"
                         "agent:\n  type: command\n  command: /bin/true\nstorage:\n  path: state\n";
  auto git = [&] { return start_ms({"git", "--version"}, times); };
  auto version = [&] { return start_ms({program, "version"}, times); };
  auto status = [&] { return start_ms({program, "status", "-c", file}, times); };
  bench::print(bench::with_goal(
    bench::interleaved("P14 hyakki version, beside git --version", "ms", rounds, version, git), 1.5, true));
  bench::print(bench::with_goal(
    bench::interleaved("P14 hyakki status, configuration read, beside git --version", "ms", rounds, status, git), 1.5,
    true));
  return 0;
}
