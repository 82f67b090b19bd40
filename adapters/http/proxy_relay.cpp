#include "adapters/http/proxy_relay.hpp"

#include "adapters/http/tls.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <mutex>
#include <set>
#include <thread>

namespace hyakki {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using failure = boost::system::error_code;

namespace {

/// Git has one or two at a time.
constexpr std::size_t most_links = 64;

/// What all connections share.
struct relay_parts {
  url proxy;
  std::shared_ptr<const tls_context> trust;
  std::chrono::milliseconds within;
  mutable std::mutex mutex;
  std::optional<error> fault;

  void tell(std::optional<error> what) {
    std::lock_guard guard{mutex};
    fault = std::move(what);
  }
};

/// One connection, from a program of this machine to the proxy. A side is read again when what it said before is sent.
class link : public std::enable_shared_from_this<link> {
public:
  link(asio::io_context& loop, tcp::socket near, relay_parts& parts)
    : parts_(parts), near_(std::move(near)), far_(loop), resolver_(loop), patience_(loop) {}

  void start(std::function<void()> at_end) {
    at_end_ = std::move(at_end);
    patience_.expires_after(parts_.within);
    patience_.async_wait([self = shared_from_this()](failure cancelled) {
      if (!cancelled)
        self->fail({ec::timed_out, "no connection to the proxy " + self->parts_.proxy.endpoint() + " within " +
                                     std::to_string(self->parts_.within.count()) + " ms"});
    });
    resolver_.async_resolve(parts_.proxy.host, std::to_string(parts_.proxy.port), tcp::resolver::numeric_service,
                            [self = shared_from_this()](failure failed, const tcp::resolver::results_type& found) {
                              if (failed)
                                return self->fail(self->unreachable(failed));
                              asio::async_connect(self->far_, found, [self](failure refused, const tcp::endpoint&) {
                                if (refused)
                                  return self->fail(self->unreachable(refused));
                                self->connected();
                              });
                            });
  }

  void close() {
    failure ignored;
    resolver_.cancel();
    patience_.cancel();
    near_.close(ignored);
    far_.close(ignored);
    if (auto end = std::exchange(at_end_, nullptr))
      end();
  }

private:
  error unreachable(failure why) const {
    return {ec::unavailable, "cannot connect to the proxy " + parts_.proxy.endpoint() + ": " + why.message()};
  }
  void fail(error why) {
    if (at_end_ && !open_)
      parts_.tell(std::move(why));
    close();
  }

  void connected() {
    failure ignored;
    far_.set_option(tcp::no_delay{true}, ignored);
    near_.set_option(tcp::no_delay{true}, ignored);
    auto made = tls_session::make(*parts_.trust, parts_.proxy, tls_session::side::proxy);
    if (!made)
      return fail(made.error());
    tls_ = std::move(*made);
    go_on();
  }

  /// After anything came from the proxy, and at the beginning.
  void go_on() {
    if (!open_) {
      auto stands = tls_->shake();
      if (stands == tls_session::state::failed)
        return fail(tls_->fault());
      if (stands == tls_session::state::open) {
        open_ = true;
        patience_.cancel();
        parts_.tell({});
        read_near();
      }
    }
    if (open_ && tls_->read(to_near_) != tls_session::state::open)
      far_ended_ = true;
    to_far_ += tls_->take_output();
    write_far();
    write_near();
    read_far();
  }

  void read_far() {
    if (far_ended_ || reading_far_ || writing_near_)
      return;
    reading_far_ = true;
    far_.async_read_some(asio::buffer(far_in_), [self = shared_from_this()](failure failed, std::size_t n) {
      self->reading_far_ = false;
      if (failed) {
        if (!self->open_)
          return self->fail(self->unreachable(failed));
        self->far_ended_ = true;
        return self->write_near();
      }
      self->tls_->feed({self->far_in_.data(), n});
      self->go_on();
    });
  }
  void write_near() {
    if (writing_near_)
      return;
    if (to_near_.empty()) {
      if (far_ended_)
        close();
      return;
    }
    writing_near_ = true;
    near_out_ = std::exchange(to_near_, {});
    asio::async_write(near_, asio::buffer(near_out_), [self = shared_from_this()](failure failed, std::size_t) {
      self->writing_near_ = false;
      if (failed)
        return self->close();
      self->write_near();
      self->read_far();
    });
  }
  void read_near() {
    if (!open_ || reading_near_ || writing_far_ || !near_.is_open())
      return;
    reading_near_ = true;
    near_.async_read_some(asio::buffer(near_in_), [self = shared_from_this()](failure failed, std::size_t n) {
      self->reading_near_ = false;
      // Whoever closes has heard all that it wanted.
      if (failed || !self->tls_->write({self->near_in_.data(), n}))
        return self->close();
      self->to_far_ += self->tls_->take_output();
      self->write_far();
    });
  }
  void write_far() {
    if (writing_far_)
      return;
    if (to_far_.empty())
      return read_near();
    writing_far_ = true;
    far_out_ = std::exchange(to_far_, {});
    asio::async_write(far_, asio::buffer(far_out_), [self = shared_from_this()](failure failed, std::size_t) {
      self->writing_far_ = false;
      // What the proxy said before it broke off is still read.
      if (!failed)
        self->write_far();
    });
  }

