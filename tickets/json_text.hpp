#pragma once
// JSON as Python's json module writes it with indent 2, and JSON from strangers, read within bounds.

#include "core/error.hpp"
#include "tickets/model/value.hpp"

#include <string>
#include <string_view>

namespace hyakki::tickets {

/// At most 1 MiB, 64 levels, 100,000 values, no key twice, UTF-8 only, one document. `rejected` says where and why.
result<value> read_json(std::string_view bytes);

enum class json_letters : std::uint8_t { utf8, ascii };

/// Without a final newline. `ascii` writes everything else as \u escapes.
std::string json_text(const value& what, json_letters letters = json_letters::utf8);

} // namespace hyakki::tickets
