#pragma once
// A tracker whose look at the stories is now and then old, doubled or out of order, as behind a stale cache.
//
// Everything else goes through to the tracker in memory, with its own faults on order.

#include "tests/support/fake_tracker.hpp"
#include "tests/support/sim_parts.hpp"

namespace hyakki::test {

class sim_tracker final : public tracker {
public:
  sim_tracker(fake_tracker& real, storm& world) : real_(real), world_(world) {}

  std::string_view name() const override { return real_.name(); }
  result<found> search() override {
    auto out = real_.search();
    if (!out)
      return out;
    for (auto& s : out->stories)
      first_seen_.emplace(s.key, s);
    if (!world_.strikes(4))
      return out;
    // What it showed when each story was new, whatever became of it since; another title; some of it twice.
    auto& all = out->stories;
    for (auto& [key, s] : first_seen_)
      if (world_.sim.once_in(2)) {
        all.push_back(s);
        if (world_.sim.once_in(3))
          all.back().title = "An older title";
        if (world_.sim.once_in(4))
          all.push_back(all.back());
      }
    for (std::size_t i = all.size(); i > 1; --i)
      std::swap(all[i - 1], all[static_cast<std::size_t>(world_.sim.below(i))]);
    if (world_.sim.once_in(4)) { // a story that no engine should take
      story bad;
      bad.tracker = real_.name();
      bad.key = "../ bad\nkey";
      all.push_back(bad);
    }
    return out;
  }
  /// Now and then it cannot tell of some.
  result<std::vector<standing>> look_again(const std::vector<std::string>& keys) override {
    auto out = real_.look_again(keys);
    if (out && world_.strikes(4))
      out->erase(std::remove_if(out->begin(), out->end(), [&](auto&) { return world_.sim.once_in(3); }), out->end());
    return out;
  }
  result<found> search_rework() override { return real_.search_rework(); }
  result<story> fetch(std::string_view key) override { return real_.fetch(key); }
  result<bool> post(std::string_view key, const comment& what) override { return real_.post(key, what); }
  result<void> label(std::string_view key, const label_change& what) override { return real_.label(key, what); }
  result<void> move_to(std::string_view key, std::string_view status) override { return real_.move_to(key, status); }
  result<void> probe() override { return real_.probe(); }

private:
  fake_tracker& real_;
  storm& world_;
  std::map<std::string, story> first_seen_;
};

} // namespace hyakki::test
