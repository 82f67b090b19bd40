#include "adapters/http/proxy_rules.hpp"

#include "core/utf8.hpp"

#include <arpa/inet.h>
#include <openssl/evp.h>

#include <algorithm>

namespace hyakki {

namespace {

bool read_address(std::string_view text, std::array<unsigned char, 16>& out, bool& is_v4) {
  std::string copy{text};
  is_v4 = ::inet_pton(AF_INET, copy.c_str(), out.data() + 12) == 1;
  if (is_v4) {
    std::fill(out.begin(), out.begin() + 10, 0);
    out[10] = out[11] = 0xFF;
    return true;
  }
  return ::inet_pton(AF_INET6, copy.c_str(), out.data()) == 1;
}

bool same_bits(const std::array<unsigned char, 16>& a, const std::array<unsigned char, 16>& b, unsigned bits) {
  for (unsigned i = 0; i < 16 && bits > 0; ++i) {
    auto n = std::min(bits, 8u);
    auto mask = static_cast<unsigned char>(0xFF << (8 - n));
    if ((a[i] & mask) != (b[i] & mask))
      return false;
    bits -= n;
  }
  return true;
}

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t most) {
  std::uint32_t n = 0;
  if (text.empty() || text.size() > 6)
    return std::nullopt;
  for (char c : text) {
    if (c < '0' || c > '9')
      return std::nullopt;
    n = n * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return n <= most ? std::optional{n} : std::nullopt;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    auto digit = [](char c) {
      return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
    };
    if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0)
      return std::nullopt;
    out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return out;
}

} // namespace

std::string base64(std::string_view text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');
  auto n = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                             reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(n));
  return out;
}

std::string http_proxy_place::authorization() const {
  return user.empty() && password.empty() ? std::string{} : "Basic " + base64(user + ":" + password.reveal());
}

std::optional<proxy_rules::rule> proxy_rules::read_rule(std::string_view text) {
  rule r;
  if (text == "*") {
    r.everything = true;
    return r;
  }
  bool is_v4 = false;
  // [address]:port
  if (!text.empty() && text[0] == '[') {
    auto close = text.find(']');
    if (close == std::string_view::npos || !read_address(text.substr(1, close - 1), r.address, is_v4) || is_v4)
      return std::nullopt;
    auto after = text.substr(close + 1);
    if (after.empty())
      return r;
    auto port = after[0] == ':' ? number(after.substr(1), 65535) : std::nullopt;
    if (!port || *port == 0)
      return std::nullopt;
    r.port = static_cast<std::uint16_t>(*port);
    return r;
  }
  if (auto slash = text.find('/'); slash != std::string_view::npos) {
    if (!read_address(text.substr(0, slash), r.address, is_v4))
      return std::nullopt;
    auto bits = number(text.substr(slash + 1), is_v4 ? 32 : 128);
    if (!bits)
      return std::nullopt;
    r.bits = *bits + (is_v4 ? 96 : 0);
    return r;
  }
  if (std::count(text.begin(), text.end(), ':') == 1) {
    auto colon = text.find(':');
    auto port = number(text.substr(colon + 1), 65535);
    if (!port || *port == 0)
      return std::nullopt;
    r.port = static_cast<std::uint16_t>(*port);
    text = text.substr(0, colon);
  }
  if (read_address(text, r.address, is_v4))
    return r;
  if (text.substr(0, 2) == "*.")
    text.remove_prefix(1);
  if (!text.empty() && text[0] == '.')
    text.remove_prefix(1);
  if (!text.empty() && text.back() == '.')
    text.remove_suffix(1);
  // The same reading of names as everywhere.
  auto name = parse_url("http://" + std::string{text});
  if (!name || name->target() != "/" || name->port != 80)
    return std::nullopt;
  r.name = name->host;
  return r;
}

bool proxy_rules::matches(const rule& r, const url& target) {
  if (r.port != 0 && r.port != target.port)
    return false;
  if (r.everything)
    return true;
  if (r.name.empty()) {
    std::array<unsigned char, 16> address{};
    bool is_v4 = false;
    return read_address(target.host, address, is_v4) && same_bits(address, r.address, r.bits);
  }
  auto host = std::string_view{target.host};
  if (host.size() < r.name.size() || host.substr(host.size() - r.name.size()) != r.name)
    return false;
  return host.size() == r.name.size() || host[host.size() - r.name.size() - 1] == '.';
}

result<proxy_rules> proxy_rules::make(const secret& proxy, const std::vector<std::string>& no_proxy) {
  proxy_rules rules;
  for (std::string_view text : no_proxy) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
      text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
      text.remove_suffix(1);
    if (text.empty())
      continue;
    auto r = read_rule(text);
    if (!r)
      return error{ec::bad_config, "no_proxy holds \"" + printable(cut_utf8(text, 100)) +
                                     "\", which is no name, address, range, host:port or *"};
    rules.rules_.push_back(std::move(*r));
  }
  if (proxy.empty())
    return rules;

  std::string_view text = proxy.reveal();
  http_proxy_place place;
  auto scheme = text.find("://");
  auto start = scheme == std::string_view::npos ? 0 : scheme + 3;
  // A password may hold anything but the last @.
  auto at = text.rfind('@');
  std::string bare{text};
  if (at != std::string_view::npos && at >= start) {
    auto who = text.substr(start, at - start);
    auto colon = who.find(':');
    auto user = percent_decoded(who.substr(0, colon));
    auto password = percent_decoded(colon == std::string_view::npos ? std::string_view{} : who.substr(colon + 1));
    if (!user || !password)
      return error{ec::bad_config, "http.proxy: the user or password holds a % that is not followed by two hexadecimal "
                                   "digits; write %25 for a % of its own"};
    place.user = *user;
    place.password = secret{*password};
    bare = std::string{text.substr(0, start)} + std::string{text.substr(at + 1)};
  }
  auto parsed = parse_url(bare);
  if (!parsed) { // without the address: a password may stand anywhere in a broken one
    auto& why = parsed.error().text;
    return error{ec::bad_config,
                 "http.proxy: the address" + why.substr(std::min(why.rfind(" cannot be used: "), why.size()))};
  }
  if (parsed->target() != "/")
    return error{ec::bad_config, "http.proxy: " + parsed->origin() + " is configured with a path; a proxy has none"};
  place.at = std::move(*parsed);
  rules.proxy_ = std::move(place);
  return rules;
}

const http_proxy_place* proxy_rules::proxy_for(const url& target) const {
  if (!proxy_)
    return nullptr;
  for (const auto& r : rules_)
    if (matches(r, target))
      return nullptr;
  return &*proxy_;
}

} // namespace hyakki
