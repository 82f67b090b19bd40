#pragma once
// The Atlassian Document Format of Jira Cloud: written from Markdown and read into it.
//
// What is written is valid by the format's schema whatever the text: no empty text nodes, no mentions, links to http,
// https and mailto only. Both ways are bounded in depth and size. For .cpp files only: brings the reader of JSON.

#include "adapters/http/json.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace hyakki::atlassian {

nlohmann::json adf_of_markdown(std::string_view markdown);

/// Never a fault of the document: what is not understood is left out, or its texts are read.
std::string markdown_of_adf(const json_node& document, std::size_t most = 200'000);

/// A comment that ends with its marker in small letters (the format has nothing unseen); cut with a note at what Jira
/// takes.
nlohmann::json adf_comment(std::string_view markdown, std::string_view marker, std::size_t most = 1u << 20);
bool adf_has_marker(const json_node& document, std::string_view marker);

} // namespace hyakki::atlassian
