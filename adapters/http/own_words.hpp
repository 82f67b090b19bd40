#pragma once
// What a service itself says was wrong, out of the JSON of its answer.
//
// Reads the shapes of all services at once: `message`; `error` as text or with a message; `errorMessages`; `errors`
// by field or as a list, of messages with what they are about, or of fields with what is wrong with them.

#include "adapters/http_client.hpp"

#include <string>

namespace hyakki {

/// One line of a few hundred bytes; empty when the answer is no JSON or has no message of these shapes.
std::string own_words(const http_request& asked, const http_answer& answer);

} // namespace hyakki
