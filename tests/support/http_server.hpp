#pragma once
// A real HTTP/1.1 server on loopback, scripted by a function: request in, answer or fault out.
//
// A thread accepts, one thread a connection serves (tests have few). The handler is called on those threads, one call
// at a time. Faults need no sleeping: a stalled answer stays stalled until the client goes away or the server ends.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hyakki::test {

struct served_request {
  std::string method;
  std::string target;                                       ///< as on the wire
  std::string path;                                         ///< without the query, as on the wire
  std::vector<std::pair<std::string, std::string>> query;   ///< decoded
  std::vector<std::pair<std::string, std::string>> headers; ///< in order, names as on the wire
  std::string body;
  std::uint64_t connection = 0; ///< counts from 1
  bool tls = false;
  std::string client_name; ///< common name of the client's certificate
  std::string server_name; ///< asked for by SNI

  /// The first header of that name, whatever its case; nothing when there is none.
  std::optional<std::string> header(std::string_view name) const;
  /// The decoded value of the first such field of the query.
  std::optional<std::string> parameter(std::string_view name) const;
};

/// What goes wrong with an answer.
enum class served_fault : std::uint8_t {
  none,
  close_before,         ///< reads the request, then closes without a byte
  reset,                ///< as close_before, with a TCP reset
  close_within_headers, ///< half of the head, then closes
  truncated_body,       ///< says the whole length, sends half, closes
  stall_before,         ///< never answers
  stall_within_headers, ///< half of the head, then nothing more
  stall_within_body,    ///< half of the body, then nothing more
  trickle,              ///< one byte of the body every 20 ms
  garbage,              ///< bytes that are no HTTP
  endless_headers,      ///< header after header
  endless_body,         ///< chunk after chunk, until the client goes away
};

struct served_answer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  served_fault fault = served_fault::none;
  bool chunked = false;
  bool gzip = false;           ///< compresses the body and says so
  bool until_close = false;    ///< neither a length nor chunks: the body ends with the connection
  bool close = false;          ///< Connection: close
  bool close_silently = false; ///< answers as if the connection stayed, then closes it
  std::string raw;             ///< sent as it is instead of everything above; then closes

  static served_answer json(int status, std::string body) {
    served_answer a;
    a.status = status;
    a.headers = {{"Content-Type", "application/json"}};
    a.body = std::move(body);
    return a;
  }
  static served_answer failing(served_fault f) {
    served_answer a;
    a.fault = f;
    a.body = std::string(64, 'x');
    return a;
  }
};

/// How the server shows itself by TLS: PEM texts, see http_certificates.hpp.
struct served_tls {
  std::string certificate;
  std::string key;
  std::string client_ca; ///< demands a certificate of the client that this one signed
};

class http_server {
public:
  using handler = std::function<served_answer(const served_request&)>;

  explicit http_server(handler h, std::optional<served_tls> tls = std::nullopt);
  ~http_server(); ///< cuts every connection
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  std::uint16_t port() const;
  /// http(s)://127.0.0.1:PORT, or with another name for this machine (localhost).
  std::string url(std::string_view path = "", std::string_view host = "127.0.0.1") const;

  /// Everything that was asked so far, in order.
  std::vector<served_request> requests() const;
  std::size_t request_count() const;
  /// Connections that were accepted so far (for TLS: also those whose handshake failed).
  std::size_t connections() const;
  /// The most requests that were with the server at one time.
  std::size_t most_at_once() const;
  /// Closes connections that are waiting for a request.
  void drop_idle();
  /// The next N connections are closed as soon as they are accepted.
  void refuse(std::size_t connections);

private:
  struct inner;
  std::unique_ptr<inner> inner_;
};

/// A port of loopback on which nobody listens.
std::uint16_t closed_port();

std::string gzip_of(std::string_view text);

} // namespace hyakki::test
