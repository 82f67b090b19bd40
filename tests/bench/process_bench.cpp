// The process door beside bare posix_spawn: how fast children start, what a running agent costs, whether a line
// is ever lost. Prints one JSON line a figure.

#include "adapters/process.hpp"
#include "tests/bench/bench.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <string>

using namespace hyakki;
using namespace std::chrono_literals;

namespace {

process_spec spec_of(std::vector<std::string> argv) {
  process_spec spec;
  spec.argv = std::move(argv);
  spec.environment = {"PATH=/usr/bin:/bin", "LANG=C"};
  spec.directory = "/";
  return spec;
}

/// Waits for a number of ends.
class gate {
public:
  void arrive() {
    std::lock_guard guard{mutex_};
    ++arrived_;
    changed_.notify_all();
  }
  void wait_for(std::size_t n) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return arrived_ >= n; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t arrived_ = 0;
};

/// The limit: start, wait, no streams.
double bare_rate(int children) {
  std::string program = "/bin/true", path = "PATH=/usr/bin:/bin";
  char* argv[] = {program.data(), nullptr};
  char* environment[] = {path.data(), nullptr};
  auto took = bench::seconds([&] {
    for (int i = 0; i < children; ++i) {
      pid_t pid = 0;
      int status = 0;
      if (::posix_spawn(&pid, program.c_str(), nullptr, nullptr, argv, environment) != 0)
        std::abort();
      ::waitpid(pid, &status, 0);
    }
  });
  return children / took;
}

/// One after the other, as short commands are run.
double run_rate(process& door, int children) {
  auto took = bench::seconds([&] {
    for (int i = 0; i < children; ++i)
      if (!door.run(spec_of({"/bin/true"})).ok())
        std::abort();
  });
  return children / took;
}

/// All handed over at once, as agents are started.
double start_rate(process& door, int children) {
  gate ended;
  auto took = bench::seconds([&] {
    for (int i = 0; i < children; ++i) {
      process_handlers handlers;
      handlers.on_exit = [&ended](exit_status) { ended.arrive(); };
      door.start(spec_of({"/bin/true"}), std::move(handlers));
    }
    ended.wait_for(static_cast<std::size_t>(children));
  });
  return children / took;
}

/// Anonymous memory of this process, in KB.
double own_memory_kb() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);)
    if (line.rfind("RssAnon:", 0) == 0)
      return std::strtod(line.c_str() + 8, nullptr);
  return 0;
}

struct agents_figures {
  std::size_t lines_lost = 0;
  double kb_an_agent = 0;
};

/// Stub agents that print ten lines a second, all at once.
agents_figures agents(process& door, std::size_t many, int for_seconds) {
  agents_figures figures;
  std::atomic<std::size_t> lines{0}, wrong{0}, started{0};
  gate begun, ended;
  std::vector<std::size_t> next(many, 0);
  auto before = own_memory_kb();
  for (std::size_t i = 0; i < many; ++i) {
    process_handlers handlers;
    handlers.on_lines = [&, i](std::vector<output_line> batch) {
      for (const auto& line : batch) {
        if (next[i] == 0)
          begun.arrive();
        if (line.text != "line " + std::to_string(next[i]++))
          ++wrong;
        ++lines;
      }
    };
    handlers.on_exit = [&](exit_status) { ended.arrive(); };
    auto spec = spec_of({BENCH_CHILD, "agent", "10", std::to_string(for_seconds)});
    spec.mark = "bench-" + std::to_string(::getpid()) + "/" + std::to_string(i);
    spec.limits.wall = 120s;
    spec.limits.silence = 60s;
    door.start(std::move(spec), std::move(handlers));
  }
  begun.wait_for(many);
  figures.kb_an_agent = (own_memory_kb() - before) / static_cast<double>(many);
  ended.wait_for(many);
  auto wanted = many * 10 * static_cast<std::size_t>(for_seconds);
  figures.lines_lost = (wanted > lines ? wanted - lines : 0) + wrong;
  return figures;
}

} // namespace

int main(int argc, char** argv) {
  bool small = bench::is_small(argc, argv);
  // Three descriptors an agent, and many systems begin with 1,024.
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);

  auto door = make_process_door(true);
  std::size_t rounds = small ? 1 : 7;
  int children = small ? 20 : 400;
  bare_rate(children / 10 + 1);
  run_rate(*door, children / 10 + 1);
  using bench::with_goal;
  bench::print(with_goal(bench::interleaved(
                           "process start, all at once, beside posix_spawn", "1/s", rounds,
                           [&] { return start_rate(*door, children); }, [&] { return bare_rate(children); }),
                         0.75));
  bench::print(with_goal(bench::interleaved(
                           "process run, one by one, beside posix_spawn", "1/s", rounds,
                           [&] { return run_rate(*door, children); }, [&] { return bare_rate(children); }),
                         0.75));
  auto figures = agents(*door, small ? 20 : 500, small ? 1 : 2);
  bench::print(with_goal(bench::alone("lines lost by running agents", "lines", double(figures.lines_lost)), 0, true));
  bench::print(with_goal(bench::alone("own memory a running agent", "KB", figures.kb_an_agent), 64, true));

  // A large process must not start children more slowly than a small one.
  std::size_t megabytes = small ? 16 : 1024;
  std::vector<char> ballast;
  bench::print(with_goal(bench::interleaved(
                           "process start at 1 GB, beside itself when small", "1/s", small ? 1 : 5,
                           [&] {
                             ballast.assign(megabytes << 20, 'b');
                             return start_rate(*door, children);
                           },
                           [&] {
                             std::vector<char>{}.swap(ballast);
                             return start_rate(*door, children);
                           }),
                         0.9));
  if (figures.lines_lost != 0) {
    std::fprintf(stderr, "lines were lost\n");
    return 1;
  }
  return 0;
}
