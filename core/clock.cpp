#include "core/clock.hpp"

#include <chrono>

namespace hyakki {

wall_ms system_clock::now() const {
  using namespace std::chrono;
  return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

} // namespace hyakki
