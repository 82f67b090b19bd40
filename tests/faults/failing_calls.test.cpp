// A whole engine, as a user starts it, of which one call into the system fails: any of them, with every errno that
// such a call may have. It must not crash or hang, must say what happened, and the next start must end every story
// with exactly one branch, one pull request and one set of comments.
//
// A test run takes some of each kind, $HYAKKI_SOAK all of them. $HYAKKI_SEED chooses; $HYAKKI_KIND: only, and all, of
// that kind.
#include "tests/support/bounded_child.hpp"
#include "tests/support/soak.hpp"
#include "tests/support/story_trial.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cmath>
#include <iostream>
#include <mutex>
#include <random>
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

world_kind three() {
  return {"three stories in two repositories",
          {{"APP-1", "alpha"}, {"APP-2", "beta"}, {"APP-3", "gamma"}},
          "echo changed >file.txt\necho 'I changed it.'\n",
          "test -f file.txt\n",
          state::done,
          {"ai-pipeline", "ai-done"},
          {"1/started", "1/success", "1/details"},
          {}};
}

/// The C library asks for a little memory of its own where a thread first uses a thing of its own, and where it finds
/// none it says so and ends the process: nobody is asked.
bool library_gave_up(const std::string& said) {
  return said.find("Fatal glibc error: failed to register TLS destructor: out of memory") != std::string::npos ||
         said.find("cannot allocate memory for thread-local data: ABORT") != std::string::npos;
}

struct plan {
  std::vector<std::string> environment;
  std::string name;
};

struct figures {
  std::atomic<int> trials{0}, silent{0}, told{0}, faulty{0}, starts{0};
};

/// One world: a start with the fault, then healthy ones. What is wrong is said by `faults`.
void one_trial(const plan& p, figures& sum, std::mutex& guard, std::vector<std::string>& faults) {
  auto kind = three();
  trial t{kind};
  t.use_engine(given("HYAKKI_ENGINE"));
  auto environment = p.environment;
  environment.push_back("HYAKKI_FAIL_LOG=" + t.root() + "/failed");
  auto ended = wait_within(t.start_engine(environment), std::chrono::seconds{60});
  auto said = file_text(t.root() + "/out");
  auto log = file_text(t.root() + "/engine.log");
  if (ended.hung)
    t.fault("the engine did not end within 60 s");
  else if (library_gave_up(said))
    ++sum.told;
  else if (!WIFEXITED(ended.left.status))
    t.fault("the engine crashed: signal " + std::to_string(WTERMSIG(ended.left.status)));
  else if (WEXITSTATUS(ended.left.status) != 0) {
    ++sum.told;
    if (said.find("hyakki") == std::string::npos && log.empty())
      t.fault("the engine ended with " + std::to_string(WEXITSTATUS(ended.left.status)) + " and said nothing");
  } else {
    ++sum.silent;
  }
  t.count_kill();
  t.recover();
  t.look();
  ++sum.trials;
  sum.starts += t.starts();
  if (t.faults().empty())
    return;
  ++sum.faulty;
  std::lock_guard lock{guard};
  auto text = p.name + ": " + file_text(t.root() + "/failed");
  for (auto& f : t.faults())
    text += "\n    " + f;
  text += "\n--- said\n" + said.substr(0, 2000) + "\n--- log\n" + log.substr(0, 3000);
  faults.push_back(std::move(text));
}

void run_all(const std::vector<plan>& plans, const char* what) {
  figures sum;
  std::mutex guard;
  std::vector<std::string> faults;
  std::atomic<std::size_t> next{0};
  auto began = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (unsigned n = 0; n < std::max(2u, std::min(8u, std::thread::hardware_concurrency())); ++n)
    threads.emplace_back([&] {
      for (auto i = next++; i < plans.size(); i = next++)
        one_trial(plans[i], sum, guard, faults);
    });
  for (auto& t : threads)
    t.join();
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  std::cerr << what << ": " << sum.trials << " trials, " << sum.silent << " got over it at once, " << sum.told
            << " ended early and said why, " << sum.starts - 2 * sum.trials << " further starts, " << sum.faulty
            << " with faults, " << ms << " ms\n";
  for (std::size_t i = 0; i < faults.size() && i < 12; ++i)
    FAIL_CHECK(faults[i]);
  CHECK(sum.faulty == 0);
}

} // namespace

