#pragma once
// A code host that remembers which threads called it, so that somebody can ask what CPU they used. For benchmarks.
//
// The engine's git and its code host are called by the same threads, the publishers, and by nobody else.

#include "adapters/code_host.hpp"

#include <memory>
#include <mutex>
#include <set>

#include <pthread.h>
#include <time.h>

namespace hyakki::bench {

/// The CPU clocks of the threads that called; outlives the host, which the orchestrator owns.
class callers {
public:
  void is_here() {
    clockid_t mine{};
    if (::pthread_getcpuclockid(::pthread_self(), &mine) != 0)
      return;
    auto guard = std::lock_guard{mutex_};
    clocks_.insert(mine);
  }
  /// What all of them used so far. While they live.
  double cpu_ms() const {
    auto guard = std::lock_guard{mutex_};
    double sum = 0;
    for (auto one : clocks_) {
      timespec t{};
      if (::clock_gettime(one, &t) == 0)
        sum += static_cast<double>(t.tv_sec) * 1000 + static_cast<double>(t.tv_nsec) / 1e6;
    }
    return sum;
  }

private:
  mutable std::mutex mutex_;
  std::set<clockid_t> clocks_;
};

class watched_host final : public code_host {
public:
  watched_host(std::unique_ptr<code_host> inner, std::shared_ptr<callers> who)
    : inner_(std::move(inner)), who_(std::move(who)) {}

  std::string_view name() const override { return inner_->name(); }
  result<remote> locate(std::string_view repository) override {
    who_->is_here();
    return inner_->locate(repository);
  }
  result<pull_request> find_or_open(const pull_request_draft& draft) override { return inner_->find_or_open(draft); }
  result<std::vector<pull_request>> list(std::string_view repository, pull_filter which) override {
    return inner_->list(repository, which);
  }
  result<pull_request> find(std::string_view repository, std::string_view id) override {
    return inner_->find(repository, id);
  }
  result<pull_request> merge(std::string_view repository, std::string_view id) override {
    return inner_->merge(repository, id);
  }
  result<pull_request> close(std::string_view repository, std::string_view id) override {
    return inner_->close(repository, id);
  }
  result<std::string> diff(std::string_view repository, std::string_view id, std::size_t most_bytes) override {
    return inner_->diff(repository, id, most_bytes);
  }
  result<void> probe() override { return inner_->probe(); }

private:
  std::unique_ptr<code_host> inner_;
  std::shared_ptr<callers> who_;
};

} // namespace hyakki::bench
