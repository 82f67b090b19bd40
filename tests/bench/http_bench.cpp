// The HTTP door over a kept connection beside a bare blocking socket that sends the same bytes to the same server.
// Prints one JSON line a figure.

#include "adapters/http_client.hpp"
#include "tests/bench/bench.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/http_socket.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <thread>

using namespace hyakki;

namespace {

/// One answer of each call is what a service sends of one issue.
const std::string body = "{\"issues\":[\"" + std::string(1000, 'i') + "\"]}";

double door_rate(http_client& door, const std::string& url, int threads, int calls) {
  auto took = bench::seconds([&] {
    std::vector<std::thread> callers;
    for (int t = 0; t < threads; ++t)
      callers.emplace_back([&] {
        http_request r;
        r.url = url;
        for (int i = 0; i < calls; ++i)
          if (auto a = door.call(r); !a.ok() || a->body.size() != body.size())
            std::abort();
      });
    for (auto& c : callers)
      c.join();
  });
  return threads * calls / took;
}

void bare_calls(std::uint16_t port, int calls) {
  int fd = test::connect_to(port);
  std::string request = "GET /x HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                        "\r\nUser-Agent: hyakki\r\nAccept-Encoding: gzip, deflate\r\nAccept: */*\r\n\r\n";
  for (int i = 0; i < calls; ++i) {
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
      std::abort();
    std::string got;
    std::size_t want = std::string::npos;
    while (got.size() < want) {
      std::array<char, 16 * 1024> piece;
      auto n = ::recv(fd, piece.data(), piece.size(), 0);
      if (n <= 0)
        std::abort();
      got.append(piece.data(), static_cast<std::size_t>(n));
      if (auto end = got.find("\r\n\r\n"); end != std::string::npos)
        want = end + 4 + body.size();
    }
  }
  ::close(fd);
}

double bare_rate(std::uint16_t port, int threads, int calls) {
  auto took = bench::seconds([&] {
    std::vector<std::thread> callers;
    for (int t = 0; t < threads; ++t)
      callers.emplace_back([&] { bare_calls(port, calls); });
    for (auto& c : callers)
      c.join();
  });
  return threads * calls / took;
}

} // namespace

int main(int argc, char** argv) {
  bool small = bench::is_small(argc, argv);
  auto reply = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
  // A server that does nothing but answer: its own cost is in both sides.
  test::listener server{[&](test::blocking_socket& s) {
    std::array<char, 4096> piece;
    std::string held;
    while (auto n = s.read(piece.data(), piece.size())) {
      held.append(piece.data(), n);
      while (held.find("\r\n\r\n") != std::string::npos) {
        held.erase(0, held.find("\r\n\r\n") + 4);
        if (!s.write(reply))
          return;
      }
    }
  }};
  auto url = "http://127.0.0.1:" + std::to_string(server.port()) + "/x";
  http_options options;
  options.origins = {url};
  system_clock wall;
  auto door = open_http_client(options, wall);
  if (!door)
    return 1;
  int calls = small ? 20 : 2000;
  std::size_t rounds = small ? 1 : 7;
  door_rate(**door, url, 1, 20);
  for (int threads : {1, 4})
    bench::print(bench::interleaved(
      "http calls over kept connections, " + std::to_string(threads) + (threads == 1 ? " thread" : " threads") +
        ", beside blocking sockets",
      "1/s", rounds, [&] { return door_rate(**door, url, threads, calls); },
      [&] { return bare_rate(server.port(), threads, calls); }));
  return 0;
}
