#include "adapters/git/https.hpp"

#include "core/url.hpp"
#include "core/utf8.hpp"

#include <openssl/x509.h>

#include <algorithm>

namespace hyakki {
namespace {

/// A value as git's configuration files have it.
std::string quoted(const std::string& value) {
  auto out = std::string{"\""};
  for (auto c : value) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + "\"";
}

} // namespace

std::string proxy_address(const http_proxy_place& p) {
  auto text = p.at.origin();
  auto who = percent_encode(p.user) + (p.password.empty() ? "" : ":" + percent_encode(p.password.reveal()));
  if (p.user.empty() && p.password.empty())
    return text;
  return text.insert(text.find("://") + 3, who + "@");
}

result<std::string> git_configuration(const https_settings& how, const std::string& url) {
  auto target = parse_url(url);
  if (!target)
    return with_context(target.error(), "git");
  auto rules = proxy_rules::make(how.proxy, how.no_proxy);
  if (!rules)
    return with_context(rules.error(), "git: http.proxy");
  std::string out;
  auto add = [&](const char* name, const std::string& value) {
    out += std::string{"\t"} + name + " = " + quoted(value) + "\n";
  };
  auto* through = rules->proxy_for(*target);
  if (through != nullptr) {
    add("proxy", proxy_address(*through));
    add("proxyAuthMethod", "basic");
  }
  bool proxy_tls = through != nullptr && through->at.tls;
  if (!how.ca_file.empty() && (target->tls || proxy_tls)) {
    if (target->tls)
      add("sslCAInfo", how.ca_file);
    if (proxy_tls)
      add("proxySSLCAInfo", how.ca_file);
    add("sslCAPath", ::X509_get_default_cert_dir()); // one's own authority is trusted besides the system's
  }
  if (target->tls && !how.client_certificate.empty()) {
    add("sslCert", how.client_certificate);
    add("sslKey", how.client_key);
  }
  for (auto* file : {&how.ca_file, &how.client_certificate, &how.client_key})
    if (std::any_of(file->begin(), file->end(), [](unsigned char c) { return c < 32 || c == 127; }))
      return {ec::bad_config, "git: the path " + printable(cut_utf8(*file, 200)) + " holds a control character"};
  return out.empty() ? out : "[http]\n" + out;
}

secret proxy_password(const secret& proxy) {
  auto rules = proxy_rules::make(proxy, {});
  auto* at = rules ? rules->proxy_for(url{}) : nullptr;
  return at == nullptr ? secret{} : at->password;
}

} // namespace hyakki
