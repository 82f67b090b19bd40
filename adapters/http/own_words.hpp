#pragma once
// What a service itself says was wrong, out of the JSON of its answer.
//
// Reads the shapes of all services at once: `message`; `error` as text or with a message; `errorMessages`; `errors`
// by field or as a list, of messages with what they are about, or of fields with what is wrong with them.

#include "adapters/http_client.hpp"

#include <string>
#include <string_view>

namespace hyakki {

/// What a person looks at when a service says 404; follows a sentence that has no end yet.
inline constexpr std::string_view where_to_look =
  "; look whether the name is right, and whether the account may see it";

/// Without the signs and blanks that end a sentence: such words are put into one of ours.
std::string_view without_end(std::string_view words);

/// One line of a few hundred bytes, whose sentences end without a dot; empty when the answer is no JSON or has no
/// message of these shapes.
std::string own_words(const http_request& asked, const http_answer& answer);

} // namespace hyakki
