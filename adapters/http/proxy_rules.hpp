#pragma once
// Which proxy, if any, a host is reached through.
//
// Rules of the well-known NO_PROXY lists: a name stands for itself and what lies below it, with or without a dot or
// "*." in front; addresses; ranges (10.0.0.0/8, fd00::/8); any of them with a port; * for everything.

#include "core/secret.hpp"
#include "core/url.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace hyakki {

struct http_proxy_place {
  url at;
  std::string user;
  secret password;

  /// The value of Proxy-Authorization; empty when the proxy asks for none.
  std::string authorization() const;
};

class proxy_rules {
public:
  proxy_rules() = default;
  /// `bad_config` for an address or a rule that cannot be read. Never repeats the password.
  static result<proxy_rules> make(const secret& proxy, const std::vector<std::string>& no_proxy);

  /// The proxy for this place; null = go straight.
  const http_proxy_place* proxy_for(const url& target) const;
  bool empty() const { return !proxy_; }

private:
  struct rule {
    bool everything = false;
    std::string name;                        ///< without a dot in front; empty = an address
    std::array<unsigned char, 16> address{}; ///< IPv4 mapped into IPv6
    unsigned bits = 128;
    std::uint16_t port = 0; ///< 0 = any
  };
  static std::optional<rule> read_rule(std::string_view text);
  static bool matches(const rule& r, const url& target);

  std::optional<http_proxy_place> proxy_;
  std::vector<rule> rules_;
};

std::string base64(std::string_view text);

} // namespace hyakki
