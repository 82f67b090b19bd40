#include "tests/support/http_server.hpp"

#include "tests/support/http_socket.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <zlib.h>

#include <algorithm>
#include <condition_variable>

namespace hyakki::test {

namespace http = boost::beast::http;

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string decoded(std::string_view text) {
  std::string out;
  auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> query_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!text.empty()) {
    auto one = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    auto equals = one.find('=');
    out.emplace_back(decoded(one.substr(0, equals)),
                     equals == std::string_view::npos ? std::string{} : decoded(one.substr(equals + 1)));
  }
  return out;
}

} // namespace

std::optional<std::string> served_request::header(std::string_view name) const {
  for (const auto& [n, v] : headers)
    if (n.size() == name.size() &&
        std::equal(n.begin(), n.end(), name.begin(), [](char a, char b) { return lower(a) == lower(b); }))
      return v;
  return std::nullopt;
}

std::optional<std::string> served_request::parameter(std::string_view name) const {
  for (const auto& [n, v] : query)
    if (n == name)
      return v;
  return std::nullopt;
}

std::string gzip_of(std::string_view text) {
  z_stream z{};
  ::deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string out(::deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  ::deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  ::deflateEnd(&z);
  return out;
}

struct http_server::inner {
  handler answer;
  std::shared_ptr<SSL_CTX> context;
  mutable std::mutex mutex;
  std::mutex handling;
  std::vector<served_request> seen;
  std::set<blocking_socket*> idle;
  std::atomic<std::size_t> at_once{0}, most_at_once{0};
  std::atomic<std::uint64_t> next_connection{1};
  std::unique_ptr<listener> door;

  void serve(blocking_socket& s);
  bool read_request(blocking_socket& s, std::string& held, served_request& into);
  bool send(blocking_socket& s, served_answer a, const served_request& asked);
};

bool http_server::inner::read_request(blocking_socket& s, std::string& held, served_request& into) {
  http::request_parser<http::string_body> parser;
  parser.eager(true);
  parser.body_limit(64u << 20);
  parser.header_limit(256u << 10);
  std::vector<char> piece(64 * 1024);
  for (;;) {
    while (!held.empty()) {
      boost::system::error_code failed;
      auto used = parser.put(boost::asio::const_buffer{held.data(), held.size()}, failed);
      held.erase(0, used);
      if (failed && failed != http::error::need_more)
        return false;
      if (parser.is_done()) {
        auto message = parser.release();
        into.method = std::string{message.method_string()};
        into.target = std::string{message.target()};
        auto question = into.target.find('?');
        into.path = into.target.substr(0, question);
        if (question != std::string::npos)
          into.query = query_of(std::string_view{into.target}.substr(question + 1));
        for (const auto& f : message)
          into.headers.emplace_back(std::string{f.name_string()}, std::string{f.value()});
        into.body = std::move(message.body());
        return true;
      }
      if (failed == http::error::need_more || used == 0)
        break;
    }
    auto n = s.read(piece.data(), piece.size());
    if (n == 0)
      return false;
    held.append(piece.data(), n);
  }
}

bool http_server::inner::send(blocking_socket& s, served_answer a, const served_request& asked) {
  using fault = served_fault;
  if (!a.raw.empty()) {
    s.write(a.raw);
    return false;
  }
  switch (a.fault) {
  case fault::close_before: return false;
  case fault::reset: s.reset(); return false;
  case fault::stall_before: s.wait_for_end(); return false;
  case fault::garbage: s.write("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\x01\x02\x03\r\n\r\n"); return false;
  default: break;
  }
  if (a.gzip) {
    a.body = gzip_of(a.body);
    a.headers.emplace_back("Content-Encoding", "gzip");
  }
  std::string head = "HTTP/1.1 " + std::to_string(a.status) + " " +
                     std::string{http::obsolete_reason(http::int_to_status(static_cast<unsigned>(a.status)))} + "\r\n";
  for (const auto& [name, value] : a.headers)
    head += name + ": " + value + "\r\n";
  if (a.fault == fault::endless_headers) {
    while (s.write(head + "X-More: " + std::string(1000, 'm') + "\r\n"))
      head.clear();
    return false;
  }
  bool bodiless = asked.method == "HEAD" || a.status == 204 || a.status == 304;
  bool chunked = a.chunked || a.fault == fault::endless_body;
  if (chunked)
    head += "Transfer-Encoding: chunked\r\n";
  else if (!a.until_close && a.status != 204 && a.status != 304)
    head += "Content-Length: " + std::to_string(a.body.size()) + "\r\n";
  if (a.close || a.until_close)
    head += "Connection: close\r\n";
  head += "\r\n";
  if (a.fault == fault::close_within_headers || a.fault == fault::stall_within_headers) {
    s.write(head.substr(0, head.size() / 2));
    if (a.fault == fault::stall_within_headers)
      s.wait_for_end();
    return false;
  }
  if (a.fault == fault::endless_body) {
    auto chunk = "10000\r\n" + std::string(0x10000, 'e') + "\r\n";
    if (s.write(head))
      while (s.write(chunk)) {
      }
    return false;
  }
  if (a.fault == fault::truncated_body || a.fault == fault::stall_within_body) {
    s.write(head + a.body.substr(0, a.body.size() / 2));
    if (a.fault == fault::stall_within_body)
      s.wait_for_end();
    return false;
  }
  if (a.fault == fault::trickle) {
    if (!s.write(head))
      return false;
    for (char c : a.body) {
      std::this_thread::sleep_for(std::chrono::milliseconds{20}); // the pace of the fault itself, nothing waits for it
      if (!s.write({&c, 1}))
        return false;
    }
    return true;
  }
  std::string body;
  if (!bodiless && chunked) {
    for (std::size_t at = 0; at < a.body.size();) {
      auto n = std::min<std::size_t>(a.body.size() - at, 7 + at);
      char size[20];
      std::snprintf(size, sizeof size, "%zx\r\n", n);
      body += size + a.body.substr(at, n) + "\r\n";
      at += n;
    }
    body += "0\r\n\r\n";
  } else if (!bodiless) {
    body = std::move(a.body);
  }
  return s.write(head + body) && !a.close && !a.until_close && !a.close_silently;
}

void http_server::inner::serve(blocking_socket& s) {
  auto number = next_connection++;
  if (context && !s.shake_hands(context.get())) {
    s.end();
    return;
  }
  std::string held;
  for (;;) {
    served_request asked;
    {
      std::lock_guard guard{mutex};
      idle.insert(&s);
    }
    bool good = read_request(s, held, asked);
    {
      std::lock_guard guard{mutex};
      idle.erase(&s);
    }
    if (!good)
      break;
    asked.connection = number;
    asked.tls = s.tls() != nullptr;
    if (s.tls()) {
      if (auto* name = ::SSL_get_servername(s.tls(), TLSEXT_NAMETYPE_host_name))
        asked.server_name = name;
      if (auto* peer = ::SSL_get0_peer_certificate(s.tls())) {
        char text[128] = "";
        ::X509_NAME_get_text_by_NID(::X509_get_subject_name(peer), NID_commonName, text, sizeof text);
        asked.client_name = text;
      }
    }
    auto now = ++at_once;
    auto most = most_at_once.load();
    while (now > most && !most_at_once.compare_exchange_weak(most, now)) {
    }
    served_answer a;
    {
      std::lock_guard guard{handling};
      {
        std::lock_guard seeing{mutex};
        seen.push_back(asked);
      }
      a = answer(asked);
    }
    bool hard = a.fault == served_fault::reset;
    bool stays = send(s, std::move(a), asked);
    --at_once;
    if (hard)
      return;
    if (!stays)
      break;
  }
  s.end();
}

http_server::http_server(handler h, std::optional<served_tls> tls) : inner_(std::make_unique<inner>()) {
  inner_->answer = std::move(h);
  if (tls)
    inner_->context = server_context(*tls);
  inner_->door = std::make_unique<listener>([i = inner_.get()](blocking_socket& s) { i->serve(s); });
}

http_server::~http_server() { inner_->door.reset(); }

std::uint16_t http_server::port() const { return inner_->door->port(); }

std::string http_server::url(std::string_view path, std::string_view host) const {
  return (inner_->context ? "https://" : "http://") + std::string{host} + ":" + std::to_string(port()) +
         std::string{path};
}

std::vector<served_request> http_server::requests() const {
  std::lock_guard guard{inner_->mutex};
  return inner_->seen;
}

std::size_t http_server::request_count() const {
  std::lock_guard guard{inner_->mutex};
  return inner_->seen.size();
}

std::size_t http_server::connections() const { return inner_->door->accepted(); }
std::size_t http_server::most_at_once() const { return inner_->most_at_once; }

void http_server::drop_idle() {
  std::lock_guard guard{inner_->mutex};
  for (auto* s : inner_->idle)
    s->cut();
}

void http_server::refuse(std::size_t connections) { inner_->door->refuse(connections); }

} // namespace hyakki::test
