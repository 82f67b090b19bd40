#pragma once
// Waits between attempts, and the monotonic clock they are measured on: handed in, so that a test can move it.
//
// The deadlines of sockets are not measured here; they are real time, kept by the loop.

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace hyakki {

class http_timer {
public:
  virtual ~http_timer() = default;
  /// Monotonic milliseconds. From any thread.
  virtual std::int64_t now() const = 0;
  /// Runs `then` on the loop after that time, or drops it when the loop ends before. Called on the loop.
  virtual void after(boost::asio::io_context& loop, std::int64_t ms, std::function<void()> then) = 0;
};

/// The machine's own steady clock.
std::shared_ptr<http_timer> make_http_timer();

} // namespace hyakki
