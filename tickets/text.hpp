#pragma once
// Text from strangers: is it UTF-8, and how to make it harmless.
//
// Pure functions over bytes; linear time, no allocation beyond the answer.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hyakki::tickets {

/// Decodes the code point at `at` and moves past it; empty (and `at` moved by one byte) for bytes that are not
/// UTF-8: overlong forms, surrogates and everything above U+10FFFF included.
std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at);

void append_utf8(std::string& out, char32_t c);

/// Offset of the first byte that is not UTF-8, or of a control character that YAML forbids.
std::optional<std::size_t> first_bad_byte(std::string_view text);

/// Control characters but newline and tab are removed, bytes that are not UTF-8 become U+FFFD, and what goes
/// beyond `most` characters is cut.
struct cleaned {
  std::string text;
  bool cut = false;
};
cleaned clean_text(std::string_view text, std::size_t most);

/// For messages: at most 80 bytes, control characters and non-ASCII as ?.
std::string printable(std::string_view text);

/// For comparing without regard to case: Latin, Greek and Cyrillic letters are lowered, the rest stays. Bytes that are
/// not UTF-8 stay too.
std::string folded(std::string_view text);
/// The same, put behind what is there.
void fold_onto(std::string& out, std::string_view text);

/// Without blanks around it.
std::string_view stripped(std::string_view text);

/// What this room's errors begin with.
inline constexpr std::string_view room_name = "tickets: ";
/// An error's text without that, as a part of another sentence.
std::string without_name(std::string_view text);

} // namespace hyakki::tickets
