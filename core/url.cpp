#include "core/url.hpp"

#include "core/ascii.hpp"
#include "core/utf8.hpp"

#include <arpa/inet.h>

#include <array>
#include <vector>

namespace hyakki {

namespace {

constexpr std::size_t most_url_bytes = 16 * 1024;

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_unreserved(char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

/// What may stand in a path or a query: RFC 3986, and what servers put there without encoding.
bool fits_target(char c) {
  return is_unreserved(c) || std::string_view{"!$&'()*+,;=:@/?[]|{}^"}.find(c) != std::string_view::npos;
}

/// The address without what may be secret in it: what stands before an @, however broken, and a query.
std::string shown(std::string_view text) {
  auto scheme = text.find("://");
  auto at = text.rfind('@');
  auto out = std::string{scheme == std::string_view::npos || scheme > 5 ? "" : text.substr(0, scheme + 3)};
  auto rest = at != std::string_view::npos ? text.substr(at + 1) : text.substr(out.size());
  out += rest.substr(0, rest.find_first_of("?#"));
  return printable(cut_utf8(out, 200));
}

error bad(std::string_view text, std::string_view reason) {
  return {ec::bad_config, "the address " + shown(text) + " cannot be used: " + std::string{reason}};
}

bool is_name(std::string_view host) {
  if (host.empty() || host.size() > 253)
    return false;
  std::size_t label = 0;
  for (std::size_t i = 0; i < host.size(); ++i) {
    char c = host[i];
    if (c == '.') {
      if (label == 0 || host[i - 1] == '-')
        return false;
      label = 0;
      continue;
    }
    if (!(is_alpha(c) || is_digit(c) || c == '_' || (c == '-' && label > 0)) || ++label > 63)
      return false;
  }
  return label > 0 && host.back() != '-';
}

/// The last label of a name is never a number: "1.2.3" or "0x7f.1" would be read as an address by some and not by
/// others.
bool ends_in_number(std::string_view host) {
  auto last = host.substr(host.rfind('.') == std::string_view::npos ? 0 : host.rfind('.') + 1);
  if (last.size() > 2 && last[0] == '0' && (last[1] == 'x' || last[1] == 'X'))
    return true;
  for (char c : last)
    if (!is_digit(c))
      return false;
  return !last.empty();
}

std::string_view fault_of_target(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2]))
        return "it has a % that is not followed by two hexadecimal digits";
      continue;
    }
    if (!fits_target(text[i]))
      return "its path or query holds a character that must be percent-encoded";
  }
  return {};
}

/// RFC 3986, 5.2.4.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool ends_in_slash = true;
  std::size_t at = 0;
  while (at < path.size()) {
    auto end = path.find('/', at + 1);
    if (end == std::string_view::npos)
      end = path.size();
    auto segment = path.substr(at + 1, end - at - 1);
    ends_in_slash = false;
    if (segment == "." || segment == "..") {
      if (segment == ".." && !kept.empty())
        kept.pop_back();
      ends_in_slash = end == path.size();
    } else {
      kept.push_back(segment);
    }
    at = end;
  }
  std::string out;
  for (auto s : kept)
    (out += '/') += s;
  if (ends_in_slash || out.empty())
    out += '/';
  return out;
}

} // namespace

bool is_ip_address(std::string_view host) {
  std::array<unsigned char, 16> raw{};
  std::string text{host};
  return ::inet_pton(AF_INET, text.c_str(), raw.data()) == 1 || ::inet_pton(AF_INET6, text.c_str(), raw.data()) == 1;
}

std::string url::authority() const {
  auto shown_host = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? 443 : 80) ? shown_host : shown_host + ":" + std::to_string(port);
}

