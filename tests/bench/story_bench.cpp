// Whole stories: the orchestrator beside the same git commands and the same agent in a script (P7, P9), alone and
// while working trees are made and removed on the same disk.
//
// Own CPU is what this process uses, children not counted, from the start of one round to the start of the next, so
// that what the engine does after a story is done counts too; what the main thread spends on the other sides is taken
// off. Of it, what the threads that do git in this process used is told by itself, for the script's git is in its
// children, and what is left, the orchestration. Beside it the bare work, and what making one file costs here: a disk
// without a journal looks for long past every inode that was freed lately.

#include "tests/bench/bare_story.hpp"
#include "tests/bench/story_world.hpp"

#include <thread>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

using namespace hyakki;
using namespace hyakki::bench;

namespace {

/// CPU of the whole process, or of this thread, children not counted.
double cpu_ms(int whose) {
  rusage u{};
  ::getrusage(whose, &u);
  auto ms = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1000 + static_cast<double>(t.tv_usec) / 1000;
  };
  return ms(u.ru_utime) + ms(u.ru_stime);
}

/// Makes and removes trees of 3,000 files until it goes.
class churn {
public:
  explicit churn(const std::string& dir) {
    std::filesystem::create_directories(dir);
    std::string program = STUB_AGENT, way = "churn";
    char* argv[] = {program.data(), way.data(), nullptr};
    char* none[] = {nullptr};
    posix_spawn_file_actions_t where;
    ::posix_spawn_file_actions_init(&where);
    ::posix_spawn_file_actions_addchdir_np(&where, dir.c_str());
    if (::posix_spawn(&pid_, STUB_AGENT, &where, nullptr, argv, none) != 0)
      give_up("the churn did not start");
    ::posix_spawn_file_actions_destroy(&where);
  }
  ~churn() {
    int status = 0;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status, 0);
  }
  churn(const churn&) = delete;
  churn& operator=(const churn&) = delete;

private:
  pid_t pid_ = 0;
};

/// CPU of making one file in `dir`, in microseconds.
double file_cost(const std::string& dir) {
  std::filesystem::create_directories(dir);
  auto before = cpu_ms(RUSAGE_THREAD);
  for (int i = 0; i < 100; ++i)
    ::close(::open((dir + "/" + std::to_string(i)).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  auto took = (cpu_ms(RUSAGE_THREAD) - before) * 10;
  std::filesystem::remove_all(dir);
  return took;
}

void one_at_a_time(std::size_t rounds, bool churning) {
  hosts where{1, 20};
  auto noise = std::unique_ptr<churn>{};
  if (churning)
    noise = std::make_unique<churn>(where.dir / "churn");
  engine ours{where.dir.path(), {}};
  ours.start();
  auto bare = bare_story{where, "r0"};
  auto story = [&] {
    ours.submit("r0");
    ours.finish();
  };
  for (int i = 0; i < 3; ++i) { // the clone, and trees that are warm
    story();
    bare.run();
  }
  std::vector<double> cpu, gits, commits, bares, ratios, files;
  std::vector<int> stories; // in each span
  double others = 0;
  auto counted = [&](auto&& side) {
    auto before = cpu_ms(RUSAGE_THREAD);
    auto took = seconds(side) * 1000;
    others += cpu_ms(RUSAGE_THREAD) - before;
    return took;
  };
  int told = 0;
  auto last = cpu_ms(RUSAGE_SELF);
  auto last_git = ours.of_git->cpu_ms();
  auto name = std::string{churning ? " with churn" : ""};
  auto whole = interleaved(
    "P7 a whole story, 20 files, beside a script" + name, "ms", rounds,
    [&] {
      auto written = ours.seen->commits();
      auto took = seconds(story) * 1000;
      ++told;
      commits.push_back(static_cast<double>(ours.seen->commits() - written));
      return took;
    },
    [&] {
      auto took = counted([&] { where.script("r0"); });
      auto before = cpu_ms(RUSAGE_THREAD);
      counted([&] { bare.run(); });
      bares.push_back(cpu_ms(RUSAGE_THREAD) - before);
      counted([&] { files.push_back(file_cost(where.dir / "files")); });
      auto now = cpu_ms(RUSAGE_SELF);
      auto now_git = ours.of_git->cpu_ms();
      cpu.push_back(now - last - others);
      gits.push_back(now_git - last_git);
      stories.push_back(told);
      last = now;
      last_git = now_git;
      others = 0;
      told = 0;
      return took;
    });
  // The order of the sides turns, so that every second span holds two stories and the one between them none.
  std::vector<double> paired, in_git, besides;
  for (std::size_t i = 0; i + 1 < cpu.size(); i += 2) {
    auto both = stories[i] + stories[i + 1];
    paired.push_back((cpu[i] + cpu[i + 1]) / both);
    in_git.push_back((gits[i] + gits[i + 1]) / both);
    besides.push_back(paired.back() - in_git.back());
    ratios.push_back(paired.back() * 2 / (bares[i] + bares[i + 1]));
  }
  print(with_goal(whole, 1.05, true));
  auto own = alone("P7 own CPU of a story" + name, "ms", median(paired), paired.size());
  print(with_goal(own, 3, true));
  print(alone("P7 of that, the thread that does git" + name, "ms", median(in_git), in_git.size()));
  print(alone("P7 of that, the orchestration besides git" + name, "ms", median(besides), besides.size()));
  own.name = "P7 own CPU of a story beside bare libgit2 and spawns" + name;
  own.limit = median(bares);
  own.ratio = median(ratios);
  print(own);
  print(alone("CPU of making one file on this disk" + name, "us", median(files), files.size()));
  print(with_goal(alone("P7 durable commits of a story" + name, "commits", median(commits), commits.size()), 8, true));
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
  one_at_a_time(small ? 2 : 40, false);
  one_at_a_time(small ? 2 : 20, true);
  two_repositories(small);
}
