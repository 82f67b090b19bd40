#pragma once
// Text from strangers inside Markdown: it is shown, and it does nothing.
//
// Escaped text cannot end a cell, a link, a fence or a paragraph, opens no HTML, and neither calls a person
// (@name) nor closes an issue (#12, or its address): a zero-width space after the sign keeps hosts from acting on it.

#include <cstddef>
#include <string>
#include <string_view>

namespace hyakki {

/// One line with every sign that Markdown or HTML could act on escaped. Safe in a paragraph and in a table cell.
std::string markdown_escape(std::string_view text);

/// A code block whose fence is longer than any run of backticks in it, of a text over `most` bytes both ends
/// (`keep_ends`). `language` is said behind the fence: a tracker may show what is `markdown` as such, within bounds of
/// its own.
std::string markdown_fence(std::string_view text, std::size_t most = 60000, std::string_view language = "text");

/// Inline code, with as many backticks as it takes; one line.
std::string markdown_code(std::string_view text);

/// A link when the address is plain http(s), else the escaped text alone. An address that is its own text stands
/// there as it is, so that it can be copied.
std::string markdown_link(std::string_view text, std::string_view address);

/// The same text with a zero-width space in every @name and #12, and in every address of an issue or a pull request: it
/// is none any more. A command of our own advice (`core/install_hints`) stays as it is. For texts of others; a link
/// that is ours stays out of it.
std::string without_mentions(std::string_view text);

} // namespace hyakki
