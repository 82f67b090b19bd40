#pragma once
// Words on Bitbucket: comments with markers that are not shown, bounded and harmless. Pure.
//
// A marker is the first line of a comment, written as a link that nobody uses: [//]: # (hyakki:…). Markdown shows
// nothing of it. What follows comes from elsewhere and is never taken for a marker.

#include "core/error.hpp"
#include "core/report.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hyakki::bitbucket {

/// Bitbucket takes 32,768 characters of a comment or a description, and 255 of a title. It counts as
/// Java does: what is beyond U+FFFF counts twice.
constexpr std::size_t most_text_bytes = 32'000;
constexpr std::size_t most_title_units = 255;

/// The Markdown without control characters, calling nobody (@name, @"A Name", @{id}), cut with a note.
std::string safe_markdown(std::string_view markdown, std::size_t most = most_text_bytes);

/// One line, at most `most_title_units`, each character of it whole.
std::string safe_title(std::string_view title);

/// The marker, then the Markdown; with `answers`, a second line that is not shown names the remark that it answers.
std::string comment_text(const comment& what, std::string_view answers = {});
bool has_marker(std::string_view text, std::string_view marker);
/// Whether it begins with any marker of ours.
bool is_ours(std::string_view text);
/// The remark that a comment of ours names as answered; empty when it names none.
std::string answered_by(std::string_view text);

/// A positive whole number of at most 18 digits, as Bitbucket names pull requests and comments. `not_found` for
/// everything else, naming `what`.
result<std::int64_t> read_number(std::string_view id, std::string_view what);

} // namespace hyakki::bitbucket
