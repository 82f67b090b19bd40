// A whole engine with an agent that behaves as badly as it can, each time in one way, beside one that works. However
// bad it is: it is ended with everything that it started, its output is bounded, its story ends with a reason that a
// person understands, and the other story does not notice.
//
// $HYAKKI_SOAK times each kind. $HYAKKI_KIND: only that one.
#include "tests/support/bounded_child.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/soak.hpp"
#include "tests/support/story_trial.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <iostream>
#include <mutex>
#include <sys/resource.h>
#include <thread>

using namespace hyakki;
using namespace hyakki::test;

namespace {

std::string given(const char* name) {
  auto* v = std::getenv(name);
  if (v == nullptr)
    throw std::runtime_error{std::string{name} + " is not set; the build hands it in"};
  return v;
}

/// One way to be bad and what must come of it.
struct way {
  std::string kind;
  std::set<state> ends;
  std::string why;       ///< part of the reason; empty = any, but there is one unless it is done
  std::string settings;  ///< more of the section `agent`
  std::string forbidden; ///< must be neither in the ticket nor in the transcript
};

const std::set<state> done{state::done}, failed{state::failed}, parked{state::parked},
  any_end{state::done, state::failed, state::parked, state::no_changes};

const std::vector<way> ways{
  {"says no", failed, "I will not", {}, {}},
  {"dies by a signal", failed, "SEGV", {}, {}},
  {"ends itself with its group", failed, "KILL", {}, {}},
  {"hangs", failed, "longer than", "  timeout_seconds: 3\n", {}},
  {"hangs", failed, "no output", "  silence_seconds: 2\n", {}},
  {"is deaf", failed, "longer than", "  timeout_seconds: 3\n", {}},
  {"stops itself", failed, "longer than", "  timeout_seconds: 3\n", {}},
  {"leaves a daemon", done, {}, {}, {}},
  {"leaves a daemon without a name", done, {}, {}, {}},
  {"leaves a daemon that holds its output", done, {}, {}, {}},
  {"shouts without end", {state::parked, state::failed}, "more than", "  max_output_mb: 8\n", {}},
  {"shouts in one line", {state::parked, state::failed}, "more than", "  max_output_mb: 24\n", {}},
  {"babbles bytes", done, {}, {}, "\x1b"},
  {"closes its output", done, {}, {}, {}},
  {"closes its output and hangs", failed, "longer than", "  timeout_seconds: 3\n", {}},
  {"eats memory", failed, "no more memory", "  max_memory_mb: 256\n", {}},
  {"writes a huge file", failed, "XFSZ", "  max_file_mb: 8\n", {}},
  {"makes many files", done, {}, {}, {}},
  {"digs deep", any_end, {}, {}, {}},
  {"makes things that are no files", any_end, {}, {}, {}},
  {"changes its git", any_end, {}, {}, {}},
  {"puts a link in place of its tree", any_end, {}, {}, {}},
  {"puts a link in place of a directory", any_end, {}, {}, {}},
  {"removes its tree", {state::failed, state::parked, state::no_changes}, {}, {}, {}},
  {"locks its tree", any_end, {}, {}, {}},
  {"bombs with processes", failed, "longer than", "  timeout_seconds: 3\n", {}},
  {"shoots its parent's group", done, {}, {}, {}},
  {"looks around", done, {}, {}, {}},
  {"lies", failed, {}, {}, {}},
  {"prints secrets and control characters", done, {}, {}, "\x1b"},
};

struct figures {
  std::atomic<int> trials{0}, faulty{0};
  std::atomic<long> most_kib{0}, most_ms{0};
};

void try_it(const way& w, figures& sum, std::mutex& guard, std::vector<std::string>& faults) {
  world_kind kind{w.kind,
                  {{"APP-1", "alpha"}, {"APP-2", "beta"}},
                  {},
                  {},
                  state::done,
                  {"ai-pipeline", "ai-done"},
                  {"1/started", "1/success", "1/details"},
                  {}};
  trial t{kind};
  kind.agent = "if [ \"$1\" = APP-1 ]; then exec " + given("HYAKKI_HOSTILE_AGENT") + " '";
  for (auto c : w.kind)
    kind.agent += c == '\'' ? std::string{"'\\''"} : std::string{c};
  kind.agent += "' \"$here\"; fi\necho changed >file.txt\necho 'I changed it.'\n";
  t.set_agent(kind.agent);
  auto settings = "  flags: ['{story_key}']\n" + w.settings;
  if (w.settings.find("timeout_seconds") == std::string::npos)
    settings += "  timeout_seconds: 40\n";
  t.use_engine(given("HYAKKI_ENGINE"), settings, 1);

  auto began = std::chrono::steady_clock::now();
  auto pid = t.start_engine();
  auto [left, hung, used] = wait_within(pid, std::chrono::seconds{90});
  auto status = left.status;
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  if (hung)
    t.fault("the engine did not end within 90 s");
  else if (!WIFEXITED(status))
    t.fault("the engine died by signal " + std::to_string(WTERMSIG(status)));
  else if (WEXITSTATUS(status) > 1)
    t.fault("the engine ended with " + std::to_string(WEXITSTATUS(status)));

  auto bad = t.record_of("APP-1"), good = t.record_of("APP-2");
  if (!bad || !good) {
    t.fault("a story was lost");
  } else {
    auto ended = std::string{to_string(bad->at)} + " (" + bad->why->text + ")";
    if (w.ends.count(bad->at) == 0)
      t.fault("its story ended as " + ended);
    else if (bad->at != state::done && (bad->why->text.size() < 10 || bad->why->text.find(w.why) == std::string::npos))
      t.fault("its story does not say why: " + ended);
    if (good->at != state::done || t.branches_of("beta").size() != 1)
      t.fault("the other story ended as " + std::string{to_string(good->at)} + " (" + good->why->text + ")");
    if (t.branches_of("alpha").size() != (bad->at == state::done ? 1u : 0u))
      t.fault("there are " + std::to_string(t.branches_of("alpha").size()) + " branches of it");
    if (std::getenv("HYAKKI_KIND") != nullptr)
      std::cerr << w.kind << ": " << ended << ", " << ms << " ms\n";
  }
  if (auto left = t.marked(); !left.empty())
    t.fault(std::to_string(left.size()) + " processes were left behind");
  for (auto& p : processes_of_this_user())
    if (!p.is_dead() && directory_of(p.pid).rfind(t.root(), 0) == 0)
      t.fault("process " + std::to_string(p.pid) + " still works in its tree");
  if (std::filesystem::exists(t.root() + "/owned"))
    t.fault("something that it planted was run by the engine");
  if (auto precious = t.root() + "/elsewhere/precious.txt";
      std::filesystem::exists(t.root() + "/elsewhere") && file_text(precious) != "precious\n")
    t.fault("a file outside of its tree was touched");
  std::uintmax_t transcripts = 0;
  std::error_code none;
  for (auto& f : std::filesystem::recursive_directory_iterator{t.root() + "/state/transcripts", none}) {
    transcripts += f.is_regular_file() ? f.file_size() : 0;
    if (!w.forbidden.empty() && f.is_regular_file() &&
        file_text(f.path().string()).find(w.forbidden) != std::string::npos)
      t.fault("the transcript has what nobody should print");
  }
  if (transcripts > (66u << 20))
    t.fault("the transcript has " + std::to_string(transcripts) + " bytes");
  if (!w.forbidden.empty() && t.ticket_of("APP-1").find(w.forbidden) != std::string::npos)
    t.fault("the ticket has what nobody should print");
  t.look_at_store();

  if (used.ru_maxrss > 64 * 1024)
    std::cerr << "  " << w.kind << ": " << used.ru_maxrss / 1024 << " MiB\n";
  ++sum.trials;
  auto keep_most = [](std::atomic<long>& most, long n) {
    for (auto seen = most.load(); n > seen && !most.compare_exchange_weak(seen, n);) {
    }
  };
  keep_most(sum.most_kib, used.ru_maxrss);
  keep_most(sum.most_ms, ms);
  if (t.faults().empty())
    return;
  ++sum.faulty;
  auto text = "an agent that " + w.kind;
  for (auto& f : t.faults())
    text += "\n    " + f;
  text += "\n--- said\n" + file_text(t.root() + "/out").substr(0, 1500) + "\n--- log\n" +
          file_text(t.root() + "/engine.log").substr(0, 2000);
  std::lock_guard lock{guard};
  faults.push_back(std::move(text));
}

} // namespace

SCENARIO("however an agent behaves, its story ends with a reason and the others do not notice") {
  auto* only = std::getenv("HYAKKI_KIND");
  std::vector<const way*> plan;
  for (int n = 0; n < soak(); ++n)
    for (auto& w : ways)
      if (only == nullptr || w.kind == only)
        plan.push_back(&w);
  figures sum;
  std::mutex guard;
  std::vector<std::string> faults;
  std::atomic<std::size_t> next{0};
  auto began = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n)
    threads.emplace_back([&] {
      for (auto i = next++; i < plan.size(); i = next++)
        try_it(*plan[i], sum, guard, faults);
    });
  for (auto& t : threads)
    t.join();
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  std::cerr << ways.size() << " ways to be bad, " << sum.trials << " trials, " << sum.faulty << " with faults, at most "
            << sum.most_kib / 1024 << " MiB of the engine and " << sum.most_ms << " ms, " << ms << " ms in all\n";
  for (auto& f : faults)
    FAIL_CHECK(f);
  CHECK(sum.most_kib / 1024 < 256 * sanitizer_cost);
}
