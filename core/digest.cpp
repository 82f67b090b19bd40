#include "core/digest.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

namespace hyakki {

std::string sha256_hex(std::string_view text, std::size_t digits) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  // fails only when OpenSSL has no memory, or was built without SHA-256
  if (EVP_Digest(text.data(), text.size(), bytes, &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error{"OpenSSL cannot compute SHA-256"};
  constexpr char digit[] = "0123456789abcdef";
  std::string out;
  for (unsigned int i = 0; i < size; ++i)
    out += {digit[bytes[i] >> 4], digit[bytes[i] & 15]};
  out.resize(std::min<std::size_t>(digits, out.size()));
  return out;
}

} // namespace hyakki
