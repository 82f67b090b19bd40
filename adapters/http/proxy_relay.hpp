#pragma once
// A proxy that is spoken to over TLS, for programs that cannot do that well: what they send to a port of this machine
// in clear goes to the proxy over TLS, and what it answers comes back. Nothing is added, so nobody gets further by it
// than by asking the proxy itself; users and passwords are between them.
//
// One thread for all connections, from `open` to the destructor. `port` and `fault` are for any thread.

#include "core/url.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace hyakki {

class proxy_relay {
public:
  /// `ca_file`: PEM, trusted besides the system's own. `within`: for reaching the proxy, its TLS included.
  /// `bad_config` for a file that cannot be used, `unavailable` where no port can be had.
  static result<std::unique_ptr<proxy_relay>> open(url proxy, const std::string& ca_file,
                                                   std::chrono::milliseconds within = std::chrono::seconds{10});
  ~proxy_relay();
  proxy_relay(const proxy_relay&) = delete;
  proxy_relay& operator=(const proxy_relay&) = delete;

  std::uint16_t port() const;
  /// Why the proxy could not be reached the last time; nothing when it could.
  std::optional<error> fault() const;
  void forget_fault();

private:
  class inner;
  explicit proxy_relay(std::unique_ptr<inner> i);
  std::unique_ptr<inner> inner_;
};

} // namespace hyakki
