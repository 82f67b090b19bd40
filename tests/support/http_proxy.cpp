#include "tests/support/http_proxy.hpp"

#include "adapters/http/proxy_rules.hpp"
#include "tests/support/http_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace hyakki::test {

struct http_proxy::inner {
  options how;
  std::shared_ptr<SSL_CTX> context;
  mutable std::mutex mutex;
  std::vector<std::string> lines;
  std::string heads;
  std::unique_ptr<listener> door;

  void serve(blocking_socket& client);
  void relay(blocking_socket& client, int server, bool tunnel);
  /// Writes down a request of a client.
  void note(const std::string& head) {
    std::lock_guard guard{mutex};
    lines.push_back(head.substr(0, head.find("\r\n")));
    heads += head.substr(0, head.find("\r\n\r\n") + 4);
  }
  /// The server is asked by path, as it would be without a proxy; what is for the proxy stays here.
  static std::string by_path(const std::string& head) {
    auto line = head.substr(0, head.find("\r\n"));
    auto start = line.find("://") + 3;
    auto out =
      line.substr(0, line.find(' ') + 1) + line.substr(line.find_first_of("/ ", start)) + head.substr(line.size());
    if (auto at = out.find("Proxy-Authorization:"); at != std::string::npos)
      out.erase(at, out.find("\r\n", at) + 2 - at);
    return out;
  }
};

void http_proxy::inner::relay(blocking_socket& client, int server, bool tunnel) {
  std::array<char, 16 * 1024> piece;
  bool answered = false;
  for (;;) {
    std::array<pollfd, 2> both{{{client.fd(), POLLIN, 0}, {server, POLLIN, 0}}};
    bool held = client.tls() && ::SSL_pending(client.tls()) > 0;
    if (!held && ::poll(both.data(), both.size(), -1) < 0)
      return;
    if (held || both[0].revents != 0) {
      auto n = client.read(piece.data(), piece.size());
      if (n == 0)
        return;
      std::string said{piece.data(), n};
      // The next request on this connection.
      if (!tunnel && answered && said.find(" http://") < 10) {
        while (said.find("\r\n\r\n") == std::string::npos && (n = client.read(piece.data(), piece.size())) > 0)
          said.append(piece.data(), n);
        note(said);
        said = by_path(said);
        answered = false;
      }
      for (std::size_t at = 0; at < said.size();) {
        auto sent = ::send(server, said.data() + at, said.size() - at, MSG_NOSIGNAL);
        if (sent <= 0)
          return;
        at += static_cast<std::size_t>(sent);
      }
    }
    if (both[1].revents != 0) {
      answered = true;
      auto n = ::recv(server, piece.data(), piece.size(), 0);
      if (n > 0 && how.ends && *how.ends) {
        std::string all{piece.data(), static_cast<std::size_t>(n)};
        while ((n = ::recv(server, piece.data(), piece.size(), 0)) > 0)
          all.append(piece.data(), static_cast<std::size_t>(n));
        int on = 1, off = 0;
        ::setsockopt(client.fd(), IPPROTO_TCP, TCP_CORK, &on, sizeof on);
        client.write(all);
        if (client.tls())
          ::SSL_shutdown(client.tls());
        ::setsockopt(client.fd(), IPPROTO_TCP, TCP_CORK, &off, sizeof off);
        client.end();
        return;
      }
      if (n <= 0 || !client.write({piece.data(), static_cast<std::size_t>(n)}))
        return;
    }
  }
}

void http_proxy::inner::serve(blocking_socket& client) {
  if (context && !client.shake_hands(context.get())) {
    client.end();
    return;
  }
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    std::array<char, 4096> piece;
    auto n = client.read(piece.data(), piece.size());
    if (n == 0)
      return;
    head.append(piece.data(), n);
  }
  auto line = head.substr(0, head.find("\r\n"));
  note(head);
  auto refuse = [&](const std::string& status) {
    client.write("HTTP/1.1 " + status +
                 "\r\nContent-Length: 0\r\nProxy-Authenticate: Basic realm=\"test\"\r\nConnection: close\r\n\r\n");
    client.end();
  };
  if (how.refuse_with != 0)
    return refuse(std::to_string(how.refuse_with) + " Refused");
  if (!how.user.empty() &&
      head.find("Proxy-Authorization: Basic " + base64(how.user + ":" + how.password) + "\r\n") == std::string::npos)
    return refuse("407 Proxy Authentication Required");

  bool tunnel = line.rfind("CONNECT ", 0) == 0;
  auto start = tunnel ? 8 : line.find("://") == std::string::npos ? std::string::npos : line.find("://") + 3;
  if (start == std::string::npos)
    return refuse("400 Not an absolute address");
  auto end = line.find_first_of("/ ", start);
  auto place = line.substr(start, end - start);
  auto colon = place.rfind(':');
  auto port = how.everything_goes_to != 0  ? how.everything_goes_to
              : colon == std::string::npos ? std::uint16_t{80}
                                           : static_cast<std::uint16_t>(std::stoi(place.substr(colon + 1)));
  int server = connect_to(port);
  if (server < 0)
    return refuse("502 Nobody Listens");
  if (tunnel) {
    client.write("HTTP/1.1 200 Connection established\r\nX-Proxy: test\r\n\r\n");
    head.erase(0, head.find("\r\n\r\n") + 4);
  } else {
    head = by_path(head);
  }
  if (!head.empty())
    (void)!::send(server, head.data(), head.size(), MSG_NOSIGNAL);
  relay(client, server, tunnel);
  ::close(server);
  client.cut();
}

http_proxy::http_proxy() : http_proxy(options{}) {}

http_proxy::http_proxy(options o) : inner_(std::make_unique<inner>()) {
  inner_->how = std::move(o);
  if (inner_->how.tls)
    inner_->context = server_context(*inner_->how.tls);
  inner_->door = std::make_unique<listener>([i = inner_.get()](blocking_socket& s) { i->serve(s); });
}

http_proxy::~http_proxy() { inner_->door.reset(); }

std::uint16_t http_proxy::port() const { return inner_->door->port(); }

std::vector<std::string> http_proxy::asked() const {
  std::lock_guard guard{inner_->mutex};
  return inner_->lines;
}

std::string http_proxy::heads() const {
  std::lock_guard guard{inner_->mutex};
  return inner_->heads;
}

} // namespace hyakki::test
