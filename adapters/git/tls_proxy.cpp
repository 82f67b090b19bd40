#include "adapters/git/tls_proxy.hpp"

#include "adapters/http/proxy_rules.hpp"

namespace hyakki {

result<https_settings> tls_proxy::instead_of(const https_settings& how, const std::string& url) {
  auto guard = std::lock_guard{mutex_};
  if (relay_)
    relay_->forget_fault();
  auto target = parse_url(url);
  auto rules = proxy_rules::make(how.proxy, how.no_proxy);
  if (!target || !rules)
    return how; // whoever writes the configuration says what is wrong
  auto* through = rules->proxy_for(*target);
  if (through == nullptr || !through->at.tls)
    return how;
  if (!relay_) {
    auto opened = proxy_relay::open(through->at, how.ca_file);
    if (!opened)
      return with_context(opened.error(), "git: http.proxy");
    relay_ = std::move(*opened);
  }
  auto nearer = *through;
  nearer.at.tls = false;
  nearer.at.host = "127.0.0.1";
  nearer.at.port = relay_->port();
  auto out = how;
  out.proxy = secret{proxy_address(nearer)};
  return out;
}

std::optional<error> tls_proxy::fault() const {
  auto guard = std::lock_guard{mutex_};
  return relay_ ? relay_->fault() : std::nullopt;
}

} // namespace hyakki
