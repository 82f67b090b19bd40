#pragma once
// Something that other processes bring about: looked for again and again, for a minute at most.

#include <chrono>

#include <unistd.h>

namespace hyakki::test {

template <class Condition>
bool comes(Condition c) {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (!c() && std::chrono::steady_clock::now() < end)
    ::usleep(2'000);
  return c();
}

} // namespace hyakki::test
