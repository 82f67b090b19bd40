#pragma once
// What a whole command costs: from its spawn to its end, and its memory at the most.

#include "tests/bench/bench.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char** environ;

namespace hyakki::bench {

struct child_cost {
  double ms = 0;
  double peak_mb = 0;
};

/// Runs a command whose output goes nowhere. One that ends with another code than 0 or `allowed` ends the benchmark.
inline child_cost run_command(std::vector<std::string> command, int allowed = 0) {
  std::vector<char*> argv;
  for (auto& word : command)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t quiet;
  ::posix_spawn_file_actions_init(&quiet);
  ::posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
  rusage used{};
  auto took = seconds([&] {
    pid_t child = 0;
    int status = 0;
    if (::posix_spawnp(&child, argv[0], &quiet, nullptr, argv.data(), environ) != 0 ||
        ::wait4(child, &status, 0, &used) != child || !WIFEXITED(status) ||
        (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != allowed)) {
      std::fprintf(stderr, "%s %s does not work\n", argv[0], argv[1] != nullptr ? argv[1] : "");
      std::exit(1);
    }
  });
  ::posix_spawn_file_actions_destroy(&quiet);
  return {took * 1000, static_cast<double>(used.ru_maxrss) / 1024};
}

} // namespace hyakki::bench
