#pragma once
// Words on GitHub: comments with hidden markers, dates, labels. Pure.

#include "core/report.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::github {

/// GitHub takes 65,536 characters. What we write is shorter even when counted in bytes, and has room for a marker.
constexpr std::size_t most_comment_bytes = 64'000;
constexpr std::size_t most_title_characters = 256;

/// The Markdown without control characters, calling nobody (@name) and naming no issue (#12), cut with a note at the
/// end of a line, an open code block closed. Markers inside it lose their power. A code block of the language markdown
/// becomes a quote in which that Markdown is read, without HTML and pictures.
std::string safe_markdown(std::string_view markdown, std::size_t most = most_comment_bytes);

/// `safe_markdown` with its marker as the last line; with `answers`, the id of what it answers as well.
std::string comment_text(const comment& what, std::string_view answers = {});
/// Whether a line of this comment is that marker.
bool has_marker(std::string_view text, std::string_view marker);
/// Whether a line of this comment is any marker of ours.
bool is_ours(std::string_view text);
/// The ids that a comment answers.
std::vector<std::string> answered_by(std::string_view text);

/// Only who may write in a repository speaks for it: our own account always can, a stranger cannot put a marker there
/// to keep us silent. `association` is GitHub's author_association, `kind` its type of account.
bool speaks_for_repository(std::string_view association, std::string_view kind);

/// GitHub's labels are the same whatever the case of their ASCII letters.
bool same_label(std::string_view a, std::string_view b);
bool has_label(const std::vector<std::string>& all, std::string_view label);

/// 0 critical … 3 low, by labels like P1, priority: high, priority/low, critical; 2 when there is none.
std::int32_t priority_of(const std::vector<std::string>& labels);

} // namespace hyakki::github
