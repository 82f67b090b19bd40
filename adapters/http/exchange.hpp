#pragma once
// One request and its answer on one open connection.
//
// Knows HTTP/1.1's framing and bounds everything that it reads; knows nothing of repetitions, redirects and limits.

#include "adapters/http/connection.hpp"
#include "adapters/http_client.hpp"

#include <variant>

namespace hyakki {

struct exchange_limits {
  std::chrono::milliseconds send{0};
  std::chrono::milliseconds receive{0};
  connection::clock::time_point whole;
  std::size_t header_bytes = 0;
  std::size_t body_bytes = 0;
  bool head = false; ///< the answer has no body, whatever it says
};

struct exchanged {
  http_answer answer; ///< its body as it was sent
  bool keep = false;  ///< the connection may carry another request
};

struct exchange_fault {
  wire_fault why;
  bool heard = false; ///< something of the answer came
};

using exchange_end = std::function<void(std::variant<exchanged, exchange_fault>)>;

/// Ends by `then`, on the loop, once.
void exchange(std::shared_ptr<connection> over, std::string request, exchange_limits limits, exchange_end then);

} // namespace hyakki
