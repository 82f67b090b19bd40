#pragma once
// What all calls of one client share, and how a call goes from attempt to attempt. Everything here runs on the loop.

#include "adapters/http/exchange.hpp"
#include "adapters/http/limits.hpp"
#include "adapters/http/pool.hpp"
#include "adapters/http/timer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <random>
#include <unordered_set>

namespace hyakki {

/// A call under way.
struct http_call {
  http_request request;
  url target;               ///< where it is now, after redirects
  std::int64_t ends_at = 0; ///< by the timer's clock
  std::uint32_t attempts = 0;
  std::uint32_t redirects = 0;
  std::string last_fault;       ///< why it must be repeated
  std::int64_t waits_until = 0; ///< for its turn, by the timer's clock; 0 = it does not wait
  bool retried_stale = false;
  bool ended = false;
  bool queued = false;
  std::unique_ptr<boost::asio::steady_timer> patience; ///< while it is queued
  std::promise<result<http_answer>> promise;

  bool may_repeat() const {
    return request.repeatable || (request.method != http_method::post && request.method != http_method::patch);
  }
};

class http_loop {
public:
  using call_ptr = std::shared_ptr<http_call>;

  http_loop(http_options options, proxy_rules rules, std::shared_ptr<const tls_context> trust,
            std::shared_ptr<const tls_context> proxy_trust, const clock& wall, std::shared_ptr<http_timer> timer);

  boost::asio::io_context& io() { return io_; }
  const http_options& options() const { return options_; }
  std::int64_t now() const { return timer_->now(); }    ///< from any thread
  http_quota quota_of(const std::string& origin) const; ///< from any thread

  void begin(call_ptr call);
  void hurry();
  void give_up_what_can_wait();
  void close();

private:
  static constexpr std::int64_t moment_ms = 1'500; ///< longer than the distance between two writes
  struct host {
    host_gate gate;
    connection_pool pool;
    std::deque<call_ptr> waiting;        ///< for a connection
    std::deque<call_ptr> waiting_spaced; ///< for the call before them
    http_quota quota;
  };

  void go(const call_ptr& call);
  void go_after(const call_ptr& call, std::int64_t ms);
  bool fits(const call_ptr& call, std::int64_t wait_ms) const {
    return now() + wait_ms <= call->ends_at && (!hurried_ || wait_ms <= moment_ms);
  }
  void queue(std::deque<call_ptr>& in, const call_ptr& call, std::string_view for_what);
  void wake(std::deque<call_ptr>& queue);
  void launch(const call_ptr& call, host& h, std::shared_ptr<connection> over);
  void send(const call_ptr& call, host& h, std::shared_ptr<connection> over);
  void release(host& h, const std::shared_ptr<connection>& over, bool keep);
  void attempt_failed(const call_ptr& call, host& h, wire_fault why, bool sent, bool stale);
  void take_answer(const call_ptr& call, host& h, http_answer answer);
  void follow(const call_ptr& call, const http_answer& answer, std::string_view location);
  void learn(host& h, const std::string& origin, const limit_words& words);
  void finish(const call_ptr& call, result<http_answer> end);
  error said(const http_call& call, ec code, std::string text, wall_ms retry_at = 0) const;
  error given_up(const http_call& call) const;
  void sweep_idle();
  connection::clock::time_point not_idle_since() const { return connection::clock::now() - options_.idle_deadline; }

  boost::asio::io_context io_{1};
  http_options options_;
  proxy_rules rules_;
  std::shared_ptr<const tls_context> trust_;
  std::shared_ptr<const tls_context> proxy_trust_;
  const clock& wall_;
  std::shared_ptr<http_timer> timer_;
  boost::asio::steady_timer sweep_{io_};
  bool sweeping_ = false;
  bool hurried_ = false;
  bool nothing_waits_ = false; ///< what can wait is given up
  bool closing_ = false;
  std::mt19937_64 random_;
  std::map<std::string, host> hosts_; ///< by origin; at most one for each configured one
  std::unordered_set<call_ptr> calls_;

  mutable std::mutex quotas_mutex_;
  std::map<std::string, http_quota> quotas_;
};

} // namespace hyakki
