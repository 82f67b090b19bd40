#include "adapters/http/connection.hpp"

#include "core/utf8.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <sys/socket.h>

namespace hyakki {

namespace asio = boost::asio;

namespace {

std::string in_words(std::chrono::milliseconds ms) {
  return ms.count() % 1000 == 0 ? std::to_string(ms.count() / 1000) + " s" : std::to_string(ms.count()) + " ms";
}

} // namespace

connection::connection(asio::io_context& loop, plan p)
  : loop_(loop), plan_(std::move(p)), socket_(loop), resolver_(loop), timer_(loop) {}

connection::~connection() = default;

std::string connection::other_side() const {
  return plan_.proxy ? "the proxy " + plan_.proxy->at.endpoint() : plan_.target.endpoint();
}

// --- deadlines: one timer, set again only when it fires too early or would fire too late

void connection::arm(std::chrono::milliseconds within, clock::time_point whole, std::string phase) {
  auto now = clock::now();
  idle_ = within;
  whole_ = whole;
  deadline_ = std::min(now + within, whole);
  if (!phase.empty())
    phase_ = std::move(phase);
  if (!waiting_ || deadline_ < timer_.expiry())
    wait_deadline();
}

void connection::wait_deadline() {
  waiting_ = true;
  timer_.expires_at(deadline_);
  timer_.async_wait([weak = weak_from_this(), set = ++timer_set_](failure) {
    auto self = weak.lock();
    if (!self || set != self->timer_set_)
      return;
    self->waiting_ = false;
    if (self->closed_ || !self->then_)
      return;
    if (clock::now() < self->deadline_)
      self->wait_deadline();
    else
      self->late();
  });
}

void connection::late() {
  if (connecting_ && next_endpoint_ < endpoints_.size() && clock::now() < open_until_) {
    connect_faults_ += (connect_faults_.empty() ? "" : ", ") + std::string{"no answer from "} +
                       endpoints_[next_endpoint_ - 1].address().to_string();
    connect_next();
    return;
  }
  auto text = phase_ + (clock::now() >= whole_ ? " before the whole call's time was over"
                                               : " within " + in_words(connecting_ || shaking_ ? open_within_ : idle_));
  close();
  finish(wire_fault{ec::timed_out, text, false, false});
}

void connection::finish(std::optional<wire_fault> fault) {
  auto then = std::move(then_);
  then_ = nullptr;
  deadline_ = clock::time_point::max();
  if (then)
    then(std::move(fault));
}

void connection::finish_later(std::optional<wire_fault> fault) {
  asio::post(loop_,
             [self = shared_from_this(), fault = std::move(fault)]() mutable { self->finish(std::move(fault)); });
}

wire_fault connection::fault_of(failure failed, std::string_view doing) const {
  if (failed == asio::error::eof)
    return {ec::unavailable, other_side() + " closed the connection", false, true};
  return {ec::unavailable, std::string{doing} + " " + other_side() + ": " + failed.message(), false, true};
}

// --- opening

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
    self->shake_hands(self->plan_.target, self->plan_.trust, [self] { self->finish(std::nullopt); });
  };
  auto through = [self = shared_from_this(), secure] {
    if (!self->plan_.proxy || !self->plan_.target.tls) {
      secure();
      return;
    }
    self->tunnel();
  };
  if (plan_.proxy && plan_.proxy->at.tls)
    shake_hands(plan_.proxy->at, plan_.proxy_trust, through);
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
    if (!fault)
      fault = self->fault_of_tunnel(std::string_view{self->input_}.substr(0, end + 4));
    if (!fault && self->input_.size() != end + 4)
      fault = wire_fault{ec::unavailable, self->other_side() + " sent something before " +
                                            self->plan_.target.endpoint() + " was asked for anything"};
    if (fault) {
      self->close();
      self->finish(std::move(fault));
      return;
    }
    self->input_.clear();
    self->shake_hands(self->plan_.target, self->plan_.trust, [self] { self->finish(std::nullopt); });
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