std::string url::endpoint() const {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

std::string url::origin() const { return (tls ? "https://" : "http://") + authority(); }

std::string url::target() const { return query.empty() ? path : path + "?" + query; }

result<url> parse_url(std::string_view text) {
  if (text.size() > most_url_bytes)
    return bad(text, "it is longer than 16 KiB");
  for (char c : text)
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7F || c == '\\')
      return bad(text, "it holds a blank, a backslash, a control character or one outside ASCII");
  url u;
  auto colon = text.find("://");
  auto scheme = lowered(text.substr(0, colon == std::string_view::npos ? 0 : colon));
  if (scheme != "http" && scheme != "https")
    return bad(text, "it must begin with http:// or https://");
  u.tls = scheme == "https";
  auto rest = text.substr(colon + 3);
  auto end = rest.find_first_of("/?#");
  auto authority = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
  if (authority.find('@') != std::string_view::npos)
    return bad(text, "it holds a user or a token; those have options of their own");

  std::string_view port;
  bool has_port = false;
  if (!authority.empty() && authority[0] == '[') {
    auto close = authority.find(']');
    if (close == std::string_view::npos)
      return bad(text, "its IPv6 address has no closing bracket");
    u.host = lowered(authority.substr(1, close - 1));
    if (u.host.find(':') == std::string::npos || !is_ip_address(u.host))
      return bad(text, "what stands in brackets is no IPv6 address");
    auto after = authority.substr(close + 1);
    if (!after.empty() && after[0] != ':')
      return bad(text, "something other than a port follows its IPv6 address");
    has_port = !after.empty();
    port = has_port ? after.substr(1) : after;
  } else {
    auto at = authority.find(':');
    has_port = at != std::string_view::npos;
    u.host = lowered(authority.substr(0, at));
    port = has_port ? authority.substr(at + 1) : std::string_view{};
    if (!u.host.empty() && u.host.back() == '.')
      u.host.pop_back();
    if (u.host.empty())
      return bad(text, "it has no host");
    if (!is_name(u.host) || (ends_in_number(u.host) && !is_ip_address(u.host)))
      return bad(text, "its host is neither a name nor an address");
  }
  std::uint32_t number = 0;
  for (char c : port) {
    if (!is_digit(c) || (number = number * 10 + static_cast<std::uint32_t>(c - '0')) > 65535)
      return bad(text, "its port is not a number up to 65535");
  }
  if (has_port && number == 0)
    return bad(text, "its port is empty or 0");
  u.port = has_port ? static_cast<std::uint16_t>(number) : u.tls ? 443 : 80;

  if (rest.find('#') != std::string_view::npos)
    return bad(text, "it has a fragment (#…), which is never sent");
  auto question = rest.find('?');
  u.path = question == 0 || rest.empty() ? "/" : std::string{rest.substr(0, question)};
  if (question != std::string_view::npos)
    u.query = rest.substr(question + 1);
  if (auto fault = fault_of_target(u.path); !fault.empty())
    return bad(text, fault);
  if (auto fault = fault_of_target(u.query); !fault.empty())
    return bad(text, fault);
  return u;
}

result<url> resolve_within(const url& base, std::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  auto colon = reference.find(':');
  bool absolute = colon != std::string_view::npos && colon < reference.find_first_of("/?");
  std::string text;
  if (absolute) {
    text = reference;
  } else if (reference.substr(0, 2) == "//") {
    text = (base.tls ? "https:" : "http:") + std::string{reference};
  } else if (!reference.empty() && reference[0] == '/') {
    text = base.origin() + std::string{reference};
  } else if (!reference.empty() && reference[0] == '?') {
    text = base.origin() + base.path + std::string{reference};
  } else if (reference.empty()) {
    text = base.text();
  } else {
    text = base.origin() + base.path.substr(0, base.path.rfind('/') + 1) + std::string{reference};
  }
  auto parsed = parse_url(text);
  if (!parsed)
    return error{ec::rejected,
                 base.authority() + " points to an address that cannot be followed: " + parsed.error().text};
  if (!same_origin(base, *parsed))
    return error{ec::rejected,
                 base.origin() + " points to another place, " + parsed->origin() +
                   ", which is not followed; if that is where the service lives now, configure that address"};
  parsed->path = without_dots(parsed->path);
  return parsed;
}

namespace {
std::string encoded(std::string_view text, std::string_view also_kept) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + 8);
  for (char c : text) {
    if (is_unreserved(c) || also_kept.find(c) != std::string_view::npos) {
      out += c;
    } else {
      auto b = static_cast<unsigned char>(c);
      out += '%';
      out += digits[b >> 4];
      out += digits[b & 15];
    }
  }
  return out;
}
} // namespace

std::string percent_encode(std::string_view text) { return encoded(text, {}); }
std::string percent_encode_path(std::string_view text) { return encoded(text, "/"); }

std::string join_url(std::string_view base, std::initializer_list<std::string_view> segments) {
  std::string out{base};
  while (!out.empty() && out.back() == '/')
    out.pop_back();
  for (auto s : segments) {
    out += '/';
    if (s == ".")
      out += "%252E"; // encoded twice: servers take %2E for a dot
    else if (s == "..")
      out += "%252E%252E";
    else
      out += percent_encode(s);
  }
  return out;
}

std::string with_query(std::string url, std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  for (const auto& [name, value] : pairs) {
    url += url.find('?') == std::string::npos ? '?' : '&';
    url += percent_encode(name);
    url += '=';
    url += percent_encode(value);
  }
  return url;
}

} // namespace hyakki
