#pragma once
// How git reaches a host by http or https: with the certificates and through the proxy of the HTTP door.
//
// Given to git as a configuration file of its own, for a proxy's password is a secret.

#include "adapters/http/proxy_rules.hpp"
#include "core/error.hpp"
#include "core/secret.hpp"

#include <string>
#include <vector>

namespace hyakki {

/// The same settings as the HTTP door's, see docs/http.md.
struct https_settings {
  std::string ca_file;               ///< PEM, trusted besides the system's own
  std::string client_certificate;    ///< PEM
  std::string client_key;            ///< PEM, without a pass phrase
  secret proxy;                      ///< http[s]://[user:password@]host[:port]; empty = none
  std::vector<std::string> no_proxy; ///< what is reached without it
};

/// The text of a configuration file with what holds for this address; empty when nothing does.
result<std::string> git_configuration(const https_settings& how, const std::string& url);

/// The proxy's address with its user and password, encoded anew: what was configured may be written in other ways.
std::string proxy_address(const http_proxy_place& p);

/// The password of a proxy by itself, for what must not be shown; empty when it has none.
secret proxy_password(const secret& proxy);

} // namespace hyakki
