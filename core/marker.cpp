#include "core/marker.hpp"

namespace hyakki {

bool is_marker(std::string_view text) {
  return !text.empty() && text.size() <= 120 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789:._/-") == std::string_view::npos;
}

} // namespace hyakki
