// Thousands of random schedules of the real actors between failing parts, with operators, stops and kills.
// HYAKKI_SEED=n runs exactly that one, with a trace; HYAKKI_SOAK=n runs n times as many.

#include "tests/support/audit.hpp"
#include "tests/support/sim_world.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <sstream>

using namespace hyakki;
using namespace hyakki::test;

namespace {

constexpr int stories = 50;
constexpr int repositories = 5;

std::string key_of(int n) { return "SIM-" + std::to_string(n); }

struct outcome {
  std::uint64_t digest = 0;
  std::vector<std::string> wrongs;
  std::size_t steps = 0;
  std::size_t runs = 0;
  std::map<state, int> ends;
};

class sweep {
public:
  explicit sweep(std::uint64_t seed, bool trace) : w_(seed, trace ? &std::cerr : nullptr) {
    if (trace) {
      log_config c;
      c.level = "debug";
      w_.log = *logger::make(c, std::cerr);
    }
  }

  outcome run() {
    for (int n = 0; n < stories; ++n) {
      story s;
      s.key = key_of(n);
      s.title = "Story " + std::to_string(n);
      s.labels = {w_.settings.issue_tracker.trigger_label};
      if (n % 25 != 24) // otherwise nobody knows where it belongs
        s.labels.push_back("repo:r" + std::to_string(n % repositories));
      s.priority = n % 4;
      s.created_ms = n;
      w_.tracker->put(s);
    }
    storm();
    heal();
    again();
    if (w_.world.wrongs.empty())
      w_.sim.pass(std::chrono::seconds{2});
    judge();
    outcome out;
    for (int n = 0; n < stories; ++n)
      if (auto r = w_.memory.look("fake/" + key_of(n)))
        ++out.ends[r->at];
    out.digest = w_.sim.digest;
    out.wrongs = w_.world.wrongs;
    out.steps = w_.sim.steps;
    out.runs = w_.books.runs;
    return out;
  }

private:
  /// Everything fails now and then; operators call; the process stops and is killed.
  void storm() {
    auto& dice = w_.sim;
    w_.raise();
    auto lives = 1 + dice.below(4);
    for (int life = 0; life < lives; ++life) {
      auto steps = 500 + dice.below(3'000);
      for (int i = 0; i < steps && dice.step(); ++i) {
        if (i % 16 == 0)
          strike();
        if (!w_.world.wrongs.empty())
          return;
      }
      if (life + 1 == lives)
        break;
      if (dice.once_in(2)) {
        if (!w_.lower())
          w_.world.wrong("it did not stop");
      } else {
        w_.kill();
      }
      w_.raise();
    }
  }

  void strike() {
    auto& dice = w_.sim;
    using tc = fake_tracker::call;
    using hc = fake_code_host::call;
    static constexpr ec bad[] = {ec::unavailable, ec::timed_out, ec::rate_limited, ec::rejected, ec::bad_config};
    auto pick = [&] {
      auto code = bad[dice.below(5)];
      return error{code, "sim: fails", code == ec::rate_limited ? dice.time->now() + 30'000 : 0};
    };
    if (dice.once_in(6)) {
      tc which[] = {tc::search, tc::post, tc::label};
      if (dice.once_in(2))
        w_.tracker->fail_next(which[dice.below(3)], pick());
      else
        w_.tracker->lose_answer(which[dice.below(3)]);
    }
    if (dice.once_in(10)) {
      hc which[] = {hc::locate, hc::find_or_open};
      if (dice.once_in(2))
        w_.host.fail_next(which[dice.below(2)], pick());
      else
        w_.host.lose_answer(which[dice.below(2)]);
    }
    if (dice.once_in(40))
      post(dice.once_in(2) ? operator_request::kind::cancel : operator_request::kind::retry);
  }

  void post(operator_request::kind what) {
    operator_request r;
    r.what = what;
    r.story = "fake/" + key_of(static_cast<int>(w_.sim.below(stories)));
    r.reason = "sim: somebody wants it";
    (void)w_.memory.post_request(r);
  }

  bool settled() {
    if (!w_.inside().running.empty())
      return false;
    for (int n = 0; n < stories; ++n) {
      auto r = w_.memory.look("fake/" + key_of(n));
      if (!r || is_living(r->at))
        return false;
    }
    return true;
  }

  void until_settled(const char* when) {
    auto until = w_.sim.elapsed_ms() + 24 * 3600 * 1000;
    std::size_t n = 0;
    bool done = false;
    while (w_.world.wrongs.empty() && !done && w_.sim.elapsed_ms() < until && w_.sim.step())
      if (++n % 256 == 0)
        done = settled();
    if (done || !w_.world.wrongs.empty())
      return;
    for (int i = 0; i < stories; ++i) {
      auto r = w_.memory.look("fake/" + key_of(i));
      if (!r)
        w_.world.wrong(key_of(i) + " was never taken in (" + when + ")");
      else if (is_living(r->at))
        w_.world.wrong(key_of(i) + " is stuck: " + std::string{to_string(r->at)} + " after " + r->why.text + " (" +
                       when + ")");
    }
  }

  void heal() {
    if (!w_.world.wrongs.empty())
      return;
    w_.world.stormy = false;
    w_.tracker->heal();
    w_.host.heal();
    until_settled("after the storm");
  }

  /// Every story that a person may send on is sent on; now nothing stands in its way.
  void again() {
    if (!w_.world.wrongs.empty())
      return;
    for (int n = 0; n < stories; ++n) {
      auto r = w_.memory.look("fake/" + key_of(n));
      if (r->at == state::done)
        continue;
      operator_request q;
      q.what = operator_request::kind::retry;
      q.story = r->id();
      (void)w_.memory.post_request(q);
    }
    w_.sim.pass(std::chrono::seconds{2});
    until_settled("after everybody was tried again");
    for (int n = 0; n < stories && w_.world.wrongs.empty(); ++n) {
      auto r = w_.memory.look("fake/" + key_of(n));
      bool routable = n % 25 != 24;
      if (routable ? r->at != state::done && r->at != state::cancelled
                   : r->at != state::parked && r->at != state::cancelled)
        w_.world.wrong(key_of(n) + " ended " + std::string{to_string(r->at)} + ": " + r->why.text);
    }
  }

  void judge() {
    auto& s = w_.memory.calm();
    for (auto& fault : audit(s))
      w_.world.wrong("audit: " + fault);
    for (int n = 0; n < stories; ++n) {
      auto id = "fake/" + key_of(n);
      auto r = w_.memory.look(id);
      if (!r)
        continue;
      if (!r->branch.empty() && w_.host.pulls_from(r->repository, r->branch) > 1)
        w_.world.wrong(id + " has more than one pull request");
      std::set<std::string> markers;
      for (auto& c : w_.tracker->comments(key_of(n)))
        if (!markers.insert(c.marker).second)
          w_.world.wrong(id + " has the comment " + c.marker + " twice");
      if (r->at == state::done && r->pull.id.empty())
        w_.world.wrong(id + " is done without a pull request");
      std::size_t taken = 0;
      auto events = s.events_of(id);
      for (auto& e : *events)
        if (auto note = std::get_if<on_note>(&e.payload); note && note->text == "taken in")
          ++taken;
      if (taken != 1)
        w_.world.wrong(id + " was taken in " + std::to_string(taken) + " times");
      // A run of the same kind follows another without a recorded reason only in a new round or a new life.
      for (auto& past : r->runs)
        if (past.outcome == run_outcome::running)
          w_.world.wrong(id + " ended with run " + std::to_string(past.number) + " under way");
    }
    auto left = s.requests(100);
    if (w_.world.wrongs.empty() && left && !left->empty())
      w_.world.wrong(std::to_string(left->size()) + " operators' requests are left over");
  }

  sim_world w_;
};

outcome run_seed(std::uint64_t seed, bool trace = false) {
  sweep s{seed, trace};
  return s.run();
}

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  auto text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string all_of(const std::vector<std::string>& texts) {
  std::string out;
  for (auto& t : texts)
    out += "\n  " + t;
  return out;
}

} // namespace

SCENARIO("whatever the schedule and whatever fails, every story ends once") {
  if (auto seed = number_from("HYAKKI_SEED", 0)) {
    auto out = run_seed(seed, true);
    INFO("seed " << seed << all_of(out.wrongs));
    REQUIRE(out.wrongs.empty());
    return;
  }
  auto soak = std::max<std::uint64_t>(1, number_from("HYAKKI_SOAK", 1));
  auto began = std::chrono::steady_clock::now();
  auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(); };
  std::uint64_t seeds = 0, steps = 0, runs = 0, broken = 0;
  std::map<state, int> ends;
  for (std::uint64_t seed = 1; seed <= 2'000 * soak && broken < 5; ++seed) {
    if (seed > 1'000 * soak && seconds() > 55.0 * static_cast<double>(soak))
      break;
    auto out = run_seed(seed);
    ++seeds;
    steps += out.steps;
    runs += out.runs;
    for (auto& [at, n] : out.ends)
      ends[at] += n;
    if (!out.wrongs.empty()) {
      ++broken;
      FAIL_CHECK("HYAKKI_SEED=" << seed << all_of(out.wrongs));
    }
  }
  std::cout << seeds << " schedules of " << stories << " stories, " << steps << " steps, " << runs
            << " runs of agents, " << seconds() << " s (" << static_cast<double>(seeds) / seconds() << " schedules/s);";
  for (auto& [at, n] : ends)
    std::cout << " " << to_string(at) << " " << n;
  std::cout << "\n";
  CHECK(broken == 0);
}

SCENARIO("the same seed gives the same schedule") {
  if (number_from("HYAKKI_SEED", 0) != 0)
    return;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    auto once = run_seed(seed);
    auto twice = run_seed(seed);
    INFO("HYAKKI_SEED=" << seed);
    CHECK(once.digest == twice.digest);
    CHECK(once.steps == twice.steps);
  }
}
