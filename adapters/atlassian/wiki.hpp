#pragma once
// The wiki markup of Jira Data Center: written from Markdown and read into it.
//
// What is written cannot leave the block that it stands in, runs no macro, calls nobody and leads only to http, https
// and mailto. Both ways take any text, in time linear to its size.

#include <cstddef>
#include <string>
#include <string_view>

namespace hyakki::atlassian {

std::string wiki_of_markdown(std::string_view markdown);

/// At most about `most` bytes of text are read.
std::string markdown_of_wiki(std::string_view wiki, std::size_t most = 200'000);

/// A comment with its marker, which is an anchor and so unseen; cut with a note at what Jira takes, or at `most` bytes
/// where this Jira was told to take less.
std::string wiki_comment(std::string_view markdown, std::string_view marker, std::size_t most = 1u << 20);
bool wiki_has_marker(std::string_view wiki, std::string_view marker);

} // namespace hyakki::atlassian
