#pragma once
// What fills the holes of a template: a record as Markdown, as prompt, as plain lines. Pure; used by texts.

#include "core/config.hpp"
#include "core/record.hpp"
#include "core/template_text.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hyakki {

/// Text from strangers between two lines that it cannot contain: they hold a hash of the text itself.
std::string untrusted_block(std::string_view what, std::string_view text);

/// For prompts: the story as untrusted data, the configured checks.
template_values prompt_values(const story_record& r, const config& c);

/// For the commit and titles: plain single lines.
template_values line_values(const story_record& r);

/// For pull requests and comments: Markdown that does nothing.
template_values markdown_values(const story_record& r, std::int64_t at_ms);

/// The changed files as two tables, sources and tests; the first 100 paths, then how many more.
std::string files_table(const std::vector<changed_file>& files);
/// What the engine saw for itself, as a table.
std::string evidence_table(const story_record& r);
/// The agent's sessions and what they cost, as a table.
std::string runs_table(const story_record& r);

/// 2026-11-21 05:07 UTC.
std::string minute_of(std::int64_t ms);
/// 1.2 s, 3 min 4 s.
std::string duration_of(std::int64_t ms);
/// 0.0123 USD.
std::string dollars(std::int64_t microusd);

} // namespace hyakki
