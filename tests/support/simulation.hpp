#pragma once
// A system of actors on the calling thread, in simulated time, in an order drawn from a seed.
//
// One step is one message of one randomly chosen actor that has any, or the next timer. The same seed gives the
// same steps, so a schedule that breaks a rule can be run again. `digest` is over every step; tests add to it
// what they see. Nothing sleeps: an hour of ticks costs a millisecond.

#include "core/clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string_view>

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>

namespace hyakki::test {

class simulation {
public:
  explicit simulation(std::uint64_t seed)
    : rng(seed), system(with(config_)), self(system, true),
      scheduler(dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())),
      time(std::make_shared<manual_clock>(epoch)) {
    scheduler.clock().current_time += std::chrono::hours{1}; // 0 has a meaning of its own there
    started_ = scheduler.clock().current_time;
    own_actors_ = system.registry().running();
  }

  /// Actors that have not ended yet.
  std::size_t living_actors() { return system.registry().running() - own_actors_; }

  /// One message, or the next timer; false when there is neither.
  bool step() {
    auto runnable = scheduler.jobs.size();
    // Now and then a timer overtakes what could run: somebody was slow.
    bool timer = scheduler.has_pending_timeout() && (runnable == 0 || (overtaking && rng() % 256 == 0));
    if (!timer && runnable == 0)
      return false;
    ++steps;
    if (timer) {
      auto before = elapsed_ms();
      scheduler.trigger_timeout();
      if (runnable != 0)
        overtaken_ms += elapsed_ms() - before;
      tell_time();
      mix(static_cast<std::uint64_t>(elapsed_ms()));
      return true;
    }
    auto which = static_cast<std::ptrdiff_t>(rng() % runnable);
    std::rotate(scheduler.jobs.begin(), scheduler.jobs.begin() + which, scheduler.jobs.begin() + which + 1);
    if (auto* who = dynamic_cast<caf::scheduled_actor*>(scheduler.jobs.front()))
      mix(who->id());
    scheduler.try_run_once();
    return true;
  }

  /// Steps until `done`, at most `most` times. Returns whether it is.
  template <class Done>
  bool run_until(Done done, std::size_t most = 100'000) {
    for (std::size_t i = 0; i < most; ++i) {
      if (done())
        return true;
      if (!step())
        break;
    }
    return done();
  }

  /// Runs every message there is, without letting time pass.
  void settle(std::size_t most = 100'000) {
    for (std::size_t i = 0; i < most && scheduler.has_job(); ++i) {
      ++steps;
      scheduler.try_run_once();
    }
  }

  /// Lets so much time pass, with everything that happens in it.
  void pass(std::chrono::milliseconds by) {
    auto until = elapsed_ms() + by.count();
    run_until([&] { return elapsed_ms() >= until && !scheduler.has_job(); }, 10'000'000);
  }

  /// Sets the wall clock to the simulated time, with what somebody moved it by.
  void tell_time() { time->set(epoch + elapsed_ms() + skew_ms); }

  std::int64_t elapsed_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(scheduler.clock().now() - started_).count();
  }

  /// True once in so many times.
  bool once_in(std::uint64_t n) { return n != 0 && rng() % n == 0; }
  std::int64_t below(std::uint64_t n) { return static_cast<std::int64_t>(rng() % n); }

  void mix(std::uint64_t v) { digest = (digest ^ v) * 1099511628211ull; }
  void mix(std::string_view text) {
    for (auto c : text)
      mix(static_cast<unsigned char>(c));
  }

  static constexpr std::int64_t epoch = 1'790'000'000'000;
  std::mt19937_64 rng;
  std::uint64_t digest = 1469598103934665603ull;
  std::size_t steps = 0;
  std::int64_t overtaken_ms = 0; ///< passed in all while somebody had work that they were too slow for
  std::int64_t skew_ms = 0;      ///< somebody moved the wall clock
  bool overtaking = true;

private:
  static caf::actor_system_config& with(caf::actor_system_config& c) {
    c.set("scheduler.policy", caf::atom("testing"));
    return c;
  }
  caf::actor_system_config config_;
  caf::actor_clock::time_point started_;
  std::size_t own_actors_ = 0;

public:
  caf::actor_system system;
  caf::scoped_actor self;
  caf::scheduler::test_coordinator& scheduler;
  std::shared_ptr<manual_clock> time; ///< wall clock; follows the simulated one
};

} // namespace hyakki::test
