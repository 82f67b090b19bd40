#pragma once
// What stands in a line of Markdown: text in styles, code and links. See blocks.hpp.

#include <string>
#include <string_view>
#include <vector>

namespace hyakki::atlassian {

/// A run of text in one style.
struct span {
  std::string text; ///< never empty, without line feeds
  bool strong = false, em = false, strike = false, code = false;
  std::string href; ///< http, https or mailto; empty = no link
};
using line = std::vector<span>;

/// Linear in its length.
line read_spans(std::string_view text);

/// Without blanks around it.
std::string_view trimmed(std::string_view text);

/// Is this an address that may become a link: http, https or mailto, of signs that need no quoting?
bool is_link(std::string_view address);

/// Escapes what Markdown would act on, little enough that people still read it: for text that comes from Jira.
std::string plain_to_markdown(std::string_view text);

/// Everything that our comments hide or that calls somebody, with a zero-width space in it.
std::string disarmed(std::string_view text);

} // namespace hyakki::atlassian
