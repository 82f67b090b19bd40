#pragma once
// Children of a test: started with an argument vector and an environment of their own, waited for.

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hyakki::test {

/// `environment` is all that the child gets of one: "NAME=value".
inline pid_t start(std::string program, std::vector<std::string> args, std::vector<std::string> environment) {
  auto argv = std::vector<char*>{program.data()};
  for (auto& a : args)
    argv.push_back(a.data());
  argv.push_back(nullptr);
  auto env = std::vector<char*>{};
  for (auto& e : environment)
    env.push_back(e.data());
  env.push_back(nullptr);
  pid_t pid = 0;
  REQUIRE(::posix_spawn(&pid, program.c_str(), nullptr, nullptr, argv.data(), env.data()) == 0);
  return pid;
}
inline pid_t start(std::string program, std::vector<std::string> args, const std::string& environment = {}) {
  return start(std::move(program), std::move(args),
               environment.empty() ? std::vector<std::string>{} : std::vector<std::string>{environment});
}

/// Its exit code; of a child that was killed the signal, negative.
inline int wait_for(pid_t pid) {
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

} // namespace hyakki::test
