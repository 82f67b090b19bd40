// Stories whose engine is killed by SIGKILL: at every write and every effect, before and after it, at any time, while
// the agent works, and again while it recovers. Nothing may be lost, nothing done twice.
//
// $HYAKKI_SOAK multiplies the counts; $HYAKKI_STORY_PROCESS is handed in by the build; $HYAKKI_SEED replays.
#include "tests/support/comes.hpp"
#include "tests/support/soak.hpp"
#include "tests/support/story_trial.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <iostream>
#include <mutex>
#include <random>
#include <thread>

using namespace hyakki;
using namespace hyakki::test;

namespace {

const std::string does_it = "echo changed >file.txt\necho 'I changed it.'\n";

const std::string does_it_in_a_line = "echo changed >file.txt; echo 'I mended it.'";

world_kind plain() {
  return {"one story with a check",
          {{"APP-1", "alpha"}},
          does_it,
          "test -f file.txt\n",
          state::done,
          {"ai-pipeline", "ai-done"},
          {"1/started", "1/success", "1/details"},
          {}};
}
world_kind unchecked() {
  auto k = plain();
  k.name = "one story without a check";
  k.check.clear();
  return k;
}
world_kind refused() {
  return {"an agent that fails",
          {{"APP-1", "alpha"}},
          "echo half >file.txt\necho 'I will not.'\nexit 1\n",
          {},
          state::failed,
          {"ai-pipeline", "ai-failed"},
          {"1/started", "1/failure"},
          {}};
}
world_kind idle() {
  return {"an agent that changes nothing",
          {{"APP-1", "alpha"}},
          "echo 'Nothing to do.'\n",
          {},
          state::no_changes,
          {"ai-pipeline", "ai-failed"},
          {"1/started", "1/no_changes"},
          {}};
}
world_kind pair() {
  auto k = plain();
  k.name = "two stories in two repositories";
  k.stories = {{"APP-1", "alpha"}, {"APP-2", "beta"}};
  return k;
}
world_kind second_life() {
  auto k = refused();
  k.name = "a failed story that an operator retries";
  k.end = state::done;
  k.labels = {"ai-pipeline", "ai-done"};
  k.comments = {"1/started", "1/failure", "2/started", "2/success", "2/details"};
  k.retry_agent = does_it;
  return k;
}

world_kind reviewed() {
  auto k = plain();
  k.name = "a change that is reviewed";
  k.agent = "case \"$prompt\" in *HYAKKI-REVIEW*) echo 'HYAKKI-REVIEW: PASS'; exit 0 ;; esac\n" + does_it;
  k.runs = 2;
  k.review = true;
  return k;
}
world_kind mended() {
  auto k = plain();
  k.name = "a change that a check sends back";
  k.agent = "case \"$prompt\" in *'was looked at'*) " + does_it_in_a_line + " ;; *) echo half >file.txt ;; esac\n";
  k.check = "grep -q changed file.txt\n";
  k.runs = 2;
  return k;
}
world_kind called_off() {
  return {"a story that is cancelled while its agent works",
          {{"APP-1", "alpha"}},
          "echo half >file.txt\nexec sleep 100\n",
          {},
          state::cancelled,
          {"ai-pipeline"},
          {"1/started", "1/cancelled"},
          {},
          1,
          false,
          true,
          false};
}
world_kind merged() {
  auto k = unchecked();
  k.name = "a pull request that is merged";
  k.merge = true;
  return k;
}

world_kind reworked() {
  auto k = plain();
  k.name = "another round on a pull request, by the label";
  k.agent =
    "case \"$prompt\" in *'Remark 1'*) echo more >more.txt; echo 'HYAKKI-REMARK 1: done'; exit 0 ;; esac\n" + does_it;
  k.remarks = {"Say more.", "And explain it."};
  k.comments = {"1/started", "1/success", "1/details", "2/started", "2/rework", "2/details"};
  return k;
}
world_kind reworked_by_review() {
  auto k = reworked();
  k.name = "another round on a pull request, by a review";
  k.check.clear();
  k.by_review = true;
  return k;
}
world_kind withdrawn() {
  auto k = called_off();
  k.name = "a story that loses its label while its agent works";
  k.cancel = false;
  k.withdraw = true;
  k.labels = {};
  return k;
}

struct job {
  std::vector<shot> shots;
  bool fine = false;
};

struct figures {
  int trials = 0, kills = 0, lost = 0, extra = 0, most_extra = 0, faulty = 0;
  std::int64_t ms = 0;
};

std::string to_text(const job& j) {
  std::string out;
  for (auto& s : j.shots)
    out += s.after_us >= 0 ? " after " + std::to_string(s.after_us) + " us;"
                           : " " + std::string{s.when} + (s.when == std::string{"stalled"} ? " at" : "") + " point " +
                               std::to_string(s.point) + ";";
  return out;
}

/// Last point that was reached in each start, by name.
std::string last_points(const trial& t) {
  std::string out, last;
  for (auto& line : lines_of(file_text(t.root() + "/points"))) {
    if (line.rfind("1 ", 0) == 0 && !last.empty())
      out += " [" + last + "]";
    last = line;
  }
  return out + " [" + last + "]";
}

/// Runs the trials on two threads and says every fault.
figures run_all(const world_kind& kind, const std::vector<job>& jobs, const char* what) {
  figures sum;
  std::mutex guard;
  std::vector<std::string> faults;
  std::atomic<std::size_t> next{0};
  auto began = std::chrono::steady_clock::now();
  auto worker = [&] {
    for (auto i = next++; i < jobs.size(); i = next++) {
      trial t{kind};
      t.set_up();
      for (auto& s : jobs[i].shots)
        t.fire(s, jobs[i].fine);
      t.recover();
      t.look();
      std::lock_guard lock{guard};
      ++sum.trials;
      sum.kills += t.kills();
      sum.lost += t.lost();
      sum.extra += std::max(0, t.extra());
      sum.most_extra = std::max(sum.most_extra, t.extra());
      sum.faulty += !t.faults().empty();
      if (!t.faults().empty() && faults.size() < 12) {
        std::string text = kind.name + ", killed" + to_text(jobs[i]) + last_points(t);
        for (auto& f : t.faults())
          text += "\n    " + f;
        faults.push_back(text);
      }
    }
  };
  std::vector<std::thread> threads;
  for (unsigned n = 0; n < std::max(2u, std::min(8u, std::thread::hardware_concurrency())); ++n)
    threads.emplace_back(worker);
  for (auto& t : threads)
    t.join();
  sum.ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  std::cerr << what << ", " << kind.name << ": " << sum.trials << " trials, " << sum.kills << " kills, " << sum.lost
            << " lost runs, " << sum.extra << " extra runs (at most " << sum.most_extra << " in a trial), "
            << sum.faulty << " with faults, " << sum.ms << " ms\n";
  for (auto& f : faults)
    FAIL_CHECK(f);
  return sum;
}

struct measured {
  long points = 0;
  std::int64_t us = 0;
};

/// How many points a life has that nobody ends, and how long it takes.
measured measure(const world_kind& kind, bool fine) {
  trial t{kind};
  t.set_up();
  auto began = std::chrono::steady_clock::now();
  CHECK_FALSE(t.fire({}, fine));
  auto took = std::chrono::steady_clock::now() - began;
  auto points = t.points();
  t.look();
  for (auto& f : t.faults())
    FAIL_CHECK(kind.name << ", never killed: " << f);
  // A story that is to be taken back was killed at work to begin with: that run is lost, exactly one. Whether its agent
  // is started once more before the look at its tracker is answered is a race that either side may win: a tracker that
  // is slow or away must not hold back what is under way. Everywhere else nothing may be lost and nothing started
  // twice.
  CHECK(t.lost() == (kind.withdraw ? 1 : 0));
  CHECK(t.extra() >= 0);
  CHECK(t.extra() <= t.lost());
  return {points, std::chrono::duration_cast<std::chrono::microseconds>(took).count()};
}

/// `thorough`: every git command is a point too, and a process may stall at a point before it dies.
void sweep(const world_kind& kind, bool thorough) {
  auto points = measure(kind, thorough).points;
  std::cerr << kind.name << ": " << points << " points\n";
  // A life that only ends what it finds is short; any other has more points than these, or they are not all seen.
  REQUIRE(points > (kind.withdraw ? 5 : 10));
  std::vector<job> jobs;
  for (int round = 0; round < soak(); ++round)
    for (long n = 1; n <= points; ++n)
      for (auto* when : {"before", "after", "stalled"})
        if (thorough || when != std::string{"stalled"})
          jobs.push_back({{{n, when, -1}}, thorough});
  auto sum = run_all(kind, jobs, "at every point");
  // Where two things happen at once their points are told apart by chance only, so the very last may be missed.
  CHECK(sum.kills >= sum.trials * 9 / 10);
  // A kill costs each story one run at most; a story that is to be taken back was killed once to begin with.
  auto kills = kind.withdraw ? 2 : 1;
  CHECK(sum.most_extra <= kills * static_cast<int>(kind.stories.size()));
}

} // namespace

