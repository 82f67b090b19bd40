// Whole stories: the orchestrator beside the same git commands and the same agent in a script (P7, P9).

#include "tests/bench/story_world.hpp"

#include <thread>

#include <sys/resource.h>

using namespace hyakki;
using namespace hyakki::bench;

namespace {

/// Our own CPU, children not counted.
double own_cpu_ms() {
  rusage u{};
  ::getrusage(RUSAGE_SELF, &u);
  auto ms = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1000 + static_cast<double>(t.tv_usec) / 1000;
  };
  return ms(u.ru_utime) + ms(u.ru_stime);
}

void one_at_a_time(bool small) {
  hosts where{1, 20};
  engine ours{where.dir.path(), {}};
  ours.start();
  auto story = [&] {
    ours.submit("r0");
    ours.finish();
  };
  story(); // clones
  std::vector<double> cpu, commits;
  print(with_goal(interleaved(
                    "P7 a whole story, 20 files, beside a script", "ms", small ? 2 : 41,
                    [&] {
                      auto before = own_cpu_ms();
                      auto written = ours.seen->commits();
                      auto took = seconds(story) * 1000;
                      cpu.push_back(own_cpu_ms() - before);
                      commits.push_back(static_cast<double>(ours.seen->commits() - written));
                      return took;
                    },
                    [&] { return seconds([&] { where.script("r0"); }) * 1000; }),
                  1.05, true));
  print(with_goal(alone("P7 own CPU of a story", "ms", median(cpu), cpu.size()), 3, true));
  print(with_goal(alone("P7 durable commits of a story", "commits", median(commits), commits.size()), 8, true));
}

void two_repositories(bool small) {
  hosts where{2, 20};
  engine ours{where.dir.path(), {2, 1, false}};
  ours.start();
  const int each = small ? 2 : 15;
  auto batch = [&](int n) {
    for (int i = 0; i < n; ++i)
      for (auto repository : {"r0", "r1"})
        ours.submit(repository);
    ours.finish();
  };
  batch(1); // clones
  print(with_goal(interleaved(
                    "P9 stories of two repositories at once, beside two scripts", "stories/s", small ? 1 : 7,
                    [&] { return 2 * each / seconds([&] { batch(each); }); },
                    [&] {
                      auto loop = [&](const std::string& repository) {
                        for (int i = 0; i < each; ++i)
                          where.script(repository);
                      };
                      return 2 * each / seconds([&] {
                               auto other = std::thread{loop, "r1"};
                               loop("r0");
                               other.join();
                             });
                    }),
                  0.95));
}

} // namespace

int main(int argc, char** argv) {
  auto small = is_small(argc, argv);
  one_at_a_time(small);
  two_repositories(small);
}