void connection::shake_hands(const url& with, const std::shared_ptr<const tls_context>& trust,
                             std::function<void()> then) {
  auto made = trust ? tls_session::make(*trust, with.host)
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

// --- bytes

std::optional<wire_fault> connection::take_in(std::string_view wire) {
  if (sessions_.empty()) {
    input_.append(wire);
    return std::nullopt;
  }
  std::string held{wire};
  std::optional<wire_fault> fault;
  for (std::size_t i = 0; i < sessions_.size() && !fault; ++i) {
    auto& session = *sessions_[i];
    session.feed(held);
    if (shaking_ && i + 1 == sessions_.size())
      return std::nullopt;
    std::string clear;
    auto stands = session.read(clear);
    if (stands == tls_session::state::failed) {
      auto why = session.fault();
      fault = wire_fault{why.code, why.text, false, why.code == ec::unavailable};
    } else if (stands == tls_session::state::ended) {
      fault = wire_fault{ec::unavailable, plan_.target.endpoint() + " closed the connection", true, true};
    }
    held = std::move(clear);
  }
  // What came before the end is still good, when it came out of the innermost session.
  if (!fault || sessions_.size() == 1 || fault->ended)
    input_ += held;
  flush_sessions();
  return fault;
}

void connection::flush_sessions() {
  for (auto i = sessions_.size(); i-- > 0;) {
    auto out = sessions_[i]->take_output();
    if (out.empty())
      continue;
    if (i > 0)
      sessions_[i - 1]->write(out);
    else
      output_ += out;
  }
}

bool connection::put_out(std::string_view clear) {
  if (sessions_.empty()) {
    output_.append(clear);
    return true;
  }
  bool good = sessions_.back()->write(clear);
  flush_sessions();
  return good;
}

void connection::send(std::function<void()> then) {
  if (output_.size() == sent_) {
    output_.clear();
    sent_ = 0;
    then();
    return;
  }
  socket_.async_write_some(asio::buffer(output_.data() + sent_, output_.size() - sent_),
                           [self = shared_from_this(), then = std::move(then)](failure failed, std::size_t n) mutable {
                             if (self->closed_)
                               return;
                             if (failed) {
                               self->output_.clear();
                               self->sent_ = 0;
                               self->finish(self->fault_of(failed, "sending to"));
                               return;
                             }
                             self->sent_ += n;
                             if (!self->connecting_ && !self->shaking_ && self->sent_ < self->output_.size())
                               self->arm(self->idle_, self->whole_, {});
                             self->send(std::move(then));
                           });
}

void connection::receive(std::function<void(std::string_view)> then) {
  if (!buffer_)
    buffer_ = std::make_unique<std::array<char, 16 * 1024>>();
  socket_.async_read_some(asio::buffer(*buffer_),
                          [self = shared_from_this(), then = std::move(then)](failure failed, std::size_t n) {
                            if (self->closed_)
                              return;
                            if (failed) {
                              auto fault = self->fault_of(failed, "reading from");
                              if (self->sessions_.empty() && failed == asio::error::eof)
                                fault.ended = true;
                              self->finish(std::move(fault));
                              return;
                            }
                            then({self->buffer_->data(), n});
                          });
}

void connection::write(std::string bytes, std::chrono::milliseconds idle, clock::time_point whole, done then) {
  then_ = std::move(then);
  arm(idle, whole, plan_.target.endpoint() + " took nothing more of the request");
  if (closed_ || !put_out(bytes)) {
    finish_later(
      wire_fault{ec::unavailable, "the connection to " + other_side() + " cannot be written to", false, true});
    return;
  }
  send([self = shared_from_this()] { self->finish(std::nullopt); });
}

void connection::read(std::chrono::milliseconds idle, clock::time_point whole, done then) {
  then_ = std::move(then);
  arm(idle, whole, plan_.target.endpoint() + " sent nothing");
  if (closed_) {
    finish_later(wire_fault{ec::unavailable, "the connection to " + other_side() + " is closed", false, true});
    return;
  }
  if (!sessions_.empty()) {
    auto before = input_.size();
    auto fault = take_in({});
    if (fault || input_.size() > before) {
      finish_later(std::move(fault));
      return;
    }
  }
  receive([self = shared_from_this(), idle, whole](std::string_view wire) {
    auto before = self->input_.size();
    auto fault = self->take_in(wire);
    if (!fault && self->input_.size() == before) {
      // Only TLS's own talk; what it wants to say goes out first.
      self->send([self, idle, whole] { self->read(idle, whole, std::move(self->then_)); });
      return;
    }
    self->finish(std::move(fault));
  });
}

bool connection::is_quiet() {
  if (closed_ || !input_.empty() || !socket_.is_open())
    return false;
  std::array<char, 16 * 1024> piece;
  auto n = ::recv(socket_.native_handle(), piece.data(), piece.size(), MSG_DONTWAIT);
  if (n < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK;
  if (n == 0 || sessions_.empty())
    return false;
  return !take_in({piece.data(), static_cast<std::size_t>(n)}) && input_.empty();
}

void connection::close() {
  if (closed_)
    return;
  closed_ = true;
  if (!sessions_.empty() && !shaking_ && socket_.is_open() && output_.empty()) {
    // Goodbye, if it can be said without waiting.
    sessions_.back()->say_end();
    flush_sessions();
    if (!output_.empty())
      (void)!::send(socket_.native_handle(), output_.data(), output_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  failure ignored;
  resolver_.cancel();
  socket_.close(ignored);
  ++timer_set_;
  timer_.cancel();
}

} // namespace hyakki
