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

// --- bytes

std::optional<wire_fault> connection::take_in(std::string_view wire) {
  if (sessions_.empty()) {
    input_.append(wire);
    return std::nullopt;
  }
  std::string held{wire};
  std::optional<wire_fault> fault;
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    auto& session = *sessions_[i];
    auto last = i + 1 == sessions_.size();
    session.feed(held);
    if (shaking_ && last)
      return fault;
    std::string clear;
    auto stands = session.read(clear);
    if (stands == tls_session::state::ended && last) {
      fault = wire_fault{ec::unavailable, plan_.target.endpoint() + " closed the connection", true, true};
    } else if (stands == tls_session::state::ended) {
      fault = wire_fault{ec::unavailable, other_side() + " closed the connection", false, true};
    } else if (stands == tls_session::state::failed && !fault) {
      auto why = session.fault();
      fault = wire_fault{why.code, why.text, false, why.code == ec::unavailable};
    }
    held = std::move(clear);
  }
  // What came before the end is still good, also when the proxy ended with it.
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

void connection::abandon() {
  auto self = shared_from_this();
  close();
  auto forgotten = std::move(then_);
  then_ = nullptr;
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
