#pragma once
// How much of a long test is done, and with which dice. From the environment:
//
//   HYAKKI_SOAK=N   so many times as much as in a test run
//   HYAKKI_SEED=N   the dice of an earlier run again
//
// A test run throws the same dice each time, so that it says the same of the same program; a soak throws new ones.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>

namespace hyakki::test {

/// A positive number of the environment.
inline std::uint64_t number_given(const char* name, std::uint64_t otherwise) {
  auto* v = std::getenv(name);
  auto n = v != nullptr ? std::strtoull(v, nullptr, 10) : 0;
  return n == 0 ? otherwise : n;
}

inline int soak() { return static_cast<int>(std::min<std::uint64_t>(number_given("HYAKKI_SOAK", 1), 1000)); }

/// Printed, so that a failure can be had again.
inline std::uint64_t seed() {
  auto out = number_given("HYAKKI_SEED", soak() > 1 ? std::random_device{}() | 1u : 20'261'121u);
  std::cerr << "HYAKKI_SEED=" << out << "\n";
  return out;
}

} // namespace hyakki::test
