#pragma once
// The HTTP door: the only place that speaks to other machines by HTTP and HTTPS.
//
// One client serves any number of threads; a call blocks the thread that makes it, while one loop thread of the
// client does the work for all of them. Only configured origins are ever asked. What the client repeats, waits for
// and refuses is in docs/http.md. Credentials are a field of their own: they reach the other side and nobody else.

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/secret.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

struct http_header {
  std::string name;
  std::string value;
};

/// The first header of that name, whatever its case.
std::optional<std::string_view> find_header(const std::vector<http_header>& headers, std::string_view name);

enum class http_method : std::uint8_t { get, post, put, patch, del, head };
std::string_view to_string(http_method m);

/// How a call is let in.
struct http_credentials {
  enum class scheme : std::uint8_t {
    none,
    bearer, ///< Authorization: Bearer TOKEN
    basic,  ///< Authorization: Basic base64(user:TOKEN)
    header, ///< a header named by `user` that holds the token
  };
  scheme how = scheme::none;
  std::string user;
  secret token;

  static http_credentials bearer(secret token) { return {scheme::bearer, {}, std::move(token)}; }
  static http_credentials basic(std::string user, secret token) {
    return {scheme::basic, std::move(user), std::move(token)};
  }
};

struct http_request {
  std::string service; ///< for errors: "Jira", "Bitbucket", "Slack"
  http_method method = http_method::get;
  std::string url; ///< absolute, without a user and without a fragment; its origin must be among the configured ones
  std::vector<http_header> headers; ///< Host, User-Agent, Accept-Encoding, lengths and credentials are the client's own
  std::string body;
  http_credentials credentials;
  /// GET, HEAD, PUT and DELETE are repeated when they fail; POST and PATCH only when this says that twice does no harm.
  bool repeatable = false;
  /// The address is itself a secret (an incoming webhook): errors name its host alone.
  bool url_is_secret = false;
  /// It is made again when the program runs next: the end of the program waits for no such call.
  bool can_wait = false;
  std::chrono::milliseconds deadline{0}; ///< whole call, waits and repetitions included; 0 = the client's own
  std::size_t most_bytes = 16u << 20;    ///< of the answer's body, after inflating
  /// Sent no sooner than this after the last call to the same host that had a spacing was answered; waited for like a
  /// host's own "come back later", by the loop and within the deadline. GitHub asks for a second between writes.
  std::chrono::milliseconds spacing{0};
};

struct http_answer {
  int status = 0;
  std::vector<http_header> headers;
  std::string body;        ///< inflated
  std::string url;         ///< who answered in the end, after redirects
  wall_ms retry_at_ms = 0; ///< the host said: not before this; 0 = it did not say
  std::uint32_t attempts = 1;

  bool ok() const { return status >= 200 && status < 300; }
  std::optional<std::string_view> header(std::string_view name) const { return find_header(headers, name); }
};

/// What a host has said about how much more it will take.
struct http_quota {
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> remaining;
  wall_ms resets_at_ms = 0;  ///< 0 = unknown
  wall_ms not_before_ms = 0; ///< no request is sent before this; 0 = now
  bool known() const { return limit || remaining || resets_at_ms != 0; }
};

class http_client {
public:
  virtual ~http_client() = default;

  /// Makes the call and blocks until it has ended, at the latest at its deadline. Any status is an answer (see
  /// `to_error`), but for what says "come back later": 429, a 403 or 503 with a time. Those are waited for when the
  /// deadline allows, and otherwise are `rate_limited` with the time. Until then no request goes to that host.
  /// Other errors: `unavailable` and `timed_out` (transport, an answer that is no HTTP), `rejected` (a redirect
  /// elsewhere, an answer that is too large), `bad_config` (a bad address, an origin that is not configured, TLS that
  /// cannot be trusted).
  virtual result<http_answer> call(const http_request& what) = 0;

  /// What is known of the host behind this address.
  virtual http_quota quota_of(std::string_view url) const = 0;

  /// The program is about to end: from now on no call waits for its turn, or to be repeated, for longer than a moment;
  /// it fails with what was answered last. What is under way goes on. From any thread.
  virtual void hurry() {}

  /// Its end has come: calls that can wait fail with `cancelled`, those that are under way and all that follow. Whether
  /// the former were done is not known. From any thread.
  virtual void give_up_what_can_wait() {}
};

/// How often, and how long apart, a call is repeated.
struct http_retry {
  std::uint32_t most_attempts = 4;
  std::chrono::milliseconds base{500};
  std::chrono::milliseconds cap{30'000};
};

/// A host asked to be left alone.
struct http_hold {
  const http_request& asked; ///< what it answered so; lives as long as the telling
  int status = 0;
  wall_ms until_ms = 0;
};
/// "Jira at jira.example.com: GET /rest/… was answered 429: it is asked again no sooner than 12:34:56 UTC".
std::string to_string(const http_hold& h);

struct http_options {
  std::vector<std::string> origins;  ///< the configured base addresses: nobody else is ever asked
  std::string ca_file;               ///< PEM, trusted besides the system's own
  std::string client_certificate;    ///< PEM
  std::string client_key;            ///< PEM, without a pass phrase
  secret proxy;                      ///< http[s]://[user:password@]host[:port]; empty = none
  std::vector<std::string> no_proxy; ///< names, .suffixes, addresses, ranges (10.0.0.0/8), host:port, *
  std::string user_agent = "hyakki";

  std::chrono::milliseconds connect_deadline{10'000}; ///< resolve, connect, proxy and TLS together
  std::chrono::milliseconds send_deadline{30'000};    ///< without progress
  std::chrono::milliseconds receive_deadline{30'000}; ///< for the first byte, and between bytes
  std::chrono::milliseconds whole_deadline{60'000};   ///< where a call does not say
  std::chrono::milliseconds idle_deadline{30'000};    ///< how long an unused connection is kept
  std::size_t most_connections = 4;                   ///< to one origin
  std::size_t most_header_bytes = 64u << 10;
  http_retry retry;
  /// Told when a host asks to be left alone for longer than a moment. Comes on the loop's thread: it must be quick,
  /// must not throw, and must not call the client.
  std::function<void(const http_hold&)> on_hold;
};

/// Waits and the monotonic clock that they are measured on. Only tests bring their own.
class http_timer;

/// Opens the door: reads the certificates, checks the addresses, starts the loop thread. Fails with `bad_config`.
/// `wall` must outlive the client. Destroying the client ends the calls that are under way with `cancelled`.
result<std::unique_ptr<http_client>> open_http_client(http_options options, const clock& wall,
                                                      std::shared_ptr<http_timer> timer = nullptr);

/// What a status that the caller does not want means: 401, 403, other 4xx → `rejected`, 404 and 410 → `not_found`, 408,
/// 425 and 5xx → `unavailable`, 429 or a time to come back → `rate_limited`. The text names the service, the call,
/// the answer (its own message or the beginning of its text, HTML stripped) and what to do. What happens next is said
/// by whoever decides it.
error to_error(const http_request& asked, const http_answer& answer);

/// The end of every sentence about an answer that is larger than its limits.
inline constexpr std::string_view http_not_read = "which is not read";

/// "Jira at jira.example.com: GET /rest/api/2/search?…": for errors of a keeper's own about this call.
std::string describe(const http_request& asked);

/// The beginning of an answer's text for a person: HTML stripped, one line, at most `most` bytes.
std::string excerpt(const http_answer& answer, std::size_t most = 200);

} // namespace hyakki
