#pragma once
// A store that counts durable commits and lets somebody wait for what they say. For benchmarks.
//
// Wraps the real one and adds a lock and two increments a commit.

#include "storage/store.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace hyakki::bench {

/// What was seen; outlives the store, which the orchestrator owns.
class tally {
public:
  void saw(const std::vector<change>& changes) {
    auto guard = std::lock_guard{mutex_};
    ++commits_;
    for (auto& c : changes)
      ++seen_[c.record.at];
    if (wanted_ && wanted_(seen_)) // who waits is not woken for less: that would count as the engine's
      changed_.notify_all();
  }
  void wrote() {
    auto guard = std::lock_guard{mutex_};
    ++commits_;
  }
  std::size_t commits() const {
    auto guard = std::lock_guard{mutex_};
    return commits_;
  }
  std::size_t count(state s) const {
    auto guard = std::lock_guard{mutex_};
    auto i = seen_.find(s);
    return i == seen_.end() ? 0 : i->second;
  }
  std::size_t ended() const { return count(state::done) + count(state::failed) + count(state::parked); }
  /// For one who waits at a time: until `enough` of the records that were written stand in one of these states.
  template <class Count>
  bool wait(Count enough) const {
    auto lock = std::unique_lock{mutex_};
    wanted_ = enough;
    auto so = changed_.wait_for(lock, std::chrono::seconds{300}, [&] { return enough(seen_); });
    wanted_ = nullptr;
    return so;
  }

private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable std::function<bool(const std::map<state, std::size_t>&)> wanted_;
  std::size_t commits_ = 0;
  std::map<state, std::size_t> seen_;
};

class counting_store final : public store {
public:
  counting_store(std::unique_ptr<store> inner, std::shared_ptr<tally> seen)
    : inner_(std::move(inner)), seen_(std::move(seen)) {}

  result<std::vector<result<void>>> commit(const std::vector<change>& changes) override {
    auto out = inner_->commit(changes);
    seen_->saw(changes);
    return out;
  }
  result<void> append(const std::vector<event>& events) override {
    seen_->wrote();
    return inner_->append(events);
  }
  result<void> set_cursor(std::string_view subscriber, std::uint64_t seq) override {
    seen_->wrote();
    return inner_->set_cursor(subscriber, seq);
  }
  result<void> drop_request(std::uint64_t seq) override { return inner_->drop_request(seq); }
  result<std::uint64_t> post_request(const operator_request& r) override { return inner_->post_request(r); }
  result<std::optional<story_record>> find(const story_id& id) const override { return inner_->find(id); }
  result<void> each_unfinished(const std::function<void(const index_entry&)>& visit) const override {
    return inner_->each_unfinished(visit);
  }
  result<void> each(const std::function<bool(const index_entry&)>& visit) const override { return inner_->each(visit); }
  result<std::vector<index_entry>> due(std::int64_t now, std::size_t most) const override {
    return inner_->due(now, most);
  }
  result<std::vector<event>> events_after(std::uint64_t after, std::size_t most) const override {
    return inner_->events_after(after, most);
  }
  result<std::vector<event>> events_of(const story_id& id) const override { return inner_->events_of(id); }
  result<std::uint64_t> cursor(std::string_view subscriber) const override { return inner_->cursor(subscriber); }
  result<std::vector<operator_request>> requests(std::size_t most) const override { return inner_->requests(most); }

private:
  std::unique_ptr<store> inner_;
  std::shared_ptr<tally> seen_;
};

} // namespace hyakki::bench
