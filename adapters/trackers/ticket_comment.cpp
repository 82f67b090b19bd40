#include "adapters/trackers/ticket_comment.hpp"

#include "core/keep_ends.hpp"
#include "tickets/text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace hyakki {
namespace {

constexpr std::size_t most_characters = 60'000;
constexpr std::string_view left_out = "_Something is left out here: a ticket's comment holds no more._";
constexpr std::string_view opening = "<!-- hyakki:";

std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(
    std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

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
  auto text = tickets::clean_text(what.markdown, what.markdown.size()).text;
  if (characters_of(text) > most_characters)
    text = longest_markdown_ends(text, 4 * most_characters, left_out,
                                 [](std::string_view part) { return characters_of(part) <= most_characters; });
  for (auto at = text.find(opening); at != std::string::npos; at = text.find(opening, at))
    text.insert(at + 2, " "); // "<! -- hyakki:" is no comment in HTML, and no marker
  return text + "\n\n" + marker_line(what.marker);
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