SCENARIO("an engine of which any call into the system fails loses nothing and does nothing twice") {
  auto module = "LD_PRELOAD=" + given("HYAKKI_FAIL_AT_MODULE");
  std::vector<std::string> calls;
  std::map<std::string, std::uint64_t> by_kind;
  {
    auto kind = three();
    trial t{kind};
    t.use_engine(given("HYAKKI_ENGINE"));
    auto left = wait_for(t.start_engine({module, "HYAKKI_FAIL_LOG=" + t.root() + "/calls"}));
    INFO(file_text(t.root() + "/out"));
    REQUIRE(left.well());
    calls = lines_of(file_text(t.root() + "/calls"));
    t.look();
    for (auto& f : t.faults())
      FAIL_CHECK(f);
    for (auto& c : calls) {
      auto blank = c.find(' ');
      ++by_kind[c.substr(blank + 1, c.find(' ', blank + 1) - blank - 1)];
    }
    std::cerr << calls.size() << " calls of an engine with three stories:";
    for (auto& [name, many] : by_kind)
      std::cerr << " " << name << " " << many;
    std::cerr << "\n";
    REQUIRE(calls.size() > 500);
  }
  auto dice = std::mt19937_64{seed()};
  std::vector<plan> plans;
  auto add = [&](const std::string& name, std::uint64_t n, std::uint64_t k) {
    auto at = std::to_string(n) + ":" + std::to_string(k);
    plans.push_back({{module, "HYAKKI_FAIL_KIND=" + name, "HYAKKI_FAIL_AT=" + at}, name + " " + at});
  };
  auto* only = std::getenv("HYAKKI_KIND");
  double roots = 0;
  for (auto& [name, many] : by_kind)
    roots += std::sqrt(static_cast<double>(many));
  for (auto& [name, many] : by_kind) {
    if (only != nullptr && name != only)
      continue;
    if (name == "thread") {
      // Where threads are short they are short for all. The engine asks for as many as the framework will need before
      // it lets it ask: the framework ends the process when it gets none.
      for (std::uint64_t n = 1; n <= many / 2; ++n)
        plans.push_back({{module, "HYAKKI_FAIL_KIND=thread", "HYAKKI_FAIL_AT=" + std::to_string(n) + ":0:on"},
                         "no thread from " + std::to_string(n) + " on"});
      continue;
    }
    if (soak() > 1 || only != nullptr) {
      for (std::uint64_t n = 1; n <= many; ++n)
        for (std::uint64_t k = 0; k < (name == "open" ? 4 : 3); ++k)
          add(name, n, k);
      continue;
    }
    // Of each kind some, of rare ones more: one in each stretch of the run, at a place that the seed gives.
    auto wanted = std::min(many, 3 + static_cast<std::uint64_t>(90 * std::sqrt(static_cast<double>(many)) / roots));
    for (std::uint64_t i = 0; i < wanted; ++i) {
      auto from = i * many / wanted, to = (i + 1) * many / wanted;
      add(name, 1 + from + dice() % std::max<std::uint64_t>(1, to - from), dice() % 4);
    }
  }
  run_all(plans, "a call fails");
}

SCENARIO("a ticket that cannot be read for a while is taken in when it can be") {
  std::vector<plan> plans;
  for (auto code : {"0", "1", "2", "3"}) // all of what opening may fail with
    plans.push_back({{"LD_PRELOAD=" + given("HYAKKI_FAIL_AT_MODULE"), "HYAKKI_FAIL_KIND=open",
                      "HYAKKI_FAIL_NAME=APP-2.yaml", std::string{"HYAKKI_FAIL_AT=1:"} + code + ":on"},
                     std::string{"no reading of APP-2, reason "} + code});
  run_all(plans, "a ticket cannot be read");
}

SCENARIO("an engine that finds no memory ends with a word, loses nothing and does nothing twice") {
  auto module = "LD_PRELOAD=" + given("HYAKKI_SHORT_MEMORY_MODULE");
  std::uint64_t many = 0;
  {
    auto kind = three();
    trial t{kind};
    t.use_engine(given("HYAKKI_ENGINE"));
    auto left = wait_for(t.start_engine({module, "HYAKKI_MEMORY_LOG=" + t.root() + "/many"}));
    INFO(file_text(t.root() + "/out"));
    REQUIRE(left.well());
    many = std::strtoull(file_text(t.root() + "/many").c_str(), nullptr, 10);
    std::cerr << many << " allocations of an engine with three stories\n";
    REQUIRE(many > 1000);
  }
  auto dice = std::mt19937_64{seed()};
  std::vector<plan> plans;
  auto wanted = soak() > 1 ? std::min<std::uint64_t>(many, 5000) : 24;
  for (std::uint64_t i = 0; i < wanted; ++i) {
    auto n = 1 + i * many / wanted + dice() % std::max<std::uint64_t>(1, many / wanted);
    auto at = std::to_string(n) + (i % 4 == 3 ? ":on" : "");
    plans.push_back({{module, "HYAKKI_NO_MEMORY_AT=" + at}, "no memory at " + at});
  }
  run_all(plans, "no memory");
}
