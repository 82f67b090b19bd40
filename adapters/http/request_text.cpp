#include "adapters/http/request_text.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <array>

namespace hyakki {

namespace {

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
  });
}

bool is_value(std::string_view text) {
  return text.size() <= 16 * 1024 && std::all_of(text.begin(), text.end(), [](char c) {
           auto b = static_cast<unsigned char>(c);
           return b == '\t' || (b >= ' ' && b != 0x7F);
         });
}

/// These are the client's own: framing, routing, who asks.
bool is_own(std::string_view name) {
  static constexpr std::array<std::string_view, 13> own{"host",
                                                        "user-agent",
                                                        "accept-encoding",
                                                        "content-length",
                                                        "transfer-encoding",
                                                        "connection",
                                                        "keep-alive",
                                                        "proxy-authorization",
                                                        "proxy-connection",
                                                        "authorization",
                                                        "expect",
                                                        "te",
                                                        "upgrade"};
  return std::any_of(own.begin(), own.end(), [&](std::string_view o) {
    return o.size() == name.size() && std::equal(o.begin(), o.end(), name.begin(), [](char a, char b) {
             return a == (b >= 'A' && b <= 'Z' ? b + 32 : b);
           });
  });
}

std::string shown(std::string_view name) { return "\"" + printable(cut_utf8(name, 60)) + "\""; }

void add(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

} // namespace

result<void> check_request(const http_request& what) {
  if (what.headers.size() > 64)
    return error{ec::rejected, "a request with more than 64 headers is not sent"};
  for (const auto& h : what.headers) {
    if (!is_token(h.name))
      return error{ec::rejected, "a header cannot be named " + shown(h.name)};
    if (is_own(h.name))
      return error{ec::rejected, "the header " + shown(h.name) + " is set by the client itself"};
    if (!is_value(h.value))
      return error{ec::rejected, "the header " + shown(h.name) + " holds a line break or another control character"};
  }
  using scheme = http_credentials::scheme;
  const auto& c = what.credentials;
  if (c.how == scheme::none)
    return {};
  if (c.token.empty())
    return error{ec::bad_config, "the token is empty"};
  if (!is_value(c.token.reveal()) || !is_value(c.user))
    return error{ec::bad_config,
                 "the user or the token holds a line break or another control character; was it read from a "
                 "file with more than one line?"};
  if (c.how == scheme::basic && c.user.find(':') != std::string::npos)
    return error{ec::bad_config, "a user with a colon cannot log in by Basic"};
  if (c.how == scheme::header && (!is_token(c.user) || (is_own(c.user))))
    return error{ec::bad_config, "the token cannot be sent in a header named " + shown(c.user)};
  return {};
}

std::string request_text(const http_request& what, const url& target, const http_proxy_place* proxy,
                         std::string_view user_agent) {
  std::string text{to_string(what.method)};
  text.reserve(512 + what.body.size());
  text.append(" ").append(proxy ? target.text() : target.target()).append(" HTTP/1.1\r\n");
  add(text, "Host", target.authority());
  add(text, "User-Agent", user_agent);
  add(text, "Accept-Encoding", "gzip, deflate");
  if (!find_header(what.headers, "Accept"))
    add(text, "Accept", "*/*");
  using scheme = http_credentials::scheme;
  const auto& c = what.credentials;
  switch (c.how) {
  case scheme::none: break;
  case scheme::bearer: add(text, "Authorization", "Bearer " + c.token.reveal()); break;
  case scheme::basic: add(text, "Authorization", "Basic " + base64(c.user + ":" + c.token.reveal())); break;
  case scheme::header: add(text, c.user, c.token.reveal()); break;
  }
  if (proxy)
    if (auto who = proxy->authorization(); !who.empty())
      add(text, "Proxy-Authorization", who);
  for (const auto& h : what.headers)
    add(text, h.name, h.value);
  bool may_have_body =
    what.method == http_method::post || what.method == http_method::put || what.method == http_method::patch;
  if (may_have_body || !what.body.empty())
    add(text, "Content-Length", std::to_string(what.body.size()));
  text.append("\r\n").append(what.body);
  return text;
}

} // namespace hyakki
