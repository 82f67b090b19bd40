#pragma once
// Sockets of tests: a listener on loopback and connections that block, in clear or with TLS, and can be cut from
// another thread.

#include "tests/support/http_server.hpp"

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>

namespace hyakki::test {

/// One accepted connection. Reads and writes block until `cut`.
class blocking_socket {
public:
  explicit blocking_socket(int fd) : fd_(fd) {}
  ~blocking_socket();
  blocking_socket(const blocking_socket&) = delete;
  blocking_socket& operator=(const blocking_socket&) = delete;

  bool shake_hands(SSL_CTX* context);           ///< as the server
  std::size_t read(char* to, std::size_t most); ///< 0 = ended
  bool write(std::string_view bytes);
  void wait_for_end(); ///< reads until the other side goes away
  void end();          ///< says goodbye, and waits until the other side has heard it
  void reset();        ///< the next close is a TCP reset
  void cut();          ///< from any thread: every read and write ends
  int fd() const { return fd_; }
  SSL* tls() const { return tls_; }

private:
  int fd_;
  SSL* tls_ = nullptr;
};

/// Accepts on a port of loopback and serves each connection on a thread of its own; cuts and joins at the end.
class listener {
public:
  using serve = std::function<void(blocking_socket&)>;
  explicit listener(serve s);
  ~listener();
  std::uint16_t port() const { return port_; }
  std::size_t accepted() const { return accepted_; }
  void refuse(std::size_t n) { refuse_ = n; }
  void cut_all();

private:
  void accept_on();

  serve serve_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> accepted_{0}, refuse_{0};
  std::mutex mutex_;
  std::set<std::shared_ptr<blocking_socket>> open_;
  std::list<std::thread> threads_, ended_; ///< those that serve; those that wait to be joined
  bool closing_ = false;
  std::thread accepting_;
};

/// The server's side of TLS, from PEM texts.
std::shared_ptr<SSL_CTX> server_context(const served_tls& tls);

/// A connected socket to loopback; -1 when nobody listens.
int connect_to(std::uint16_t port);

} // namespace hyakki::test
