#include "adapters/http/connection.hpp"

#include "core/utf8.hpp"

#include <algorithm>

// The way to the other side: its name resolved, one of its addresses reached, through a proxy or not, by TLS or not.

namespace hyakki {

namespace asio = boost::asio;

void connection::open(std::chrono::milliseconds within, clock::time_point whole, done then) {
  then_ = std::move(then);
  open_within_ = within;
  open_until_ = std::min(clock::now() + within, whole);
  arm(within, whole, "no connection to " + other_side());
  resolve();
}

void connection::resolve() {
  const auto& place = plan_.proxy ? plan_.proxy->at : plan_.target;
  failure not_literal;
  auto literal = asio::ip::make_address(place.host, not_literal);
  if (!not_literal) {
    endpoints_.emplace_back(literal, place.port);
    connect_next();
    return;
  }
  resolver_.async_resolve(
    place.host, std::to_string(place.port), tcp::resolver::numeric_service,
    [self = shared_from_this()](failure failed, const tcp::resolver::results_type& found) {
      if (self->closed_)
        return;
      if (failed || found.empty()) {
        self->close();
        auto& at = self->plan_.proxy ? self->plan_.proxy->at.host : self->plan_.target.host;
        self->finish(wire_fault{ec::unavailable,
                                "the name " + at + " cannot be resolved: " + (failed ? failed.message() : "no address"),
                                false, true});
        return;
      }
      for (const auto& entry : found)
        if (self->endpoints_.size() < 8)
          self->endpoints_.push_back(entry.endpoint());
      self->connect_next();
    });
}

void connection::connect_next() {
  failure ignored;
  socket_.close(ignored);
  if (next_endpoint_ >= endpoints_.size()) {
    close();
    finish_later(
      wire_fault{ec::unavailable, "cannot connect to " + other_side() + ": " + connect_faults_, false, true});
    return;
  }
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(open_until_ - clock::now());
  auto addresses = static_cast<long>(endpoints_.size() - next_endpoint_);
  connecting_ = true;
  arm(std::max(left / addresses, std::chrono::milliseconds{1}), whole_, {});
  auto to = endpoints_[next_endpoint_++];
  socket_.async_connect(to, [self = shared_from_this(), attempt = ++attempt_, to](failure failed) {
    if (self->closed_ || attempt != self->attempt_)
      return;
    if (!failed) {
      self->connecting_ = false;
      self->connected();
      return;
    }
    auto& faults = self->connect_faults_;
    faults += (faults.empty() ? "" : ", ") + failed.message();
    if (self->endpoints_.size() > 1)
      faults += " (" + to.address().to_string() + ")";
    self->connect_next();
  });
}

void connection::connected() {
  failure ignored;
  socket_.set_option(tcp::no_delay{true}, ignored);
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(open_until_ - clock::now());
  arm(std::max(left, std::chrono::milliseconds{1}), whole_,
      "no connection to " + plan_.target.endpoint() + (plan_.proxy ? " through " + other_side() : ""));
  auto secure = [self = shared_from_this()] {
    if (!self->plan_.target.tls) {
      self->finish(std::nullopt);
      return;
    }
    self->shake_hands(self->plan_.target, self->plan_.trust, tls_session::side::service,
                      [self] { self->finish(std::nullopt); });
  };
  auto through = [self = shared_from_this(), secure] {
    if (!self->plan_.proxy || !self->plan_.target.tls) {
      secure();
      return;
    }
    self->tunnel();
  };
  if (plan_.proxy && plan_.proxy->at.tls)
    shake_hands(plan_.proxy->at, plan_.proxy_trust, tls_session::side::proxy, through);
  else
    through();
}

void connection::tunnel() {
  auto to = plan_.target.endpoint();
  std::string head = "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\nUser-Agent: " + plan_.user_agent + "\r\n";
  if (auto who = plan_.proxy->authorization(); !who.empty())
    head += "Proxy-Authorization: " + who + "\r\n";
  head += "\r\n";
  put_out(head);
  send([self = shared_from_this()] { self->read_tunnel_answer(); });
}

void connection::read_tunnel_answer() {
  receive([self = shared_from_this()](std::string_view wire) {
    auto fault = self->take_in(wire);
    auto end = self->input_.find("\r\n\r\n");
    if (!fault && end == std::string::npos && self->input_.size() > 16 * 1024)
      fault = wire_fault{ec::unavailable, self->other_side() + " answered CONNECT with something that is no HTTP"};
    if (!fault && end == std::string::npos) {
      self->read_tunnel_answer();
      return;
    }
    // A proxy that refuses closes at once; what it said before is the reason.
    if (end != std::string::npos)
      if (auto refused = self->fault_of_tunnel(std::string_view{self->input_}.substr(0, end + 4)))
        fault = std::move(refused);
    if (!fault && self->input_.size() != end + 4)
      fault = wire_fault{ec::unavailable, self->other_side() + " sent something before " +
                                            self->plan_.target.endpoint() + " was asked for anything"};
    if (fault) {
      self->close();
      self->finish(std::move(fault));
      return;
    }
    self->input_.clear();
    self->shake_hands(self->plan_.target, self->plan_.trust, tls_session::side::service,
                      [self] { self->finish(std::nullopt); });
  });
}

std::optional<wire_fault> connection::fault_of_tunnel(std::string_view head) const {
  // HTTP/1.1 200 …
  auto line = head.substr(0, head.find("\r\n"));
  int status = 0;
  if (line.substr(0, 7) == "HTTP/1." && line.size() >= 12 && line[8] == ' ')
    for (char c : line.substr(9, 3))
      status = c >= '0' && c <= '9' && status >= 0 ? status * 10 + (c - '0') : -1;
  if (status >= 200 && status < 300)
    return std::nullopt;
  if (status < 100)
    return wire_fault{ec::unavailable, other_side() + " answered CONNECT with something that is no HTTP"};
  auto said = other_side() + " answered \"" + printable(cut_utf8(line.substr(9), 60)) + "\" when asked for " +
              plan_.target.endpoint();
  if (status == 407)
    return wire_fault{ec::bad_config,
                      said + (plan_.proxy->user.empty() ? ": it wants a user and a password, put them into http.proxy"
                                                        : ": it does not take the user and password of http.proxy")};
  if (status >= 500 || status == 408 || status == 429)
    return wire_fault{ec::unavailable, said};
  return wire_fault{ec::bad_config, said + ": allow that host there, or name it in http.no_proxy"};
}

void connection::shake_hands(const url& with, const std::shared_ptr<const tls_context>& trust, tls_session::side who,
                             std::function<void()> then) {
  auto made = trust ? tls_session::make(*trust, with, who)
                    : result<std::unique_ptr<tls_session>>{ec::bad_config, "TLS is not set up"};
  if (!made) {
    close();
    finish_later(wire_fault{made.error().code, made.error().text});
    return;
  }
  sessions_.push_back(std::move(*made));
  shaking_ = true;
  go_on_shaking(std::move(then));
}

void connection::go_on_shaking(std::function<void()> then) {
  auto stands = sessions_.back()->shake();
  flush_sessions();
  // What a failed handshake leaves is the alert that tells the other side why.
  send([self = shared_from_this(), stands, then = std::move(then)]() mutable {
    if (stands == tls_session::state::failed) {
      auto why = self->sessions_.back()->fault();
      self->close();
      self->finish(wire_fault{why.code, why.text, false, why.code == ec::unavailable});
      return;
    }
    if (stands == tls_session::state::open) {
      self->shaking_ = false;
      then();
      return;
    }
    self->receive([self, then = std::move(then)](std::string_view wire) mutable {
      if (auto fault = self->take_in(wire)) {
        self->close();
        self->finish(std::move(fault));
        return;
      }
      self->go_on_shaking(std::move(then));
    });
  });
}

} // namespace hyakki
