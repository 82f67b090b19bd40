// Many stories: how soon a restart is ready (P10), and what a waiting and a running story take of memory (P11).
//
// Memory is measured in processes of their own, started by this one: `--measure WHAT COUNT DIRECTORY`. A figure is the
// slope between a fifth of the stories and all of them. "Own memory" is what is resident and not of a file: what was
// asked for, the allocator's waste and CAF's; "asked for" is the allocator's count of bytes in use. The stub
// tracker keeps nothing, so a story's text (about 100 bytes here) is counted where the orchestration keeps it.
//   supervised story  record, supervisor, lease, entries in dispatcher and queue, and a question to git under way
//   active story      that, with a runner and a question to it; its agent is a child that does not exist
//   running story     that, and a child with its two pipes, transcript and reader, and a working tree of real git

#include "core/lifecycle.hpp"
#include "tests/bench/idle_parts.hpp"
#include "tests/bench/story_world.hpp"

#include <chrono>
#include <functional>
#include <thread>

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>

using namespace hyakki;
using namespace hyakki::bench;

namespace {

/// A line of /proc/<pid>/status in kB; 0 when the process is gone.
double status_kb(const std::string& pid, const std::string& field) {
  std::ifstream in{"/proc/" + pid + "/status"};
  for (std::string line; std::getline(in, line);)
    if (line.rfind(field + ":", 0) == 0)
      return std::strtod(line.c_str() + field.size() + 1, nullptr);
  return 0;
}

/// A state directory with `count` queued stories of typical size.
void fill(const std::string& dir, std::size_t count) {
  lmdb_options l;
  l.path = dir + "/state";
  auto opened = open_lmdb_store(l);
  if (!opened)
    give_up(opened.error().text);
  std::vector<change> batch;
  for (std::size_t i = 1; i <= count; ++i) {
    change c;
    auto& s = c.record.story;
    s.tracker = "fake";
    s.key = "Q-" + std::to_string(i);
    s.title = "Story number " + std::to_string(i);
    s.description = std::string(400, 'd');
    s.labels = {"ai-pipeline", "repo:r0"};
    s.created_ms = static_cast<std::int64_t>(i);
    c.record.version = 1;
    batch.push_back(std::move(c));
    if (batch.size() == 1000 || i == count) {
      if (auto done = (*opened)->commit(batch); !done)
        give_up(done.error().text);
      batch.clear();
    }
  }
}

/// The first thing that is written after a restart is a story that is taken up: anew, or where it was left.
bool first_leased(const std::map<state, std::size_t>& at) { return !at.empty(); }

/// From nothing in memory to ready, and to the first story that is taken up.
void recovery(std::size_t count, double goal_ms, std::size_t rounds) {
  hosts where{1, 20};
  fill(where.dir.path(), count);
  std::vector<double> ready, leased;
  for (std::size_t i = 0; i < rounds; ++i) {
    auto from = std::chrono::steady_clock::now();
    auto since = [&] {
      return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - from).count();
    };
    engine ours{where.dir.path(), {1, 1, true}};
    ours.start();
    ready.push_back(since());
    if (!ours.seen->wait(first_leased))
      give_up("no story was taken up");
    leased.push_back(since());
  }
  auto name = std::to_string(count) + " stories";
  print(with_goal(alone("P10 restart to ready, " + name, "ms", median(ready), rounds), goal_ms, true));
  print(with_goal(alone("P10 restart to the first lease, " + name, "ms", median(leased), rounds), goal_ms, true));
}

/// A repository takes at most a hundred at once.
constexpr std::uint32_t most_in_one_repository = 100;
std::size_t repositories_for(std::size_t stories) { return std::max<std::size_t>(1, stories / most_in_one_repository); }

/// In a process of its own: the memory of a started engine with `count` stories that wait.
int measure_waiting(const std::string& dir) {
  engine ours{dir, {1, 1, true}};
  ours.start();
  if (!ours.seen->wait(first_leased))
    give_up("no story was taken up");
  std::printf("%.0f %.0f\n", status_kb("self", "RssAnon"), status_kb("self", "VmRSS"));
  return 0;
}

