#pragma once
// Doors that keep people waiting: stand before a publisher or a tracker gateway, and hold requests back.
//
// Now and then for longer than whoever asked waits for: the work is done all the same, and its answer comes late.

#include "tests/support/sim_parts.hpp"

#include <deque>
#include <functional>

namespace hyakki::test {

/// Stands before a publisher and holds some requests back; they may overtake each other.
using slow_publisher_actor = publisher_actor::extend<caf::reacts_to<atom::tick, std::uint64_t>>;

struct slow_publisher_state {
  std::map<std::uint64_t, std::function<void()>> held;
  std::uint64_t last = 0;
  static inline const char* name = "slow_publisher";
};

inline slow_publisher_actor::behavior_type
slow_publisher(slow_publisher_actor::stateful_pointer<slow_publisher_state> self, storm* world, publisher_actor real) {
  auto relay = [=](auto answer, auto... what) {
    using out = decltype(answer);
    auto promise = self->template make_response_promise<out>();
    auto go = [=]() mutable {
      self->request(real, caf::infinite, what...)
        .then([=](out& o) mutable { promise.deliver(std::move(o)); },
              [=](caf::error& e) mutable { promise.deliver(std::move(e)); });
    };
    auto delay = world->strikes(60)      ? 25'000 + world->sim.below(20'000)
                 : world->sim.once_in(3) ? world->sim.below(2'000)
                                         : 0;
    if (delay == 0) {
      go();
    } else {
      auto number = ++self->state.last;
      self->state.held[number] = go;
      self->delayed_send(self, std::chrono::milliseconds{delay}, atom::tick::value, number);
    }
    return promise;
  };
  return {
    [=](atom::prepare a, const prepare_order& o) { return relay(prepared_tree{}, a, o); },
    [=](atom::hash a, const std::string& r, const std::string& t) { return relay(std::string{}, a, r, t); },
    [=](atom::diff a, const std::string& r, const std::string& t) { return relay(std::string{}, a, r, t); },
    [=](atom::commit a, const commit_request& c) { return relay(tree_commit{}, a, c); },
    [=](atom::push a, const push_order& p) { return relay(atom::ok_atom{}, a, p); },
    [=](atom::open a, const pull_request_draft& d) { return relay(pull_request{}, a, d); },
    [=](atom::find a, const std::string& r, const std::string& id) { return relay(pull_request{}, a, r, id); },
    [=](atom::feedback a, const std::string& r, const std::string& id) { return relay(pull_feedback{}, a, r, id); },
    [=](atom::answer a, const answer_order& o) { return relay(answer_report{}, a, o); },
    [=](atom::release a, const std::string& r, const std::string& t, const std::string& s) {
      return relay(atom::ok_atom{}, a, r, t, s);
    },
    [=](atom::tick, std::uint64_t number) {
      auto at = self->state.held.find(number);
      if (at == self->state.held.end())
        return;
      auto go = std::move(at->second);
      self->state.held.erase(at);
      go();
    },
  };
}

/// Stands before a gateway. A gateway does one thing after the other, so nobody overtakes anybody here.
using slow_gateway_actor = tracker_gateway_actor::extend<caf::reacts_to<atom::tick>>;

struct slow_gateway_state {
  std::deque<std::function<void()>> line;
  static inline const char* name = "slow_gateway";
};

inline slow_gateway_actor::behavior_type slow_gateway(slow_gateway_actor::stateful_pointer<slow_gateway_state> self,
                                                      storm* world, tracker_gateway_actor real) {
  auto relay = [=](auto answer, auto... what) {
    using out = decltype(answer);
    auto promise = self->template make_response_promise<out>();
    auto go = [=]() mutable {
      self->request(real, caf::infinite, what...)
        .then([=](out& o) mutable { promise.deliver(std::move(o)); },
              [=](caf::error& e) mutable { promise.deliver(std::move(e)); });
    };
    auto delay = world->strikes(150)     ? 290'000 + world->sim.below(400'000)
                 : world->sim.once_in(4) ? world->sim.below(5'000)
                                         : 0;
    if (delay == 0 && self->state.line.empty()) {
      go();
    } else {
      self->state.line.push_back(go);
      self->delayed_send(self, std::chrono::milliseconds{delay}, atom::tick::value);
    }
    return promise;
  };
  return {
    [=](atom::search a, const look_order& o) { return relay(found_stories{}, a, o); },
    [=](atom::report a, const report_order& o) { return relay(atom::ok_atom{}, a, o); },
    [=](atom::tick) {
      if (self->state.line.empty())
        return;
      auto go = std::move(self->state.line.front());
      self->state.line.pop_front();
      go();
    },
  };
}

} // namespace hyakki::test
