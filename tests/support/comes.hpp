#pragma once
// Something that other processes bring about: looked for again and again, for a minute at most.

#include <chrono>

#include <unistd.h>

namespace hyakki::test {

/// Whether it was seen once; it may be gone again.
template <class Condition>
bool comes(Condition c) {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (!c()) {
    if (std::chrono::steady_clock::now() >= end)
      return false;
    ::usleep(2'000);
  }
  return true;
}

} // namespace hyakki::test
