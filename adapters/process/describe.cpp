#include "adapters/process.hpp"

#include <cstring>

namespace hyakki {

std::string describe(const exit_status& e) {
  auto because = [&](std::string_view otherwise) {
    return e.error_text.empty() ? std::string{otherwise} : e.error_text;
  };
  auto text = [&]() -> std::string {
    switch (e.how) {
    case process_end::exited: return "exited with " + std::to_string(e.code);
    case process_end::signalled: {
      auto name = ::sigabbrev_np(e.signal);
      return "ended by signal " + std::to_string(e.signal) + (name ? std::string{" ("} + name + ")" : std::string{});
    }
    case process_end::not_started: return "not started: " + because("unknown reason");
    case process_end::timed_out: return because("ran too long") + ", ended";
    case process_end::silent: return because("printed nothing for too long") + ", ended";
    case process_end::too_much_output: return because("printed too much") + ", ended";
    case process_end::cancelled: return because("cancelled");
    }
    return "ended in an unknown way";
  }();
  bool is_said = e.how != process_end::exited && e.how != process_end::signalled;
  if (!is_said && !e.error_text.empty())
    text += " (" + e.error_text + ")";
  if (e.strays_ended > 0)
    text +=
      "; " + std::to_string(e.strays_ended) +
      (e.strays_ended == 1 ? " process that it left behind was ended" : " processes that it left behind were ended");
  return text;
}

} // namespace hyakki
