#pragma once
// The way of git through a proxy that is itself spoken to over TLS.
//
// Git's TLS to a host within its TLS to a proxy hangs now and then (git 2.39 with libcurl 7.88 and GnuTLS 3.7: it waits
// for the wire while what it waits for is there already), so the outer one is ours: git goes to a relay on this
// machine. Started when it is needed, then there as long as the door. For any thread.

#include "adapters/git/https.hpp"
#include "adapters/http/proxy_relay.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace hyakki {

class tls_proxy {
public:
  /// The settings with the relay in the place of the proxy, when this address is reached by a proxy with TLS; else
  /// as they are.
  result<https_settings> instead_of(const https_settings& how, const std::string& url);
  /// Why the proxy could not be reached since the last time that somebody wanted to go through it.
  std::optional<error> fault() const;

private:
  mutable std::mutex mutex_;
  std::unique_ptr<proxy_relay> relay_;
};

} // namespace hyakki
