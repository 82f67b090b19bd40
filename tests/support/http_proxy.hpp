#pragma once
// A small HTTP proxy on loopback: CONNECT tunnels, absolute-form requests, Basic credentials; over TLS when asked.

#include "tests/support/http_server.hpp"

#include <atomic>
#include <memory>

namespace hyakki::test {

class http_proxy {
public:
  struct options {
    std::string user, password;           ///< demanded, when the user is not empty
    std::optional<served_tls> tls;        ///< speak to the proxy itself over TLS
    std::uint16_t everything_goes_to = 0; ///< a port of loopback, whatever host is asked for; 0 = the asked port
    int refuse_with = 0;                  ///< answers this status to everything
    /// Once this is set, what the server says to its end is handed on in one piece with the proxy's own goodbye.
    std::shared_ptr<std::atomic<bool>> ends;
  };
  http_proxy();
  explicit http_proxy(options o);
  ~http_proxy();
  http_proxy(const http_proxy&) = delete;
  http_proxy& operator=(const http_proxy&) = delete;

  std::uint16_t port() const;
  /// The first lines that were received: "CONNECT host:443 HTTP/1.1", "GET http://host/path HTTP/1.1".
  std::vector<std::string> asked() const;
  /// All bytes of the heads that were received.
  std::string heads() const;

private:
  struct inner;
  std::unique_ptr<inner> inner_;
};

} // namespace hyakki::test
