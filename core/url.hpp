#pragma once
// Addresses, read strictly: http or https, a host, a port, a path, a query. Nothing is guessed or mended.
//
// Users, fragments, white space and control characters are refused, so what is parsed here can be written into a
// request as it is.

#include "core/error.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace hyakki {

struct url {
  bool tls = false;
  std::string host; ///< lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string path = "/";
  std::string query; ///< without the question mark

  /// host, or host:port where the port is not the scheme's own; IPv6 in brackets. As in a Host header.
  std::string authority() const;
  /// host:port, always with the port. As in a CONNECT.
  std::string endpoint() const;
  /// scheme://authority
  std::string origin() const;
  /// path and query
  std::string target() const;
  std::string text() const { return origin() + target(); }

  friend bool same_origin(const url& a, const url& b) { return a.tls == b.tls && a.port == b.port && a.host == b.host; }
};

/// `bad_config` with the reason; the text itself is repeated without a user, a password or a query.
result<url> parse_url(std::string_view text);

/// What a reference (absolute, //host/path, /path, ?query or relative) means where `base` was asked. `rejected`, naming
/// both, when that is another origin: what is sent to one host is never sent to another because that host says so.
result<url> resolve_within(const url& base, std::string_view reference);

/// Everything but letters, digits and -._~ as %XX: for one segment of a path, or one name or value of a query.
std::string percent_encode(std::string_view text);
/// Segments may have slashes that stay: for a path of files.
std::string percent_encode_path(std::string_view text);

/// base + segments, each of them encoded: join_url("https://h/base/", {"rest", "issue", "A/1"}) →
/// https://h/base/rest/issue/A%2F1. Segments that are "." or ".." are encoded too far to be anything but names.
std::string join_url(std::string_view base, std::initializer_list<std::string_view> segments);
/// Adds name=value pairs, encoded, after a ? or a &.
std::string with_query(std::string url, std::initializer_list<std::pair<std::string_view, std::string_view>> pairs);

/// Is this an IPv4 or IPv6 address (without brackets)?
bool is_ip_address(std::string_view host);

} // namespace hyakki
