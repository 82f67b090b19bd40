#include "core/safe_name.hpp"

#include "core/digest.hpp"

#include <algorithm>
#include <cstddef>

namespace hyakki {
namespace {

constexpr std::size_t most_plain = 100;
constexpr std::size_t most_kept = 80;
constexpr std::size_t hash_digits = 16;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// "…-<16 hex>": a harmless name of this shape could be the result for another name, so it is hashed as well.
bool looks_hashed(std::string_view name) {
  if (name.size() <= hash_digits || name[name.size() - hash_digits - 1] != '-')
    return false;
  auto tail = name.substr(name.size() - hash_digits);
  return std::all_of(tail.begin(), tail.end(), is_hex);
}

} // namespace

std::string safe_name(std::string_view name) {
  bool harmless = !name.empty() && name.size() <= most_plain && name.front() != '-' && name.front() != '.' &&
                  std::all_of(name.begin(), name.end(), is_plain) && !looks_hashed(name);
  if (harmless)
    return std::string{name};
  auto out = std::string{name.substr(0, most_kept)};
  for (auto& c : out)
    if (!is_plain(c))
      c = '_';
  if (out.empty())
    out = "_";
  if (out.front() == '-' || out.front() == '.')
    out.front() = '_';
  return out + "-" + sha256_hex(name, hash_digits);
}

} // namespace hyakki
