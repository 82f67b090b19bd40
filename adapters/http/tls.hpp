#pragma once
// TLS as a filter between two strings: bytes of the wire in, clear bytes out, and back. Touches no socket.
//
// TLS 1.2 or newer, the other side's certificate and name always verified. Filters stack, so a proxy that is itself
// spoken to over TLS is two of them. Errors say what is wrong with the certificate and how to mend it.

#include "core/error.hpp"
#include "core/url.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;
struct bio_st;

namespace hyakki {

/// What all sessions share: who is trusted, and who we are.
class tls_context {
public:
  /// Trusts those of `ca_file` and, with `system_trust`, the system's authorities, which take a while to read.
  /// `bad_config` for files that cannot be used.
  static result<std::shared_ptr<tls_context>> make(const std::string& ca_file, const std::string& certificate,
                                                   const std::string& key, bool system_trust);
  ~tls_context();
  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

private:
  friend class tls_session;
  explicit tls_context(ssl_ctx_st* c) : context_(c) {}
  ssl_ctx_st* context_;
};

class tls_session {
public:
  /// Who is spoken to: what is wrong with them is mended in different places.
  enum class side : std::uint8_t { service, proxy };
  /// The host is a name (asked for by SNI, and verified) or an address (verified).
  static result<std::unique_ptr<tls_session>> make(const tls_context& context, const url& with,
                                                   side who = side::service);
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  enum class state { open, shaking, ended, failed };

  /// Takes bytes of the wire.
  void feed(std::string_view wire);
  /// Goes on with the handshake. `open` once it is done.
  state shake();
  /// Appends what can be read in clear. `ended` after the other side said that it is done.
  state read(std::string& clear);
  bool write(std::string_view clear);
  /// Says goodbye; the bytes are in `take_output`.
  void say_end();
  /// Bytes for the wire.
  std::string take_output();

  /// Why it failed. `bad_config` where a person must act.
  error fault() const;

private:
  tls_session(ssl_st* s, bio_st* in, bio_st* out, const url& with, side who)
    : session_(s), in_(in), out_(out), host_(with.host), is_proxy_(who == side::proxy),
      who_(is_proxy_ ? "the proxy " + with.endpoint() : with.host) {}
  void keep_fault();

  ssl_st* session_;
  bio_st* in_;
  bio_st* out_;
  std::string host_;
  bool is_proxy_;
  std::string who_; ///< for people
  unsigned long why_ = 0;
};

} // namespace hyakki
