#pragma once
// One connection to one host, perhaps through a proxy, perhaps with TLS: opened, written to, read from, with a deadline
// for each of these and one for all.
//
// Lives on the loop; no two operations at once. A callback runs exactly once, never from within the call that takes it.

#include "adapters/http/proxy_rules.hpp"
#include "adapters/http/tls.hpp"
#include "core/url.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// Why an operation did not succeed.
struct wire_fault {
  ec code = ec::unavailable;
  std::string text;
  bool ended = false; ///< the other side is done, properly
  bool cut = false;   ///< the connection broke, or was closed without saying so
};

class connection : public std::enable_shared_from_this<connection> {
public:
  using clock = std::chrono::steady_clock;
  using done = std::function<void(std::optional<wire_fault>)>;

  struct plan {
    url target;
    const http_proxy_place* proxy = nullptr;        ///< outlives the connection
    std::shared_ptr<const tls_context> trust;       ///< with our certificate
    std::shared_ptr<const tls_context> proxy_trust; ///< without
    std::string user_agent;
  };

  connection(boost::asio::io_context& loop, plan p);
  ~connection();

  /// Resolves, connects, goes through the proxy, shakes hands.
  void open(std::chrono::milliseconds within, clock::time_point whole, done then);
  /// Sends everything; `idle` is the longest time without progress.
  void write(std::string bytes, std::chrono::milliseconds idle, clock::time_point whole, done then);
  /// Reads something, and appends it to `input`.
  void read(std::chrono::milliseconds idle, clock::time_point whole, done then);
  std::string& input() { return input_; }

  void close();
  /// Closes it and forgets whom to tell: for the end of the loop, where nobody is left to be told. Whoever waits for a
  /// connection also holds it, so a callback that is neither run nor forgotten would hold both for ever.
  void abandon();
  /// Is it still as it was left, with nothing said by the other side and not closed? Never blocks.
  bool is_quiet();

  bool used = false; ///< has carried an answer before
  clock::time_point idle_since{};

private:
  using tcp = boost::asio::ip::tcp;
  using failure = boost::system::error_code;

  void arm(std::chrono::milliseconds within, clock::time_point whole, std::string phase);
  void wait_deadline();
  void late();
  void finish(std::optional<wire_fault> fault);
  void finish_later(std::optional<wire_fault> fault);
  wire_fault fault_of(failure failed, std::string_view doing) const;
  std::string other_side() const;

  void resolve();
  void connect_next();
  void connected();
  void tunnel();
  void read_tunnel_answer();
  std::optional<wire_fault> fault_of_tunnel(std::string_view head) const;
  void shake_hands(const url& with, const std::shared_ptr<const tls_context>& trust, tls_session::side who,
                   std::function<void()> then);
  void go_on_shaking(std::function<void()> then);
  void send(std::function<void()> then);
  void receive(std::function<void(std::string_view)> then);
  std::optional<wire_fault> take_in(std::string_view wire);
  bool put_out(std::string_view clear);
  void flush_sessions();

  boost::asio::io_context& loop_;
  plan plan_;
  tcp::socket socket_;
  tcp::resolver resolver_;
  boost::asio::steady_timer timer_;
  std::vector<tcp::endpoint> endpoints_;
  std::size_t next_endpoint_ = 0;
  std::string connect_faults_;
  std::vector<std::unique_ptr<tls_session>> sessions_; ///< the first is next to the wire
  std::unique_ptr<std::array<char, 16 * 1024>> buffer_;
  std::string input_;
  std::string output_; ///< for the wire
  std::size_t sent_ = 0;

  done then_;
  clock::time_point deadline_ = clock::time_point::max();
  clock::time_point whole_ = clock::time_point::max();
  clock::time_point open_until_{};
  std::chrono::milliseconds open_within_{0};
  std::chrono::milliseconds idle_{0};
  std::string phase_;
  bool waiting_ = false; ///< the timer runs, perhaps towards an earlier deadline
  bool closed_ = false;
  bool shaking_ = false;    ///< the last session is not there yet
  bool connecting_ = false; ///< the deadline is that of one address, and there may be others
  unsigned attempt_ = 0;    ///< tells the answer of an address that was given up from the present one's
  unsigned timer_set_ = 0;
};

} // namespace hyakki
