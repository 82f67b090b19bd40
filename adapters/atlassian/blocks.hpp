#pragma once
// Markdown as blocks of spans: what both of Jira's markups are written from.
//
// A small part of Markdown, read in linear time and without recursion: what is not understood stays plain text. Any
// text is some list of blocks. The texts in it are cleaned, call nobody, and are not yet escaped for any markup.

#include "adapters/atlassian/spans.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::atlassian {

struct block {
  enum class kind : std::uint8_t { paragraph, heading, code, bullet, ordered, quote, rule, table };
  kind is = kind::paragraph;
  int level = 1;           ///< heading: 1 to 6; lists: depth from 1 to 6
  int number = 1;          ///< ordered: what was written before it
  int within = 0;          ///< but lists: the level whose last item it belongs to; 0 = it is in none
  std::vector<line> lines; ///< of all but code, rule and table; at least one, of an item of a list maybe empty
  std::string text;        ///< code
  std::string language;    ///< code: the first word behind its fence
  std::vector<std::vector<line>> rows; ///< table: the heading first, all of one length; a cell may be empty
};

/// An item of one.
inline bool is_list(const block& b) { return b.is == block::kind::bullet || b.is == block::kind::ordered; }

std::vector<block> read_blocks(std::string_view markdown);

/// What a text from Jira ends with that was longer than what is read of it.
inline constexpr std::string_view cut_note = "\n\n[cut here: it is longer in Jira]";

/// What stands in a comment where something of it is left out, in Markdown.
inline constexpr std::string_view left_out = "_Something is left out here: a comment in Jira holds no more._";

/// Signs that the name of a code's language may have: it is written into markup.
inline bool is_language(std::string_view name) {
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+#-") ==
         std::string_view::npos;
}

/// Markdown on one line in which no bar ends the cell of a table.
std::string in_cell(std::string_view markdown);

} // namespace hyakki::atlassian