struct memory {
  double own_kb = 0;
  double asked_kb = 0;
};

memory memory_now() {
  auto m = ::mallinfo2();
  return {status_kb("self", "RssAnon"), static_cast<double>(m.uordblks + m.hblkhd) / 1024};
}

/// In a process of its own: the memory at a fifth of `count` stories of this kind, and at all of them. Does not come
/// back where children are idle: they never end.
int measure_stories(const std::string& dir, std::size_t count, std::string_view kind) {
  auto with_agents = kind == "running";
  auto supervised = kind == "supervised";
  auto repositories = repositories_for(count);
  auto c = engine_config(dir, {static_cast<std::uint32_t>(count), most_in_one_repository, true});
  lmdb_options l;
  l.path = c.storage.path;
  auto opened = open_lmdb_store(l);
  if (!opened)
    give_up(opened.error().text);
  parts p;
  auto seen = std::make_shared<tally>();
  p.memory = std::make_unique<counting_store>(*std::move(opened), seen);
  p.trackers.push_back(std::make_unique<forgetful_tracker>());
  if (with_agents)
    p.children = make_process_door(false);
  else
    p.children = std::make_unique<idle_children>();
  auto& children = *p.children;
  if (!with_agents)
    p.repositories = std::make_unique<idle_git>(dir + "/workspace", supervised);
  auto made = orchestrator::make(c, {}, std::move(p));
  if (!made)
    give_up(made.error().text);
  auto runs = *std::move(made);
  if (auto started = runs->start(); !started)
    give_up(started.error().text);
  std::size_t stories = 0;
  auto until = [&](std::size_t n) {
    for (; stories < n; ++stories) {
      story s;
      s.tracker = "fake";
      s.key = "B-" + std::to_string(stories);
      s.title = "Story number " + std::to_string(stories);
      s.description = "Write a file.";
      s.labels = {"repo:r" + std::to_string(stories % repositories)};
      if (auto taken = runs->submit(s); !taken || !*taken)
        give_up(taken ? "a story was not taken" : taken.error().text);
    }
    auto arrived = [&] { return supervised ? seen->count(state::preparing) : children.running(); };
    for (int naps = 0; arrived() < n; ++naps) {
      if (naps > 12'000)
        give_up("a story did not come to its agent");
      std::this_thread::sleep_for(std::chrono::milliseconds{25});
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{500});
    return memory_now();
  };
  auto few = until(count / 5);
  auto all = until(count);
  std::printf("%.0f %.0f %.3f %.3f\n", few.own_kb, all.own_kb, few.asked_kb, all.asked_kb);
  std::fflush(stdout);
  if (!with_agents)
    ::_exit(0);
  return 0;
}

/// Runs this program again and reads the numbers that it prints.
std::vector<double> measured(const char* what, std::size_t count, const std::string& dir) {
  auto file = dir + "/measured";
  std::vector<std::string> args{"/proc/self/exe", "--measure", what, std::to_string(count), dir};
  std::vector<char*> argv;
  for (auto& a : args)
    argv.push_back(a.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t to;
  ::posix_spawn_file_actions_init(&to);
  ::posix_spawn_file_actions_addopen(&to, 1, file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = 0;
  int status = 0;
  if (::posix_spawn(&pid, argv[0], &to, nullptr, argv.data(), environ) != 0 || ::waitpid(pid, &status, 0) != pid ||
      status != 0)
    give_up(std::string{"measuring "} + what + " failed");
  ::posix_spawn_file_actions_destroy(&to);
  std::ifstream in{file};
  std::vector<double> out;
  for (double n = 0; in >> n;)
    out.push_back(n);
  return out;
}

void memory_waiting(std::size_t few, std::size_t many) {
  auto at = [](std::size_t count) {
    hosts where{1, 20};
    fill(where.dir.path(), count);
    return measured("waiting", count, where.dir.path());
  };
  auto a = at(few), b = at(many);
  auto slope = [&](double x, double y) { return (y - x) * 1024 / static_cast<double>(many - few); };
  auto name = std::to_string(few) + " to " + std::to_string(many);
  print(with_goal(alone("P11 a waiting story, own memory, " + name, "bytes", slope(a.at(0), b.at(0))), 300, true));
  print(alone("P11 a waiting story, with pages of the store's file, " + name, "bytes", slope(a.at(1), b.at(1))));
}

void memory_of_stories(const std::string& what, std::size_t count, double goal) {
  hosts where{static_cast<int>(repositories_for(count)), 20};
  auto m = measured(what.c_str(), count, where.dir.path());
  auto slope = [&](double x, double y) { return (y - x) * 1024 / static_cast<double>(count - count / 5); };
  auto name = "P11 " + what + " story, of " + std::to_string(count);
  auto own = alone(name + ", own memory", "bytes", slope(m.at(0), m.at(1)));
  print(goal != 0 ? with_goal(own, goal, true) : own);
  print(alone(name + ", asked for", "bytes", slope(m.at(2), m.at(3))));
}

/// `hyakki-engine run` with nothing to do.
void memory_of_the_program(const std::string& program) {
  hosts where{1, 1};
  auto& dir = where.dir;
  std::filesystem::create_directories(dir / "project/.tickets/open");
  std::filesystem::create_directories(dir / "project/.tickets/closed");
  std::ofstream{dir / "hyakki.yaml"} << "issue_tracker:\n  type: tickets\n  path: project\n"
                                        "repo_hosting:\n  type: local\n  path: host\n"
                                        "agent:\n  type: command\n  command: "
                                     << STUB_AGENT
                                     << "\nrouting:\n  default_repository: r0\n"
                                        "orchestrator:\n  workspace_dir: work\nstorage:\n  path: state\n";
  auto file = dir / "hyakki.yaml";
  auto quiet = dir / "said";
  std::vector<std::string> args{program, "run", "-c", file};
  std::vector<char*> argv;
  for (auto& a : args)
    argv.push_back(a.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t to;
  ::posix_spawn_file_actions_init(&to);
  ::posix_spawn_file_actions_addchdir_np(&to, dir.path().c_str());
  for (int fd : {1, 2})
    ::posix_spawn_file_actions_addopen(&to, fd, quiet.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  pid_t pid = 0;
  if (::posix_spawn(&pid, argv[0], &to, nullptr, argv.data(), environ) != 0)
    give_up("cannot start " + program);
  ::posix_spawn_file_actions_destroy(&to);
  for (int i = 0; i < 200 && !std::filesystem::exists(dir / "state/data.mdb"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  std::this_thread::sleep_for(std::chrono::seconds{1}); // the first look at the tracker
  auto name = std::to_string(pid);
  auto all = status_kb(name, "VmRSS"), own = status_kb(name, "RssAnon");
  ::kill(pid, SIGTERM);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (all == 0)
    give_up("the engine ended by itself");
  print(with_goal(alone("P11 resident, engine with nothing to do", "MB", all / 1024), 20, true));
  print(alone("P11 own memory, engine with nothing to do", "MB", own / 1024));
}

} // namespace

int main(int argc, char** argv) {
  std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() == 4 && args[0] == "--measure") {
    auto count = std::strtoul(args[2].c_str(), nullptr, 10);
    return args[1] == "waiting" ? measure_waiting(args[3]) : measure_stories(args[3], count, args[1]);
  }
  auto small = is_small(argc, argv);
  auto full = std::find(args.begin(), args.end(), "--full") != args.end();
  recovery(small ? 100 : 10'000, 30, small ? 1 : 5);
  if (!small)
    recovery(100'000, 250, 5);
  if (full)
    recovery(1'000'000, 2500, 3);
  memory_waiting(small ? 100 : 10'000, small ? 200 : 100'000);
  memory_of_stories("supervised", small ? 5 : 1000, 3 * 1024);
  memory_of_stories("active", small ? 5 : 1000, 0);
  memory_of_stories("running", small ? 5 : 500, 64 * 1024);
  if (auto program = std::getenv("HYAKKI_ENGINE"))
    memory_of_the_program(program);
}
