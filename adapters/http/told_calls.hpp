#pragma once
// A client that says every call in the log, at the level debug: the service, the host, method and path, the answer, how
// often it was tried and how long it took. Never a query, a header or a body, which may hold what is nobody's business.

#include "adapters/http_client.hpp"
#include "core/log.hpp"

#include <memory>

namespace hyakki {

/// `time` outlives it.
std::unique_ptr<http_client> tell_calls(std::unique_ptr<http_client> inner, std::shared_ptr<logger> log,
                                        const clock& time);

} // namespace hyakki