SCENARIO("an engine that is killed at any write or effect loses nothing and does nothing twice") {
  GIVEN("one story, and every git command is a point too") { sweep(plain(), true); }
  GIVEN("no check") { sweep(unchecked(), false); }
  GIVEN("an agent that fails") { sweep(refused(), false); }
  GIVEN("an agent that changes nothing") { sweep(idle(), false); }
  GIVEN("two stories at once") { sweep(pair(), false); }
  GIVEN("an operator's retry") { sweep(second_life(), false); }
  GIVEN("a review") { sweep(reviewed(), false); }
  GIVEN("a check that sends the change back") { sweep(mended(), false); }
  GIVEN("an operator's cancel while the agent works") { sweep(called_off(), false); }
  GIVEN("a merge at the end") { sweep(merged(), false); }
  GIVEN("another round that a person asks for") { sweep(reworked(), false); }
  GIVEN("another round that a review asks for") { sweep(reworked_by_review(), false); }
  GIVEN("a story that its tracker takes back") { sweep(withdrawn(), false); }
}

SCENARIO("an engine that is killed at any time loses nothing and does nothing twice") {
  auto kind = pair();
  auto life = std::min({measure(kind, false).us, measure(kind, false).us, measure(kind, false).us});
  std::mt19937_64 dice{seed()};
  auto wanted = 200 * soak();
  // Some end before their time comes: they are no kills, and more are made.
  for (int kills = 0, rounds = 0; kills < wanted && rounds < 10; ++rounds) {
    std::vector<job> jobs;
    for (int n = kills; n < wanted; ++n)
      jobs.push_back({{{0, "", static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(life))}}, false});
    auto sum = run_all(kind, jobs, "at random times");
    kills += sum.kills;
    CHECK(sum.most_extra <= 2);
    if (rounds == 9)
      CHECK(kills >= wanted);
  }
}

