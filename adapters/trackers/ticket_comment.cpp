#include "adapters/trackers/ticket_comment.hpp"

#include "tickets/text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace hyakki {
namespace {

constexpr std::size_t most_characters = 60'000;
constexpr std::string_view opening = "<!-- hyakki:";

std::string marker_line(std::string_view marker) { return std::string{opening} + std::string{marker} + " -->"; }

std::string first_eight_hex(std::string_view text) {
  auto digest = std::array<unsigned char, EVP_MAX_MD_SIZE>{};
  unsigned int size = 0;
  if (::EVP_Digest(text.data(), text.size(), digest.data(), &size, ::EVP_sha256(), nullptr) != 1)
    return "00000000";
  auto out = std::string{};
  for (std::size_t i = 0; i < 4; ++i) {
    out += "0123456789abcdef"[digest[i] >> 4];
    out += "0123456789abcdef"[digest[i] & 15];
  }
  return out;
}

} // namespace

std::string ticket_comment_content(const comment& what) {
  auto text = tickets::clean_text(what.markdown, most_characters);
  for (auto at = text.text.find(opening); at != std::string::npos; at = text.text.find(opening, at))
    text.text.insert(at + 2, " "); // "<! -- hyakki:" is no comment in HTML, and no marker
  if (text.cut)
    text.text += "\n\n(cut here: a ticket's comment holds " + std::to_string(most_characters) + " characters)";
  return text.text + "\n\n" + marker_line(what.marker);
}

bool has_marker(const std::vector<tickets::ticket_comment>& all, std::string_view marker) {
  auto line = marker_line(marker);
  return std::any_of(all.begin(), all.end(), [&](const tickets::ticket_comment& c) {
    auto text = tickets::stripped(c.content);
    return text.size() >= line.size() && text.substr(text.size() - line.size()) == line;
  });
}

std::string ticket_comment_id(const std::vector<tickets::ticket_comment>& all, std::string_view marker) {
  auto seed = std::string{marker};
  for (int round = 2;; ++round) {
    auto id = first_eight_hex(seed);
    if (std::none_of(all.begin(), all.end(), [&](auto& c) { return c.id == id; }))
      return id;
    seed = std::string{marker} + "#" + std::to_string(round);
  }
}

} // namespace hyakki
