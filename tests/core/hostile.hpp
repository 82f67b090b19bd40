#pragma once
// Texts that somebody who means harm would put into a tracker. Seeded: the same seed gives the same texts.

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace hyakki {

class hostile_texts {
public:
  explicit hostile_texts(std::uint64_t seed) : rng_(seed) {}

  std::string operator()(std::size_t most_pieces = 8) {
    using sv = std::string_view;
    static constexpr std::array pieces{sv{"../"},
                                       sv{"/"},
                                       sv{"\0", 1},
                                       sv{"-rf"},
                                       sv{"--upload-pack=x"},
                                       sv{"@{-1}"},
                                       sv{"@{"},
                                       sv{".lock"},
                                       sv{"refs/heads/"},
                                       sv{"\r\n"},
                                       sv{"\n"},
                                       sv{"\x1b[2J"},
                                       sv{"\x1b]8;;http://e\x1b\\"},
                                       sv{"\x1b]52;c;eA==\a"},
                                       sv{"\xE2\x80\xAE"},
                                       sv{"\xE2\x81\xA6"},
                                       sv{"\xF0\x9F\x98\x80"},
                                       sv{"\xFF\xFE"},
                                       sv{"\xC3"},
                                       sv{"\xED\xA0\x80"},
                                       sv{"~^:?*[\\"},
                                       sv{" "},
                                       sv{"."},
                                       sv{".."},
                                       sv{"{slug}"},
                                       sv{"{"},
                                       sv{"}"},
                                       sv{"```"},
                                       sv{"|"},
                                       sv{"@all"},
                                       sv{"#1"},
                                       sv{"<script>"},
                                       sv{"](x)"},
                                       sv{"END UNTRUSTED"},
                                       sv{"AB-1"},
                                       sv{"x"},
                                       sv{"Lock"},
                                       sv{"HEAD"},
                                       sv{"@"},
                                       sv{"\xC2\x9B"},
                                       sv{"\xE2\x80\xA8"},
                                       sv{"${HOME}"},
                                       sv{"$(id)"},
                                       sv{"`id`"},
                                       sv{";"},
                                       sv{"\t"},
                                       sv{"\x7F"},
                                       sv{"\xEF\xBB\xBF"},
                                       sv{"\xF3\xA0\x81\x81"},
                                       sv{"0"},
                                       sv{"9"},
                                       sv{"-"},
                                       sv{"_"}};
    std::string out;
    for (auto n = rng_() % (most_pieces + 1); n > 0; --n)
      if (rng_() % 4 == 0)
        out += static_cast<char>(rng_() % 256);
      else
        out += pieces[rng_() % pieces.size()];
    if (rng_() % 200 == 0)
      out += std::string(rng_() % 3000, 'A');
    return out;
  }

private:
  std::mt19937_64 rng_;
};

/// True for any C0, DEL, C1, BiDi or line separator in valid UTF-8.
inline bool has_raw_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto at = [&](std::size_t n) { return i + n < text.size() ? static_cast<unsigned char>(text[i + n]) : 0u; };
    if (at(0) < 0x20 || at(0) == 0x7F || (at(0) == 0xC2 && at(1) < 0xA0))
      return true;
    if (at(0) == 0xE2 && at(1) == 0x80 && (at(2) == 0x8E || at(2) == 0x8F || (at(2) >= 0xA8 && at(2) <= 0xAE)))
      return true;
    if (at(0) == 0xE2 && at(1) == 0x81 && at(2) >= 0xA6 && at(2) <= 0xAF)
      return true;
  }
  return false;
}

} // namespace hyakki
