// P14: how long the command line takes to start, beside `git --version`. Whole processes, spawn to wait.

#include "tests/bench/child_cost.hpp"
#include "tests/support/scratch_dir.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace hyakki;

/// Median milliseconds of `times` runs of a command.
double start_ms(const std::vector<std::string>& command, int times) {
  std::vector<double> took;
  for (int n = 0; n < times; ++n)
    took.push_back(bench::run_command(command).ms);
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
