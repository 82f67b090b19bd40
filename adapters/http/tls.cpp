#include "adapters/http/tls.hpp"

#include "core/utf8.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

namespace hyakki {

namespace {

std::string last_reason() {
  std::string text;
  while (auto code = ::ERR_get_error())
    if (auto* reason = ::ERR_reason_error_string(code); text.empty() && reason)
      text = reason;
  return text.empty() ? "no reason given" : text;
}

error unusable(const std::string& what, const std::string& file) {
  return {ec::bad_config, what + " " + printable(cut_utf8(file, 300)) + " cannot be used: " + last_reason()};
}

/// "a.example.com, b.example.com": who a certificate is for.
std::string names_of(X509* certificate) {
  auto* names = static_cast<GENERAL_NAMES*>(::X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  std::string out;
  for (int i = 0, said = 0; names && i < sk_GENERAL_NAME_num(names) && said < 5; ++i) {
    auto* name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_DNS)
      continue;
    std::string_view text{reinterpret_cast<const char*>(::ASN1_STRING_get0_data(name->d.dNSName)),
                          static_cast<std::size_t>(::ASN1_STRING_length(name->d.dNSName))};
    out += (said++ ? ", " : "") + printable(cut_utf8(text, 80));
  }
  ::GENERAL_NAMES_free(names);
  return out.empty() ? "somebody else" : out;
}

/// Never asks on the terminal of whoever started us.
int no_pass_phrase(char*, int, int, void*) { return -1; }

} // namespace

result<std::shared_ptr<tls_context>> tls_context::make(const std::string& ca_file, const std::string& certificate,
                                                       const std::string& key, bool system_trust) {
  ::ERR_clear_error();
  auto* raw = ::SSL_CTX_new(::TLS_client_method());
  if (!raw)
    return error{ec::unavailable, "TLS cannot be set up: " + last_reason()};
  std::shared_ptr<tls_context> made{new tls_context{raw}};
  ::SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  ::SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  ::SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  ::SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  ::SSL_CTX_set_default_passwd_cb(raw, no_pass_phrase);
  if (system_trust)
    ::SSL_CTX_set_default_verify_paths(raw);
  ::ERR_clear_error();
  if (!ca_file.empty() && ::SSL_CTX_load_verify_locations(raw, ca_file.c_str(), nullptr) != 1)
    return unusable("http.ca_file", ca_file);
  if (certificate.empty() != key.empty())
    return error{ec::bad_config, certificate.empty() ? "http.client_key is given without client_certificate"
                                                     : "http.client_certificate is given without client_key"};
  if (!certificate.empty()) {
    if (::SSL_CTX_use_certificate_chain_file(raw, certificate.c_str()) != 1)
      return unusable("http.client_certificate", certificate);
    if (::SSL_CTX_use_PrivateKey_file(raw, key.c_str(), SSL_FILETYPE_PEM) != 1)
      return unusable("http.client_key (without a pass phrase, as PEM)", key);
    if (::SSL_CTX_check_private_key(raw) != 1)
      return unusable("http.client_key, which must belong to http.client_certificate,", key);
  }
  return made;
}

tls_context::~tls_context() { ::SSL_CTX_free(context_); }

result<std::unique_ptr<tls_session>> tls_session::make(const tls_context& context, const url& with, side who) {
  auto& host = with.host;
  auto* s = ::SSL_new(context.context_);
  auto* in = ::BIO_new(::BIO_s_mem());
  auto* out = ::BIO_new(::BIO_s_mem());
  bool ready = s && in && out;
  if (ready) {
    ::SSL_set_connect_state(s);
    auto* checks = ::SSL_get0_param(s);
    if (is_ip_address(host)) {
      ready = ::X509_VERIFY_PARAM_set1_ip_asc(checks, host.c_str()) == 1;
    } else {
      ::X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
      ready = ::X509_VERIFY_PARAM_set1_host(checks, host.c_str(), host.size()) == 1 &&
              ::SSL_set_tlsext_host_name(s, host.c_str()) == 1;
    }
  }
  if (!ready) {
    ::BIO_free(in);
    ::BIO_free(out);
    ::SSL_free(s);
    return error{ec::unavailable, "a TLS session for " + host + " cannot be set up: " + last_reason()};
  }
  ::SSL_set_bio(s, in, out);
  return std::unique_ptr<tls_session>{new tls_session{s, in, out, with, who}};
}

tls_session::~tls_session() { ::SSL_free(session_); }

void tls_session::feed(std::string_view wire) {
  if (!wire.empty())
    ::BIO_write(in_, wire.data(), static_cast<int>(wire.size()));
}

void tls_session::keep_fault() {
  if (auto code = ::ERR_peek_error(); code != 0 && why_ == 0)
    why_ = code;
  ::ERR_clear_error();
}

tls_session::state tls_session::shake() {
  ::ERR_clear_error();
  auto said = ::SSL_do_handshake(session_);
  if (said == 1)
    return state::open;
  auto why = ::SSL_get_error(session_, said);
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
    return state::shaking;
  keep_fault();
  return state::failed;
}

tls_session::state tls_session::read(std::string& clear) {
  std::array<char, 16 * 1024> piece;
  for (;;) {
    ::ERR_clear_error();
    auto n = ::SSL_read(session_, piece.data(), piece.size());
    if (n > 0) {
      clear.append(piece.data(), static_cast<std::size_t>(n));
      continue;
    }
    switch (::SSL_get_error(session_, n)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return state::open;
    case SSL_ERROR_ZERO_RETURN: return state::ended;
    default: keep_fault(); return state::failed;
    }
  }
}

bool tls_session::write(std::string_view clear) {
  while (!clear.empty()) {
    ::ERR_clear_error();
    auto n = ::SSL_write(session_, clear.data(), static_cast<int>(std::min<std::size_t>(clear.size(), 1u << 20)));
    if (n <= 0) {
      keep_fault();
      return false;
    }
    clear.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void tls_session::say_end() {
  ::ERR_clear_error();
  if (::SSL_is_init_finished(session_))
    ::SSL_shutdown(session_);
  ::ERR_clear_error();
}

std::string tls_session::take_output() {
  char* data = nullptr;
  auto n = ::BIO_get_mem_data(out_, &data);
  std::string out;
  if (n > 0)
    out.assign(data, static_cast<std::size_t>(n));
  (void)BIO_reset(out_);
  return out;
}

error tls_session::fault() const {
  auto verified = ::SSL_get_verify_result(session_);
  if (verified != X509_V_OK) {
    // The chain as it was shown; what failed is not kept as the other side's certificate.
    auto* chain = ::SSL_get_peer_cert_chain(session_);
    auto* shown = chain && sk_X509_num(chain) > 0 ? sk_X509_value(chain, 0) : nullptr;
    if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH)
      return {ec::bad_config,
              "the certificate that " + who_ + " shows is for " +
                (shown ? names_of(shown) : std::string{"somebody else"}) + ": use the name that it is for in " +
                (is_proxy_ ? "http.proxy" : "the configured address") + ", or have it issued for " + host_};
    std::string reason = ::X509_verify_cert_error_string(verified);
    if (verified == X509_V_ERR_CERT_HAS_EXPIRED || verified == X509_V_ERR_CERT_NOT_YET_VALID)
      return {ec::bad_config, "the certificate of " + who_ + " is not valid now (" + reason +
                                "): it must be renewed there, or this machine's clock is wrong"};
    return {ec::bad_config, "the certificate of " + who_ + " is not trusted (" + reason +
                              "): if it was signed by an authority of your own, put that authority's certificate "
                              "into a PEM file and name the file as http.ca_file"};
  }
  if (why_ == 0)
    return {ec::unavailable, who_ + " ended the TLS connection without a word"};
  std::string reason = ::ERR_reason_error_string(why_) ? ::ERR_reason_error_string(why_) : "no reason given";
  if (ERR_GET_LIB(why_) == ERR_LIB_SSL) {
    switch (ERR_GET_REASON(why_)) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
      if (is_proxy_)
        return {ec::bad_config, who_ + " demands a certificate of ours (" + reason +
                                  "), and none is ever shown to a proxy: set another one as http.proxy, or have this "
                                  "one take a user and a password"};
      return {ec::bad_config, who_ + " demands a certificate of ours that it trusts (" + reason +
                                "): name one as http.client_certificate, with its key as http.client_key"};
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return {ec::bad_config,
              "no TLS 1.2 or newer that both sides take, or a client certificate that is missing, with " + who_ + " (" +
                reason + ")"};
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
      return {ec::bad_config, who_ + " does not speak TLS on this port: is it http:// instead of https://" +
                                (is_proxy_ ? " in http.proxy?" : "?")};
    default: break;
    }
  }
  return {ec::unavailable, "TLS with " + who_ + " failed (" + reason + ")"};
}

} // namespace hyakki