  relay_parts& parts_;
  tcp::socket near_, far_;
  tcp::resolver resolver_;
  asio::steady_timer patience_;
  std::unique_ptr<tls_session> tls_;
  std::array<char, 16 * 1024> near_in_{}, far_in_{};
  std::string to_near_, near_out_, to_far_, far_out_;
  bool open_ = false, far_ended_ = false;
  bool reading_near_ = false, writing_near_ = false, reading_far_ = false, writing_far_ = false;
  std::function<void()> at_end_;
};

} // namespace

class proxy_relay::inner {
public:
  inner(url proxy, std::shared_ptr<const tls_context> trust, std::chrono::milliseconds within) {
    parts.proxy = std::move(proxy);
    parts.trust = std::move(trust);
    parts.within = within;
  }
  ~inner() {
    asio::post(loop_, [this] {
      failure ignored;
      door_.close(ignored);
      for (auto& one : std::set<std::shared_ptr<link>>{links_})
        one->close();
      loop_.stop();
    });
    if (thread_.joinable())
      thread_.join();
  }

  failure listen() {
    failure failed;
    tcp::endpoint here{asio::ip::address_v4::loopback(), 0};
    door_.open(here.protocol(), failed);
    if (!failed)
      door_.bind(here, failed);
    if (!failed)
      door_.listen(asio::socket_base::max_listen_connections, failed);
    if (!failed)
      port = door_.local_endpoint(failed).port();
    if (!failed) {
      accept();
      thread_ = std::thread{[this] { run(); }};
    }
    return failed;
  }

  relay_parts parts;
  std::uint16_t port = 0;

private:
  void run() {
    for (;;) {
      try {
        loop_.run();
        return;
      } catch (const std::exception&) {
        // Out of memory in one handler: its connection is lost, the others go on.
      }
    }
  }
  void accept() {
    door_.async_accept([this](failure failed, tcp::socket from) {
      if (!door_.is_open())
        return;
      if (failed) { // no descriptor is left, for a moment: not in a hot loop
        pause_.expires_after(std::chrono::milliseconds{100});
        pause_.async_wait([this](failure cancelled) {
          if (!cancelled && door_.is_open())
            accept();
        });
        return;
      }
      if (links_.size() < most_links) {
        auto made = std::make_shared<link>(loop_, std::move(from), parts);
        links_.insert(made);
        made->start([this, gone = made.get()] {
          for (auto at = links_.begin(); at != links_.end(); ++at)
            if (at->get() == gone) {
              links_.erase(at);
              return;
            }
        });
      }
      accept();
    });
  }

  asio::io_context loop_{1};
  tcp::acceptor door_{loop_};
  asio::steady_timer pause_{loop_};
  std::set<std::shared_ptr<link>> links_;
  std::thread thread_;
};

proxy_relay::proxy_relay(std::unique_ptr<inner> i) : inner_(std::move(i)) {}
proxy_relay::~proxy_relay() = default;

result<std::unique_ptr<proxy_relay>> proxy_relay::open(url proxy, const std::string& ca_file,
                                                       std::chrono::milliseconds within) {
  auto trust = tls_context::make(ca_file, {}, {}, true);
  if (!trust)
    return trust.error();
  auto made = std::make_unique<inner>(std::move(proxy), std::move(*trust), within);
  if (auto failed = made->listen())
    return error{ec::unavailable, "no port of this machine can be had for the proxy: " + failed.message()};
  return std::unique_ptr<proxy_relay>{new proxy_relay{std::move(made)}};
}

std::uint16_t proxy_relay::port() const { return inner_->port; }

std::optional<error> proxy_relay::fault() const {
  std::lock_guard guard{inner_->parts.mutex};
  return inner_->parts.fault;
}

void proxy_relay::forget_fault() { inner_->parts.tell({}); }

} // namespace hyakki
