#pragma once
// Bodies that came compressed: gzip (several members too) and deflate (with or without zlib's frame), bounded.

#include "core/error.hpp"

#include <string>
#include <string_view>

namespace hyakki {

/// The body in clear. `encoding` is the header's value: identity, gzip, x-gzip, deflate. `rejected` for another
/// encoding and for more than `most` bytes in clear; `unavailable` for what is broken or was cut off.
result<std::string> inflate_body(std::string body, std::string_view encoding, std::size_t most);

} // namespace hyakki
