#include "actors/failure.hpp"

#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

namespace hyakki {
namespace {
constexpr auto category = caf::atom("hyakki");
}

caf::error to_caf(const error& e) {
  return caf::error{static_cast<std::uint8_t>(e.code), category, caf::make_message(e.text, e.retry_at_ms)};
}

error from_caf(const caf::error& e) {
  if (e.category() == category) {
    error out{static_cast<ec>(e.code()), {}, 0};
    auto& context = e.context();
    if (context.match_elements<std::string, std::int64_t>()) {
      out.text = context.get_as<std::string>(0);
      out.retry_at_ms = context.get_as<std::int64_t>(1);
    }
    return out;
  }
  if (e == caf::sec::request_timeout)
    return {ec::timed_out, "no answer within the deadline", 0};
  if (e == caf::sec::request_receiver_down)
    return {ec::unavailable, "the actor that should answer is gone", 0};
  return {ec::unavailable, "internal failure: error " + std::to_string(e.code()), 0};
}

} // namespace hyakki
