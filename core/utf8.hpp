#pragma once
// Text from strangers: checked, repaired, cut and made safe to show.
//
// Pure and linear in the size of the text. Nothing here throws but for want of memory. "Hostile" characters are
// those that move a cursor, hide or reorder text: controls, C1, BiDi marks, line separators, tag characters.

#include <cstddef>
#include <string>
#include <string_view>

namespace hyakki {

/// True for well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool valid_utf8(std::string_view text);

/// The same text with every malformed sequence replaced by U+FFFD.
std::string repair_utf8(std::string_view text);

/// The longest prefix of at most `most` bytes that does not end inside a code point.
std::string_view cut_utf8(std::string_view text, std::size_t most);

/// `text` when it fits, else its beginning and `note`, together at most `most` bytes.
std::string cut_with_note(std::string_view text, std::size_t most, std::string_view note);

/// One safe line for a terminal, a log or an error: hostile characters are shown as escapes (\n, \x1b, \u202e).
std::string printable(std::string_view text);

/// One line for a title: hostile characters and whole ANSI sequences are taken out, white space runs become one
/// space, and what is malformed becomes U+FFFD.
std::string clean_line(std::string_view text);

/// Several lines for a description: as `clean_line`, but line feeds and tabs stay (CR LF becomes LF).
std::string clean_text(std::string_view text);

} // namespace hyakki
