#pragma once
// Text from tickets on its way into a page: one line, without characters that steer instead of showing.
//
// Pure. What is done here makes text honest; making it harmless as markup is the page's work (html.hpp).

#include <string>
#include <string_view>

namespace hyakki::tickets {

/// One line of at most `most` characters, "…" behind it when it was cut. Blanks and newlines run together to one
/// blank; control characters, marks that turn the direction of writing, invisible tags and bytes that are no UTF-8
/// are dropped or become U+FFFD; of marks that stack on a letter at most four stay. Reads no further than it must.
std::string shown_text(std::string_view text, std::size_t most);

} // namespace hyakki::tickets