SCENARIO("an engine that is killed again while it recovers loses nothing and does nothing twice") {
  auto kind = plain();
  auto points = measure(kind, false).points;
  std::mt19937_64 dice{seed()};
  auto any = [&] {
    return shot{static_cast<long>(1 + dice() % static_cast<std::uint64_t>(points)),
                dice() % 2 == 1 ? "after" : "before", -1};
  };
  std::vector<job> jobs;
  for (int n = 0; n < 50 * soak(); ++n) {
    auto first = any(), second = any();
    second.point = 1 + second.point % 12; // what follows a start
    jobs.push_back({{first, second}, false});
    if (n % 5 == 0)
      jobs.back().shots.push_back({1 + second.point % 6, "after", -1});
  }
  auto sum = run_all(kind, jobs, "twice");
  CHECK(sum.most_extra <= 3);
}

SCENARIO("an agent that outlives its engine is ended before the next one starts") {
  auto kind = plain();
  // A helper in a session of its own keeps the agent's mark; both wait for ever the first time.
  kind.agent =
    "if [ ! -e \"$here/held\" ]; then\n  : >\"$here/held\"\n  setsid sleep 1000 &\n  sleep 1000\nfi\n" + does_it;
  for (int n = 0; n < 3 * soak(); ++n) {
    trial t{kind};
    auto pid = t.start();
    // One that is about to become another program shows no mark for a moment.
    auto all_are_there = [&] { return comes([&] { return t.marked().size() >= 3; }); };
    REQUIRE(all_are_there());
    ::kill(pid, SIGKILL);
    wait_for(pid);
    CHECK(all_are_there());
    t.count_kill();
    t.recover();
    t.look();
    CHECK(t.lost() == 1);
    CHECK(t.extra() == 1);
    for (auto& f : t.faults())
      FAIL_CHECK(f);
  }
}
