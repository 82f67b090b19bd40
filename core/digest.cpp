#include "core/digest.hpp"

// The plain functions and not EVP: they need no provider to be loaded, and a program that links them statically (the
// command line) stays small enough to start in a millisecond.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>

namespace hyakki {

std::string sha256_hex(std::string_view text, std::size_t digits) {
  unsigned char bytes[SHA256_DIGEST_LENGTH];
  auto state = SHA256_CTX{};
  SHA256_Init(&state);
  SHA256_Update(&state, text.data(), text.size());
  SHA256_Final(bytes, &state);
  constexpr char digit[] = "0123456789abcdef";
  std::string out;
  for (auto byte : bytes)
    out += {digit[byte >> 4], digit[byte & 15]};
  out.resize(std::min(digits, out.size()));
  return out;
}

} // namespace hyakki
