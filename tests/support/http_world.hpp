#pragma once
// The vocabulary of tests around the HTTP door: a client whose waits take no time, and the waits it made.

#include "adapters/http/timer.hpp"
#include "adapters/http_client.hpp"

#include <boost/asio/post.hpp>

#include <atomic>
#include <mutex>
#include <vector>

namespace hyakki::test {

/// Wall clock, monotonic clock and timer in one: time passes only by waiting.
class skipping_time final : public clock, public http_timer {
public:
  explicit skipping_time(wall_ms start = 1'790'000'000'000) : start_(start) {}
  void after(boost::asio::io_context& loop, std::int64_t ms, std::function<void()> then) override {
    {
      std::lock_guard guard{mutex_};
      waits_.push_back(ms);
    }
    passed_ += ms;
    boost::asio::post(loop, std::move(then));
  }
  /// Both the wall's time and the timer's.
  std::int64_t now() const override { return start_ + passed_; }
  void advance(std::int64_t ms) { passed_ += ms; }

  std::vector<std::int64_t> waits() const {
    std::lock_guard guard{mutex_};
    return waits_;
  }

private:
  wall_ms start_;
  std::atomic<std::int64_t> passed_{0};
  mutable std::mutex mutex_;
  std::vector<std::int64_t> waits_;
};

/// A client for these addresses, on time that passes only by waiting.
struct http_world {
  std::shared_ptr<skipping_time> time = std::make_shared<skipping_time>();
  http_options options;
  std::unique_ptr<http_client> client;

  explicit http_world(std::vector<std::string> origins) { options.origins = std::move(origins); }
  /// Opens the client by the options as they are now.
  result<void> open() {
    auto made = open_http_client(options, *time, time);
    if (!made)
      return made.error();
    client = std::move(*made);
    return {};
  }
  result<http_answer> call(const http_request& what) {
    if (!client)
      if (auto opened = open(); !opened)
        return opened.error();
    return client->call(what);
  }
  result<http_answer> get(const std::string& url) {
    http_request r;
    r.service = "Jira";
    r.url = url;
    return call(r);
  }
};

} // namespace hyakki::test
