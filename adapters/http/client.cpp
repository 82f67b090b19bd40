#include "adapters/http/loop.hpp"
#include "adapters/http/request_text.hpp"
#include "core/utf8.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <set>
#include <thread>

namespace hyakki {

namespace {

constexpr std::chrono::milliseconds longest_call{3'600'000};
constexpr std::chrono::milliseconds lost_after{30'000};

class beast_client final : public http_client {
public:
  beast_client(std::unique_ptr<http_loop> loop, std::set<std::string> origins)
    : loop_(std::move(loop)), origins_(std::move(origins)), work_(loop_->io().get_executor()),
      thread_([l = loop_.get()] { run(*l); }) {}

  ~beast_client() override {
    boost::asio::post(loop_->io(), [l = loop_.get()] {
      l->close();
      l->io().stop();
    });
    thread_.join();
  }

  result<http_answer> call(const http_request& what) override {
    auto target = parse_url(what.url);
    if (!target)
      return what.url_is_secret ? error{ec::bad_config, describe(what) + " was not made: its address cannot be used"}
                                : target.error();
    if (origins_.count(target->origin()) == 0)
      return error{ec::bad_config, describe(what) + " was not made: " + target->origin() +
                                     " is not among the configured addresses, and no other host is ever asked"};
    if (auto good = check_request(what); !good)
      return error{good.error().code, describe(what) + " was not made: " + good.error().text};
    auto made = std::make_shared<http_call>();
    made->request = what;
    made->target = std::move(*target);
    auto within = std::min(what.deadline.count() > 0 ? what.deadline : loop_->options().whole_deadline, longest_call);
    made->ends_at = loop_->now() + within.count();
    auto end = made->promise.get_future();
    boost::asio::post(loop_->io(), [l = loop_.get(), made]() mutable { l->begin(std::move(made)); });
    made.reset();
    try {
      // The loop keeps the deadline. This is for a loop that lost the call, which only want of memory can do.
      if (end.wait_for(std::chrono::milliseconds{within} + lost_after) != std::future_status::ready)
        return error{ec::timed_out, describe(what) + " was lost; whether it was done is not known"};
      return end.get();
    } catch (const std::future_error&) {
      return error{ec::cancelled, describe(what) + " was given up"};
    }
  }

  http_quota quota_of(std::string_view url) const override {
    auto place = parse_url(url);
    return place ? loop_->quota_of(place->origin()) : http_quota{};
  }

  void hurry() override {
    boost::asio::post(loop_->io(), [l = loop_.get()] { l->hurry(); });
  }

  void give_up_what_can_wait() override {
    boost::asio::post(loop_->io(), [l = loop_.get()] { l->give_up_what_can_wait(); });
  }

private:
  static void run(http_loop& loop) {
    for (;;) {
      try {
        loop.io().run();
        return;
      } catch (const std::exception&) {
        // Out of memory within one handler: the call that it belonged to may be lost, the others go on.
      }
    }
  }

  std::unique_ptr<http_loop> loop_;
  std::set<std::string> origins_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

bool fits_a_header(std::string_view text) {
  for (char c : text)
    if (static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) > '~')
      return false;
  return !text.empty() && text.size() <= 256;
}

} // namespace

result<std::unique_ptr<http_client>> open_http_client(http_options options, const clock& wall,
                                                      std::shared_ptr<http_timer> timer) {
  std::set<std::string> origins;
  auto by_tls = !options.proxy.empty() && options.proxy.reveal().substr(0, 5) != "http:";
  for (const auto& text : options.origins) {
    auto place = parse_url(text);
    if (!place)
      return place.error();
    origins.insert(place->origin());
    by_tls = by_tls || place->tls;
  }
  if (!fits_a_header(options.user_agent))
    return error{ec::bad_config, "user_agent must be 1 to 256 printable ASCII characters"};
  if (options.most_connections == 0 || options.retry.most_attempts == 0)
    return error{ec::bad_config, "most_connections and most_attempts must be at least 1"};
  auto rules = proxy_rules::make(options.proxy, options.no_proxy);
  if (!rules)
    return std::move(rules).error();
  auto trust = tls_context::make(options.ca_file, options.client_certificate, options.client_key, by_tls);
  if (!trust)
    return std::move(trust).error();
  // Our certificate is for the services, not for the proxy in between.
  auto proxy_trust = options.client_certificate.empty() ? trust : tls_context::make(options.ca_file, {}, {}, by_tls);
  if (!proxy_trust)
    return std::move(proxy_trust).error();
  auto loop = std::make_unique<http_loop>(std::move(options), std::move(*rules), std::move(*trust),
                                          std::move(*proxy_trust), wall, timer ? std::move(timer) : make_http_timer());
  return std::unique_ptr<http_client>{std::make_unique<beast_client>(std::move(loop), std::move(origins))};
}

} // namespace hyakki
