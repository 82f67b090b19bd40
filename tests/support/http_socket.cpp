#include "tests/support/http_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace hyakki::test {

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_port = htons(port);
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}

int listen_on_any(std::uint16_t& port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto at = loopback(0);
  socklen_t size = sizeof at;
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(fd, 128) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    throw std::runtime_error{"no listening socket on loopback"};
  port = ntohs(at.sin_port);
  return fd;
}

} // namespace

std::uint16_t closed_port() {
  std::uint16_t port = 0;
  ::close(listen_on_any(port));
  return port;
}

int connect_to(std::uint16_t port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto at = loopback(port);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) {
    ::close(fd);
    return -1;
  }
  int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

blocking_socket::~blocking_socket() {
  ::SSL_free(tls_);
  ::close(fd_);
}

bool blocking_socket::shake_hands(SSL_CTX* context) {
  tls_ = ::SSL_new(context);
  ::SSL_set_fd(tls_, fd_);
  ::ERR_clear_error();
  return ::SSL_accept(tls_) == 1;
}

std::size_t blocking_socket::read(char* to, std::size_t most) {
  ::ERR_clear_error();
  auto n = tls_ ? ::SSL_read(tls_, to, static_cast<int>(most)) : static_cast<int>(::recv(fd_, to, most, 0));
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

bool blocking_socket::write(std::string_view bytes) {
  while (!bytes.empty()) {
    ::ERR_clear_error();
    auto n = tls_ ? ::SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                  : static_cast<int>(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    if (n <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void blocking_socket::wait_for_end() {
  std::array<char, 4096> ignored;
  while (::recv(fd_, ignored.data(), ignored.size(), 0) > 0) {
  }
}

void blocking_socket::end() {
  ::ERR_clear_error();
  if (tls_ && ::SSL_is_init_finished(tls_))
    ::SSL_shutdown(tls_);
  ::shutdown(fd_, SHUT_WR);
  wait_for_end();
}

void blocking_socket::reset() {
  linger hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

void blocking_socket::cut() { ::shutdown(fd_, SHUT_RDWR); }

listener::listener(serve s) : serve_(std::move(s)) {
  fd_ = listen_on_any(port_);
  accepting_ = std::thread{[this] { accept_on(); }};
}

listener::~listener() {
  {
    std::lock_guard guard{mutex_};
    closing_ = true;
  }
  ::shutdown(fd_, SHUT_RDWR);
  accepting_.join();
  cut_all();
  for (auto* those : {&threads_, &ended_})
    for (auto& t : *those)
      t.join();
  ::close(fd_);
}

void listener::cut_all() {
  std::lock_guard guard{mutex_};
  for (const auto& s : open_)
    s->cut();
}

void listener::accept_on() {
  for (;;) {
    int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0)
      return;
    int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++accepted_;
    auto socket = std::make_shared<blocking_socket>(fd);
    if (refuse_ > 0) {
      --refuse_;
      continue;
    }
    auto ended = std::list<std::thread>{};
    {
      std::lock_guard guard{mutex_};
      ended.swap(ended_);
    }
    for (auto& t : ended) // each would keep its stack until then
      t.join();
    std::lock_guard guard{mutex_};
    if (closing_)
      return;
    open_.insert(socket);
    auto at = threads_.emplace(threads_.end());
    *at = std::thread{[this, socket, at]() mutable {
      // OpenSSL writes without MSG_NOSIGNAL; a client that is gone must not end the test.
      sigset_t pipe;
      ::sigemptyset(&pipe);
      ::sigaddset(&pipe, SIGPIPE);
      ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
      serve_(*socket);
      std::lock_guard gone{mutex_};
      open_.erase(socket);
      socket.reset();
      if (!closing_)
        ended_.splice(ended_.end(), threads_, at);
    }};
  }
}

std::shared_ptr<SSL_CTX> server_context(const served_tls& tls) {
  std::shared_ptr<SSL_CTX> context{::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free};
  auto certificate_of = [](const std::string& pem) {
    std::unique_ptr<BIO, decltype(&::BIO_free)> bio{::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                    ::BIO_free};
    return std::unique_ptr<X509, decltype(&::X509_free)>{::PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr),
                                                         ::X509_free};
  };
  std::unique_ptr<BIO, decltype(&::BIO_free)> bio{::BIO_new_mem_buf(tls.key.data(), static_cast<int>(tls.key.size())),
                                                  ::BIO_free};
  std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> key{
    ::PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), ::EVP_PKEY_free};
  auto own = certificate_of(tls.certificate);
  if (!own || !key || ::SSL_CTX_use_certificate(context.get(), own.get()) != 1 ||
      ::SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1)
    throw std::runtime_error{"the test server cannot use its certificate"};
  if (!tls.client_ca.empty()) {
    auto ca = certificate_of(tls.client_ca);
    ::X509_STORE_add_cert(::SSL_CTX_get_cert_store(context.get()), ca.get());
    ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

} // namespace hyakki::test
